import { beforeAll, describe, expect, it } from 'vitest';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import { bytesOf, fromBytes, type Tensor } from '../../../src/ir/tensor.js';
import { litert } from '../../../src/runtime/litert.js';
import { digest, recordedAnswers } from './answers.js';
import { covers, differencesToLitert, type Exception, lackingInTflm, refusedByLitert, refusedInC, wrongInTflm } from './exceptions.js';
import { type QuantizedCase, quantizedCases } from './graphs.js';
import { hasCompiler, type Outcome, runC } from './run-c.js';

const cases = quantizedCases();
const answers = recordedAnswers();
const outcomes = new Map<QuantizedCase, Outcome>();
const find = (list: readonly Exception[], c: QuantizedCase) => list.find((e) => covers(e, c));
const byOperator = new Map<string, QuantizedCase[]>();
for (const c of cases) {
  const name = `${c.type} ${c.operator}`;
  byOperator.set(name, [...(byOperator.get(name) ?? []), c]);
}

const compiler = hasCompiler();
if (!compiler) console.log('test/suites/quantized: no C compiler answers to cc, generated C is not compared');

/** The outputs of generated C; undefined where the generator refuses the case as it is known to. */
function ofC(c: QuantizedCase): readonly (readonly Tensor[])[] | undefined {
  const outcome = outcomes.get(c) as Outcome;
  if ('runs' in outcome) {
    expect(find(refusedInC, c)?.reason, 'is taken: off with it from refusedInC').toBeUndefined();
    return outcome.runs;
  }
  expect(find(refusedInC, c), outcome.refused).toBeDefined();
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

describe.skipIf(!compiler)('quantized C', () => {
  beforeAll(async () => {
    const results = await runC(cases);
    cases.forEach((c, i) => void outcomes.set(c, results[i]));
  });

  describe('to the last bit as TensorFlow Lite Micro', () => {
    for (const [name, list] of byOperator) it(name, () => list.forEach(againstTflm));
  });

  describe('as LiteRT', () => {
    for (const [name, list] of byOperator)
      it(name, async () => {
        for (const c of list) await againstLitert(c);
      });
  });
});

function againstTflm(c: QuantizedCase): void {
  const answer = answers[c.key];
  expect(answer?.digest, `${c.key} is not the case that was recorded: run fixtures/tflm/record.mts`).toBe(digest(c.graph, c.runs));
  if (!answer.runs) {
    expect(find(lackingInTflm, c), `${c.key}: TensorFlow Lite Micro says '${answer.refused}'`).toBeDefined();
    return;
  }
  const got = ofC(c);
  const problem = answer.runs
    .flatMap((outputs, run) =>
      outputs.map((text, i) => {
        const { dtype, shape } = c.graph.outputs[i];
        const wanted = fromBytes(dtype, shape, new Uint8Array(Buffer.from(text, 'base64')));
        if (!got || Buffer.from(bytesOf(got[run][i])).equals(bytesOf(wanted))) return undefined;
        return `${c.key}, run ${run}: ${difference(got[run][i], wanted)?.text}`;
      }),
    )
    .find((p) => p !== undefined);
  const exception = find(wrongInTflm, c);
  if (!exception) expect(problem).toBeUndefined();
}

async function againstLitert(c: QuantizedCase): Promise<void> {
  const got = ofC(c);
  if (!got) return;
  const refusal = find(refusedByLitert, c);
  const session = await litert.load(writeTflite(c.graph));
  try {
    for (const [run, inputs] of c.runs.entries()) {
      const named = new Map(c.graph.inputs.map((v, i) => [v.name, inputs[i]]));
      const answer = session.run(session.inputs.map((p) => named.get(p.name) as Tensor));
      if (refusal) {
        await expect(answer, `${c.key} is taken: off with it from refusedByLitert`).rejects.toThrow();
        return;
      }
      const results = await answer;
      const most = differencesToLitert.find((e) => covers(e, c))?.most ?? 0;
      c.graph.outputs.forEach((v, i) => {
        const wanted = results[session.outputs.findIndex((p) => p.name === v.name)];
        const d = difference(got[run][i], wanted);
        expect(d?.most ?? 0, `${c.key}, run ${run}: ${d?.text}`).toBeLessThanOrEqual(most);
      });
    }
  } finally {
    await session.close();
  }
}

describe('the cases', () => {
  it('are each judged by one of the two at least', () => {
    const unjudged = cases.filter(
      (c) => (!answers[c.key]?.runs || find(wrongInTflm, c)) && find(refusedByLitert, c) && !find(refusedInC, c),
    );
    // Both abort on comparisons of scales from 1 and have no RELU_N1_TO_1 of int16; what they are to give is held below.
    expect(unjudged.every((c) => /^int16\/Clip|^int8\/(Greater|GreaterEqual|Less)\//.test(c.key))).toBe(true);
  });

  it('have names of their own, and none is recorded that is gone', () => {
    expect(new Set(cases.map((c) => c.key)).size).toBe(cases.length);
    expect(Object.keys(answers).sort()).toEqual(cases.map((c) => c.key).sort());
  });

  it('need every exception', () => {
    for (const list of [lackingInTflm, wrongInTflm, refusedInC, refusedByLitert, differencesToLitert])
      for (const e of list)
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
