import { describe, expect, it } from 'vitest';
import { coalesce } from '../../../src/codegen/c/lower/movement/loops.js';
import { NoKernel, type Table } from '../../../src/codegen/c/program.js';
import { ModelError } from '../../../src/errors.js';
import { fromNumbers } from '../../../src/ir/tensor.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { calls, constant, lowered, oneNode, params, perTensor, runC, value } from './movement-node.js';

describe('loops', () => {
  it('become one where they continue each other, and none where they go once', () => {
    expect(
      coalesce([
        { count: 1, steps: [99, 7] },
        { count: 2, steps: [12, 12] },
        { count: 3, steps: [4, 4] },
        { count: 4, steps: [1, 1] },
      ]),
    ).toEqual([{ count: 24, steps: [1, 1] }]);
    expect(
      coalesce([
        { count: 2, steps: [24, 12] },
        { count: 3, steps: [4, 4] },
      ]),
    ).toHaveLength(2);
  });

  it('are no more than the kernels count', () => {
    const apart = Array.from({ length: 9 }, (_, i) => ({ count: 2, steps: [3 ** i] }));
    expect(() => coalesce(apart)).toThrow(NoKernel);
  });
});

describe('moves', () => {
  const x = value('x', 'int8', [1, 4, 5, 3]);

  it('transpose channels to the front in two loops', () => {
    const [call] = calls(oneNode('Transpose', [x], { perm: [0, 3, 1, 2] }));
    expect(params(call)).toEqual({ loops: [3, 1, 20, 20, 3, 1], depth: 2, from: 0, to: 0, run: 1, unit: 1 });
    expect(call.overlaps).toBeUndefined();
  });

  it('slice one axis as runs', () => {
    const y = value('x', 'float32', [2, 6, 4]);
    const [call] = calls(oneNode('Slice', [y], { starts: [0, 2, 0], ends: [2, 5, 4], steps: [1, 1, 1] }));
    expect(params(call)).toEqual({ loops: [2, 96, 48], depth: 1, from: 32, to: 0, run: 48, unit: 0 });
    // Reading begins 32 bytes in and gets further ahead: the output may even lie that far behind the input.
    expect(call.overlaps?.get(y)).toBe(-32);
  });

  it('concatenate channels as a run per pixel', () => {
    const graph = oneNode('Concat', [value('a', 'int8', [1, 2, 2, 3]), value('b', 'int8', [1, 2, 2, 5])], { axis: 3 });
    expect(calls(graph).map(params)).toEqual([
      { loops: [4, 3, 8], depth: 1, from: 0, to: 0, run: 3, unit: 0 },
      { loops: [4, 5, 8], depth: 1, from: 0, to: 3, run: 5, unit: 0 },
    ]);
  });

  it('split the outermost axis as one run each', () => {
    const graph = oneNode('Split', [value('x', 'int16', [3, 4])], { axis: 0, sizes: [1, 2] });
    expect(calls(graph).map((c) => c.function)).toEqual(['edgeml_copy', 'edgeml_move']);
    expect(params(calls(graph)[1])).toEqual({ loops: [1, 0, 0], depth: 1, from: 8, to: 0, run: 16, unit: 0 });
  });

  it.each([
    ['Reshape', { shape: [20, 3] }],
    ['Identity', {}],
    ['Transpose', { perm: [1, 0, 2, 3] }],
    ['Slice', { starts: [0, 0, 0, 0], ends: [1, 4, 5, 3], steps: [1, 1, 1, 1] }],
    ['Expand', { shape: [1, 4, 5, 3] }],
    ['Tile', { repeats: [1, 1, 1, 1] }],
    ['Pad', { pads: [0, 0, 0, 0, 0, 0, 0, 0] }],
    ['Reverse', { axes: [0] }],
    ['Cast', { to: 'uint8' }],
  ])('leave the bytes where they are where %s changes none', (op, attrs) => {
    expect(lowered(oneNode(op, [x], attrs))).toEqual({ alias: x });
  });

  it('refuse values on different grids, which have to be rescaled', () => {
    const a = value('a', 'int8', [2, 2], { quant: perTensor(0.5, 0) });
    expect(() => lowered(oneNode('Transpose', [a], { perm: [1, 0] }, perTensor(0.25, 0)))).toThrow(/'a' and 'y0' with different scales/);
  });
});

describe('padding', () => {
  const pads = [0, 1, 2, 0, 0, 1, 1, 0];

  it('merges columns and channels, and fills between rows at once', () => {
    const x = value('x', 'int8', [1, 2, 3, 4], { quant: perTensor(0.5, -7) });
    const [call] = calls(oneNode('Pad', [x], { pads }));
    // Rows of 24 with 12 from x: a row of fill and 8 before, 4 after each row, 8 before the next, a row after.
    expect(params(call)).toEqual({ loops: [2, 12, 12], depth: 1, from: 0, run: 12, before: 32, after: 28, unit: 1 });
    expect(Array.from((call.args[2] as Table).data as ArrayLike<number>)).toEqual([-7]);
    // The second row is written to 56 and read from 12.
    expect(call.overlaps?.get(x)).toBe(44);
  });

  it('stores the value on the grid of quantized elements', () => {
    const x = value('x', 'int8', [2], { quant: perTensor(0.5, -7) });
    const [call] = calls(oneNode('Pad', [x], { pads: [1, 0], value: 3 }));
    expect(Array.from((call.args[2] as Table).data as ArrayLike<number>)).toEqual([-1]);
  });
});

describe('indices', () => {
  const x = value('x', 'float32', [4, 2]);

  it('that are constant become steps in bytes', () => {
    const [call] = calls(oneNode('Gather', [x, constant('i', 'int64', [3], [2, 0, -1])], { axis: 0 }));
    expect(Array.from((call.args[1] as Table).data as ArrayLike<number>)).toEqual([16, 0, 24]);
    expect(params(call)).toMatchObject({ 'indices.width': 0, batches: 1, parts: 1, rows: 3, run: 8, unit: 0 });
  });

  it('that are constant and outside are refused', () => {
    expect(() => lowered(oneNode('Gather', [x, constant('i', 'int32', [1], [4])], { axis: 0 }))).toThrow(ModelError);
  });

  it.skipIf(!hasCompiler)('that come at run time never lead outside', async () => {
    const graph = oneNode('Gather', [x, value('i', 'int64', [4])], { axis: 0 });
    const rows = fromNumbers('float32', [4, 2], [0, 1, 10, 11, 20, 21, 30, 31]);
    const [y] = await runC(graph, [rows, fromNumbers('int64', [4], [-1, 2 ** 40, -(2 ** 40), 1])]);
    expect(Array.from(y.data as Float32Array)).toEqual([30, 31, 30, 31, 0, 1, 10, 11]);
  });

  it.skipIf(!hasCompiler)('that come at run time never let a scatter write outside', async () => {
    const graph = oneNode('ScatterND', [x, value('i', 'int32', [2, 1]), value('u', 'float32', [2, 2])], { reduction: 'add' });
    const given = [
      fromNumbers('float32', [4, 2], [0, 0, 0, 0, 0, 0, 0, 0]),
      fromNumbers('int32', [2, 1], [9, -9]),
      fromNumbers('float32', [2, 2], [1, 2, 3, 4]),
    ];
    const [y] = await runC(graph, given);
    expect(Array.from(y.data as Float32Array)).toEqual([3, 4, 0, 0, 0, 0, 1, 2]);
  });
});
