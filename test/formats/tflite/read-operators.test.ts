import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../src/formats/tflite/read.js';
import { fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { litert } from '../../../src/runtime/litert.js';
import { build, type Op, source } from './build.js';
import { valuesAndIndices } from './operator-cases-values.js';
import { windowsAndMoves } from './operator-cases-windows.js';

/** Values that tell elements apart; integers and indices stay small. */
function example(type: Pick<Tensor, 'dtype' | 'shape'>, seed: number): Tensor {
  const n = sizeOf(type.shape);
  const values = Array.from({ length: n }, (_, i) => (((i + seed) * 29) % 31) / 5 - 3);
  if (type.dtype === 'bool')
    return fromNumbers(
      'bool',
      type.shape,
      values.map((v) => (v > 0 ? 1 : 0)),
    );
  if (type.dtype === 'int32')
    return fromNumbers(
      'int32',
      type.shape,
      Array.from({ length: n }, (_, i) => (i + seed) % 4),
    );
  return fromNumbers(type.dtype, type.shape, values);
}

const cases = [...windowsAndMoves, ...valuesAndIndices];

describe('every operator that is read means what LiteRT computes', () => {
  it.each(cases.map((c) => [`${c.op} ${c.name}`, c] as const))('%s', async (_, c) => {
    const tensors = [...c.inputs.filter((t) => t !== null), ...c.outputs];
    let next = 0;
    const inputs = c.inputs.map((t) => (t ? next++ : -1));
    const outputs = c.outputs.map(() => next++);
    const custom = c.op === 'CUSTOM' ? { custom: 'Convolution2DTransposeBias', customOptions: c.customOptions } : {};
    const op: Op = { op: c.op, version: c.version, inputs, outputs, options: c.options, ...custom };
    const file = build(
      tensors,
      [op],
      inputs.filter((i) => i >= 0 && !tensors[i].data),
      outputs,
    );
    const { graph } = await readTflite(source(file), {});
    const given = graph.inputs.map((v, i) => example(v, i));
    const session = await litert.load(file);
    const expected = await session.run(given);
    await session.close();
    const got = interpret(graph, given).outputs;
    expect(got.map((t) => t.dtype)).toEqual(expected.map((t) => t.dtype));
    got.forEach((t, i) => {
      expect(t.shape).toEqual(expected[i].shape);
      const [a, b] = [toNumbers(t), toNumbers(expected[i])];
      expect(a.length).toBe(b.length);
      for (let k = 0; k < b.length; k++) expect(Math.abs(a[k] - b[k])).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(b[k])));
    });
  });
});
