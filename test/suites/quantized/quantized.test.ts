import { beforeAll, describe, expect, it } from 'vitest';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import { bytesOf, fromBytes, type Tensor } from '../../../src/ir/tensor.js';
import { litert } from '../../../src/runtime/litert.js';
import { hasCompiler } from '../c-backend.js';
import { digest, recordedAnswers } from './answers.js';
import {
  covers,
  type Difference,
  differencesOfDouble,
  differencesOfSingle,
  type Exception,
  lackingInTflm,
  refusedByLitert,
  refusedInC,
  unlikeTflm,
} from './exceptions.js';
import { type QuantizedCase, quantizedCases } from './graphs.js';
import { meant } from './meaning.js';
import { type Outcome, rounds, runC } from './run-c.js';

type Runs = readonly (readonly Tensor[])[];

const cases = quantizedCases();
const answers = recordedAnswers();
const outcomes = { double: new Map<QuantizedCase, Outcome>(), single: new Map<QuantizedCase, Outcome>() };
const used = new Set<Exception>();
const find = <E extends Exception>(list: readonly E[], c: QuantizedCase): E | undefined => list.find((e) => covers(e, c));
const groups = new Map<string, QuantizedCase[]>();
for (const c of cases) {
  const name = `${c.type} ${c.operator}`;
  groups.set(name, [...(groups.get(name) ?? []), c]);
}

if (!hasCompiler) console.log('test/suites/quantized: there is no C compiler, generated C is not compared');

/** The outputs of generated C; undefined where the generator refuses the case as it is known to. */
function ofC(c: QuantizedCase, rounding: keyof typeof outcomes): Runs | undefined {
  const outcome = outcomes[rounding].get(c) as Outcome;
  const known = find(refusedInC, c);
  if ('runs' in outcome) {
    expect(known, `${c.key} is taken: off with it from refusedInC`).toBeUndefined();
    return outcome.runs;
  }
  expect(known, `${c.key}: ${outcome.refused}`).toBeDefined();
  return undefined;
}

/** How two results differ at most, and where; undefined where they are the same. */
function difference(got: Tensor, wanted: Tensor): { readonly most: number; readonly text: string } | undefined {
  let most = 0;
  let at = 0;
  for (let i = 0; i < wanted.data.length; i++) {
    const d = Math.abs(Number(got.data[i]) - Number(wanted.data[i]));
    if (d > most) [most, at] = [d, i];
  }
  return most > 0
    ? { most, text: `element ${at} is ${got.data[at]}, not ${wanted.data[at]} (of ${wanted.dtype}[${wanted.shape}])` }
    : undefined;
}

function againstTflm(c: QuantizedCase): void {
  const answer = answers[c.key];
  expect(answer?.digest, `${c.key} is not the case that was recorded: run fixtures/tflm/record.mts`).toBe(digest(c.graph, c.runs));
  const got = ofC(c, 'double');
  if (!answer.runs) {
    expect(find(lackingInTflm, c), `${c.key}: TensorFlow Lite Micro says '${answer.refused}'`).toBeDefined();
    return;
  }
  const wanted = answer.runs.map((outputs) =>
    outputs.map((text, i) => {
      const { dtype, shape } = c.graph.outputs[i];
      return fromBytes(dtype, shape, new Uint8Array(Buffer.from(text, 'base64')));
    }),
  );
  const problem = got && firstDifference(got, wanted);
  const exception = find(unlikeTflm, c);
  if (problem && exception) used.add(exception);
  else expect(problem, c.key).toBeUndefined();
}

function firstDifference(got: Runs, wanted: Runs): string | undefined {
  for (const [run, outputs] of wanted.entries())
    for (const [i, w] of outputs.entries()) {
      const g = got[run][i];
      if (!Buffer.from(bytesOf(g)).equals(bytesOf(w))) return `run ${run}: ${difference(g, w)?.text ?? 'other bytes'}`;
    }
  return undefined;
}

/** What LiteRT says to a case; undefined where it refuses it. */
async function ofLitert(c: QuantizedCase): Promise<Runs | undefined> {
  const session = await litert.load(writeTflite(c.graph));
  try {
    const runs: Tensor[][] = [];
    for (const inputs of c.runs) {
      const named = new Map(c.graph.inputs.map((v, i) => [v.name, inputs[i]]));
      const results = await session.run(session.inputs.map((p) => named.get(p.name) as Tensor)).catch((e: Error) => e);
      if (results instanceof Error) {
        expect(find(refusedByLitert, c), `${c.key}: ${results.message}`).toBeDefined();
        return undefined;
      }
      runs.push(c.graph.outputs.map((v) => results[session.outputs.findIndex((p) => p.name === v.name)]));
    }
    expect(find(refusedByLitert, c), `${c.key} is taken: off with it from refusedByLitert`).toBeUndefined();
    return runs;
  } finally {
    await session.close();
  }
}

function within(c: QuantizedCase, got: Runs, wanted: Runs, allowed: readonly Difference[]): void {
  for (const [run, outputs] of wanted.entries())
    for (const [i, w] of outputs.entries()) {
      const d = difference(got[run][i], w);
      if (!d) continue;
      const exception = find(allowed, c);
      if (exception) used.add(exception);
      expect(d.most, `${c.key}, run ${run}: ${d.text}`).toBeLessThanOrEqual(exception?.most ?? 0);
    }
}

describe.skipIf(!hasCompiler)('quantized C', () => {
  beforeAll(async () => {
    const double = await runC(cases);
    cases.forEach((c, i) => void outcomes.double.set(c, double[i]));
    // Both roundings have the same memory accesses, and most operators do not round: once is enough to look at those closely.
    const rounding = cases.filter((c) => rounds(c.graph));
    const single = await runC(rounding, { rounding: 'single', sanitize: false });
    cases.forEach((c, i) => void outcomes.single.set(c, double[i]));
    rounding.forEach((c, i) => void outcomes.single.set(c, single[i]));
  }, 600_000);

  describe('gives the bytes of TensorFlow Lite Micro', () => {
    for (const [name, list] of groups) it(name, () => list.forEach(againstTflm));
  });

  describe('gives what LiteRT does', () => {
    for (const [name, list] of groups)
      it(name, async () => {
        for (const c of list) {
          const [double, single] = [ofC(c, 'double'), ofC(c, 'single')];
          if (!double || !single) continue;
          const wanted = await ofLitert(c);
          if (!wanted) continue;
          within(c, double, wanted, differencesOfDouble);
          within(c, single, wanted, differencesOfSingle);
        }
      });
  });

  it('means what the records say where no runtime does', () => {
    const unjudged = cases.filter((c) => (!answers[c.key]?.runs || find(unlikeTflm, c)) && find(refusedByLitert, c));
    expect(unjudged.length).toBeGreaterThan(0);
    for (const c of unjudged)
      within(c, ofC(c, 'double') as Runs, meant(c), [{ most: 1, operators: ['Clip', 'Quantize'], reason: 'rounding' }]);
  });

  it('needs every exception', () => {
    const lists = { unlikeTflm, differencesOfDouble, differencesOfSingle };
    for (const [name, list] of Object.entries(lists))
      for (const e of list) expect(used.has(e), `${name}: ${e.operators} ${e.reason}`).toBe(true);
    for (const e of refusedByLitert)
      expect(
        cases.some((c) => covers(e, c)),
        e.reason,
      ).toBe(true);
    for (const e of lackingInTflm)
      expect(
        cases.some((c) => covers(e, c) && answers[c.key]?.refused),
        e.reason,
      ).toBe(true);
  });
});

describe('the cases', () => {
  it('have names of their own, and none is recorded that is gone', () => {
    expect(new Set(cases.map((c) => c.key)).size).toBe(cases.length);
    expect(Object.keys(answers).sort()).toEqual(cases.map((c) => c.key).sort());
  });
});
