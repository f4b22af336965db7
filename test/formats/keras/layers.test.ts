import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { archive, inputData, integerData, weightData } from '../../../fixtures/keras/write.js';
import { readKeras } from '../../../src/formats/keras/read.js';
import { fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import type { DType } from '../../../src/ir/types.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { inMemory } from './memory.js';

/** See the note in the file: models of a few layers, and what Keras makes of them. */
interface Case {
  readonly name: string;
  readonly model: object;
  readonly weights: readonly (readonly [path: string, shape: number[], positive?: boolean])[];
  readonly inputs: readonly (readonly [name: string, shape: number[], dtype?: DType])[];
  readonly outputs: readonly { readonly shape: number[]; readonly data: number[] }[];
}
const file = new URL('../../../fixtures/keras/layers.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

const input = (shape: number[], dtype: DType = 'float32'): Tensor =>
  fromNumbers(dtype, shape, dtype === 'float32' ? inputData(shape) : integerData(shape));

describe('Keras layers compute what Keras computes', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const weights = c.weights.map(([path, shape, positive], k) => ({ path, shape, data: weightData(shape, k, positive) }));
    const { graph } = await readKeras(inMemory(await archive(c.model, weights)), {});
    verify(graph, inferNode, 'reading');
    expect(graph.inputs.map((v) => [v.name, v.dtype, v.shape])).toEqual(
      c.inputs.map(([name, shape, dtype]) => [name, dtype ?? 'float32', shape]),
    );
    const { outputs } = interpret(
      graph,
      c.inputs.map(([, shape, dtype]) => input(shape, dtype)),
    );
    expect(outputs.map((t) => t.shape)).toEqual(c.outputs.map((o) => o.shape));
    outputs.forEach((t, i) => {
      const wanted = c.outputs[i].data;
      const scale = Math.max(1e-3, ...wanted.map(Math.abs));
      const worst = Math.max(0, ...Array.from(toNumbers(t), (v, k) => Math.abs(v - wanted[k])));
      expect(worst / scale, `output ${i}`).toBeLessThan(1e-5);
    });
  });
});
