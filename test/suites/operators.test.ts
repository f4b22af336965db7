import { beforeAll, describe, expect, it } from 'vitest';
import { operators } from '../../src/ops/index.js';
import { backends } from './backends.js';
import { caseGraph, difference, kebab, loadCases, makeTensor, type OperatorCase } from './case.js';
import { type Skip, skips } from './skips.js';

const cases = loadCases();
const byOperator = new Map(operators.map((op) => [op.name, cases.filter((c) => c.operator === op.name)]));
const named = ({ case: pattern }: Skip, name: string): boolean =>
  pattern === undefined || (typeof pattern === 'string' ? pattern === name : pattern.test(name));
const covers = (skip: Skip, c: OperatorCase, backend: string): boolean =>
  skip.backend === backend && skip.operators.includes(c.operator) && named(skip, c.name);

/** What is wrong with the backend's answer to a case; undefined where it is right. */
async function judge(c: OperatorCase, backend: (typeof backends)[number]): Promise<string | undefined> {
  const { graph, inputs } = caseGraph(c);
  const wanted = c.expect?.map(makeTensor) ?? (await backends[0].run(graph, inputs));
  const got = await backend.run(graph, inputs);
  if (got.length !== wanted.length) return `there are ${got.length} outputs, not ${wanted.length}`;
  return wanted.map((w, i) => difference(got[i], w, c.tolerance)).find((d) => d !== undefined);
}

for (const backend of backends) {
  // Where tests have to run, what they need is installed: there a missing tool is a failure.
  const absent = backend.missing !== undefined && !process.env.CI;
  if (absent) console.warn(backend.missing);
  describe.skipIf(absent)(backend.name, () => {
    beforeAll(() => backend.prepare?.(cases.map(caseGraph)), 600_000);
    for (const [name, list] of byOperator) {
      describe(name, () => {
        for (const c of list) {
          const skip = skips.find((s) => covers(s, c, backend.name));
          if (skip) {
            it(`${c.name} (skipped: ${skip.reason})`, async () => {
              const problem = await judge(c, backend).catch((e: Error) => e.message);
              expect(problem, 'passes: take it off test/suites/skips.ts').toBeDefined();
            });
          } else {
            it(c.name, async () => {
              expect(await judge(c, backend)).toBeUndefined();
            });
          }
        }
      });
    }
  });
}

describe('the suite', () => {
  it.each(operators.map((op) => op.name))('has a case with an expectation for %s', (name) => {
    const list = byOperator.get(name) ?? [];
    expect(
      list.some((c) => c.expect !== undefined),
      `fixtures/ops/${kebab(name)}/cases.json`,
    ).toBe(true);
  });

  it('skips only what is there', () => {
    const unused = skips.flatMap((s) =>
      s.operators.filter((op) => !backends.some((b) => byOperator.get(op)?.some((c) => covers(s, c, b.name)))).map((op) => [op, s.reason]),
    );
    expect(unused).toEqual([]);
  });

  it('names every case of an operator differently', () => {
    for (const list of byOperator.values()) expect(new Set(list.map((c) => c.name)).size).toBe(list.length);
  });
});
