import { describe, expect, it } from 'vitest';
import { NoKernel } from '../../../src/codegen/c/program.js';
import { fromNumbers, type Tensor, tensor } from '../../../src/ir/tensor.js';
import type { DType } from '../../../src/ir/types.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { calls, lowered, oneNode, params, perTensor, runC, value } from './movement-node.js';

const lowest = -(2 ** 31);

/** The integers that C gives for pairs of int32. */
async function pairs(op: string, given: readonly (readonly [number, number])[], attrs = {}): Promise<number[]> {
  const shape = [given.length];
  const graph = oneNode(op, [value('a', 'int32', shape), value('b', 'int32', shape)], attrs);
  const operands = [0, 1].map((side) =>
    fromNumbers(
      'int32',
      shape,
      given.map((p) => p[side]),
    ),
  );
  const [y] = await runC(graph, operands);
  return Array.from(y.data as Int32Array);
}

describe.skipIf(!hasCompiler)('integers in C, under sanitizers', () => {
  it('divide by 0 and by -1', async () => {
    const cases = [[7, 0], [lowest, -1], [-7, 2], [7, -2], [-8, 2], [0, -5]] as const; // biome-ignore format: pairs
    expect(await pairs('Div', cases)).toEqual([0, lowest, -3, -3, -4, 0]);
    expect(await pairs('FloorDiv', cases)).toEqual([0, lowest, -4, -4, -4, 0]);
    expect(await pairs('Mod', cases)).toEqual([0, 0, 1, -1, 0, 0]);
    expect(await pairs('Mod', cases, { fmod: true })).toEqual([0, 0, -1, 1, 0, 0]);
  });

  it('wrap around', async () => {
    expect(await pairs('Add', [[2 ** 31 - 1, 1]])).toEqual([lowest]);
    expect(await pairs('Sub', [[lowest, 1]])).toEqual([2 ** 31 - 1]);
    expect(await pairs('Mul', [[65536, 65537]])).toEqual([65536]);
    expect(await pairs('Pow', [[3, 21], [-1, -3], [2, -1], [0, 0]])).toEqual([1870418611, -1, 0, 1]); // biome-ignore format: pairs
  });

  it('clamp what a fused activation asks for', async () => {
    expect(await pairs('Add', [[-5, 2], [3, 2], [5, 4]], { activation: 'relu6' })).toEqual([0, 5, 6]); // biome-ignore format: pairs
  });

  it.each([
    // Beyond 64 bits there is no defined number, only a program that goes on.
    ['int8', [127, -128, 0]],
    ['int64', [127, -128, 0]],
    ['bool', [1, 1, 1, 1, 1, 1]],
  ] as const)('are cut out of any float as %s', async (to, wanted) => {
    const given = [127.9, -128.9, -0.5, Infinity, Number.NaN, 1e300];
    const graph = oneNode('Cast', [value('x', 'float64', [6])], { to });
    const [y] = await runC(graph, [fromNumbers('float64', [6], given)]);
    expect(Array.from(y.data as Int8Array, Number).slice(0, wanted.length)).toEqual(wanted);
  });

  it('become float16 with ties to even, and back', async () => {
    // 2049 and 2051 lie between two numbers of float16; 2^-25 is half its smallest.
    const given = [2049, 2051, 65519, 65520, 2 ** -24, 2 ** -25, 2 ** -25 * 1.5, -0];
    const graph = oneNode('Cast', [value('x', 'float32', [8])], { to: 'float16' });
    const [bits] = await runC(graph, [fromNumbers('float32', [8], given)]);
    expect(Array.from(bits.data as Uint16Array)).toEqual([0x6800, 0x6802, 0x7bff, 0x7c00, 1, 0, 1, 0x8000]);
    const back = oneNode('Cast', [value('x', 'float16', [8])], { to: 'float64' });
    const [wide] = await runC(back, [tensor('float16', [8], bits.data) as Tensor]);
    expect(Array.from(wide.data as Float64Array)).toEqual([2048, 2052, 65504, Infinity, 2 ** -24, 0, 2 ** -24, -0]);
  });
});

describe('lowerings of integers', () => {
  it('broadcast in the fewest loops', () => {
    const graph = oneNode('Add', [value('a', 'int32', [2, 3, 4]), value('b', 'int32', [4])]);
    expect(params(calls(graph)[0])).toEqual({ loops: [6, 4, 0, 4, 1, 1], depth: 2 });
    const scalar = oneNode('Add', [value('a', 'int32', [2, 3, 4]), value('b', 'int32', [])]);
    expect(params(calls(scalar)[0])).toEqual({ loops: [24, 1, 0], depth: 1 });
  });

  it('reduce several axes in the fewest loops', () => {
    const graph = oneNode('ReduceSum', [value('x', 'int32', [2, 3, 4, 5])], { axes: [1, 2] });
    expect(params(calls(graph)[0])).toEqual({ outer: [2, 60, 5, 1], outer_depth: 2, inner: [12, 5], inner_depth: 1, count: 12 });
  });

  it('do not compute with integers that stand for other numbers', () => {
    const quant = perTensor(0.5, 3);
    const x = value('x', 'uint8' as DType, [4], { quant });
    expect(() => lowered(oneNode('Abs', [x]))).toThrow(NoKernel);
  });
});
