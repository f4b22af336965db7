import { expect, it } from 'vitest';
import { lowerNode } from '../../../src/codegen/c/lower/index.js';
import { NoKernel } from '../../../src/codegen/c/program.js';
import type { QuantParams, Value } from '../../../src/ir/graph.js';
import { sizeOf } from '../../../src/ir/types.js';
import { difference } from '../../suites/case.js';
import { describeWith, processor, strict } from '../harness.js';
import { meaning, noise, oneNode, type Run, runInC } from './floats.js';

const constant = (shape: readonly number[], seed = 9): Partial<Value> => ({ ...noise(shape, seed) });

/** int8 weights with scale and zero point per channel of `axis`, or one of each. */
function int8(shape: readonly number[], axis: number | undefined, seed = 5): Partial<Value> {
  const n = axis === undefined ? 1 : shape[axis];
  const quant: QuantParams = {
    scale: Float32Array.from({ length: n }, (_, i) => 0.004 + 0.001 * i),
    zeroPoint: new Int32Array(n).fill(3),
    ...(axis === undefined ? {} : { axis }),
  };
  const data = Int8Array.from(noise(shape, seed).data as Float32Array, (v) => Math.round(v * 127));
  return { dtype: 'int8', shape, data, quant };
}

const conv = (x: number[], w: Partial<Value> | number[], attrs = {}, bias = true): Run => {
  const filters = (Array.isArray(w) ? w : (w.shape as number[]))[0];
  return oneNode('Conv2D', attrs, [x, w, bias ? constant([filters]) : null]);
};
const pads = [1, 1, 1, 1];

const runs: Readonly<Record<string, Run>> = {
  // Every width of the last block of columns, and rows that do not come in fours.
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 27, 31, 33].map((o) => [`${o} filters`, conv([1, 3, 5, 6], constant([o, 1, 1, 6]))]),
  ),
  ...Object.fromEntries([1, 2, 3, 5, 6, 9].map((w) => [`3x3 on ${w} columns`, conv([1, 4, w, 3], constant([10, 3, 3, 3]), { pads })])),
  'stride 2 beyond the right': conv([2, 7, 9, 4], constant([12, 3, 5, 4]), { strides: [2, 2], pads: [1, 2, 1, 2], activation: 'relu' }),
  'dilations beside padding': conv([1, 9, 11, 5], constant([9, 3, 3, 5]), { dilations: [2, 3], pads: [2, 3, 2, 3] }),
  'groups of 3 by 5': conv([1, 6, 7, 9], constant([15, 3, 3, 3]), { groups: 3, pads, activation: 'relu6' }),
  'filters that no cache holds': conv([1, 4, 5, 96], constant([100, 3, 3, 96]), { pads }),
  'a window that is the whole input': conv([1, 3, 4, 5], constant([7, 3, 4, 5]), { activation: 'relu_n1_to_1' }),
  'computed weights': conv([1, 5, 6, 4], [21, 3, 3, 4], { pads }),
  'computed weights in groups': conv([1, 5, 6, 4], [6, 3, 3, 2], { pads, groups: 2 }),
  'int8 weights per channel': conv([1, 5, 6, 4], int8([37, 3, 3, 4], 0), { pads, activation: 'relu' }),
  'int8 weights per tensor, no bias': conv([2, 5, 6, 4], int8([3, 1, 1, 4], undefined), {}, false),
  ...Object.fromEntries(
    [1, 3, 4, 8, 11, 21].map((c) => [
      `depthwise of ${c} channels`,
      oneNode('DepthwiseConv2D', { pads, strides: [1, 2] }, [[2, 6, 7, c], constant([1, 3, 3, c]), constant([c])]),
    ]),
  ),
  'depthwise, 3 of each': oneNode('DepthwiseConv2D', { pads, activation: 'relu6' }, [
    [1, 6, 7, 4],
    constant([1, 3, 3, 12]),
    constant([12]),
  ]),
  'depthwise, int8': oneNode('DepthwiseConv2D', { pads, dilations: [2, 2] }, [[1, 8, 7, 9], int8([1, 3, 3, 9], 3), constant([9])]),
  'depthwise, int8, 2 of each': oneNode('DepthwiseConv2D', { pads }, [[1, 5, 7, 3], int8([1, 3, 3, 6], 3), null]),
  'transposed, three groups': oneNode('ConvTranspose2D', { strides: [2, 3], pads: [1, 0, 0, 2], groups: 3 }, [
    [2, 4, 5, 6],
    constant([15, 3, 4, 2]),
    constant([15]),
  ]),
  'transposed, dilated': oneNode('ConvTranspose2D', { strides: [3, 2], dilations: [2, 3], outputPads: [1, 1] }, [
    [1, 3, 6, 3],
    constant([6, 2, 3, 3]),
    null,
  ]),
  'fully connected, one row': oneNode('FullyConnected', { activation: 'relu' }, [[1, 35], constant([11, 35]), constant([11])]),
  'fully connected, 6 rows': oneNode('FullyConnected', {}, [[2, 3, 35], constant([11, 35]), constant([11])]),
  'fully connected, int8': oneNode('FullyConnected', { activation: 'relu6' }, [[3, 35], int8([11, 35], 0), constant([11])]),
  'fully connected, computed weights': oneNode('FullyConnected', {}, [[5, 7], [13, 7], null]),
  'matrices of 29 columns': oneNode('MatMul', {}, [
    [7, 19],
    [19, 29],
  ]),
  'matrices, both transposed, in batches': oneNode('MatMul', { transposeA: true, transposeB: true }, [
    [2, 1, 19, 6],
    [1, 3, 21, 19],
  ]),
  'a constant matrix for one row': oneNode('MatMul', {}, [[1, 19], constant([19, 6])]),
  'average, ceil, the padding counted': oneNode(
    'AveragePool2D',
    { kernel: [3, 2], strides: [2, 2], pads, ceil: true, countIncludePad: true },
    [[2, 6, 7, 5]],
  ),
  'average, the padding not counted': oneNode('AveragePool2D', { kernel: [3, 3], strides: [2, 1], pads, activation: 'relu' }, [
    [1, 6, 7, 9],
  ]),
  'maximum, dilated': oneNode('MaxPool2D', { kernel: [2, 3], dilations: [3, 2], pads: [1, 2, 0, 2] }, [[1, 8, 9, 6]]),
  'a mean of many': oneNode('ReduceMean', { axes: [1, 2], keepDims: false }, [[1, 96, 96, 3]]),
  'a sum of many side by side': oneNode('ReduceSum', { axes: [1] }, [[2, 20000]]),
  'alternating axes': oneNode('ReduceMax', { axes: [1, 3, 5] }, [[2, 3, 2, 3, 2, 4]]),
  'broadcast both ways over six axes': oneNode('Add', { activation: 'relu_n1_to_1' }, [
    [2, 1, 3, 1, 2, 5],
    [1, 4, 1, 3, 2, 1],
  ]),
  'softmax of a middle axis': oneNode('Softmax', { axis: 1, beta: 0.5 }, [[2, 7, 3]]),
  'cubic, two axes apart': oneNode('Resize', { sizes: [5, 3, 7, 2], mode: 'cubic' }, [[3, 3, 4, 2]]),
  'linear, three axes': oneNode('Resize', { sizes: [1, 5, 7, 4], mode: 'linear' }, [[1, 3, 4, 2]]),
};

const names = Object.keys(runs);
const widths = {
  'single floats': ['-DEDGEML_LANES=1'],
  'the vectors that the compiler takes for granted': [],
  'the vectors of this processor': ['-march=native'],
};
const compilers = ['gcc', 'clang'];

await describeWith('float kernels against the records', { tools: compilers, files: [] }, () => {
  const cases = Object.entries(widths).flatMap(([name, flags]) =>
    (flags.length > 0 ? ['gcc'] : compilers).map((c) => [c, name, flags] as const),
  );
  it.each(cases)('%s, %s', async (compiler, _, flags) => {
    const all = [...strict, '-Wdouble-promotion', '-O2', ...flags];
    const answers = await runInC(Object.values(runs), all, { compiler });
    const wrong = names.flatMap((n, i) => {
      const why = difference(answers[i].outputs[0], meaning(runs[n])[0]);
      return why ? [`${n}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('stay within their memory and defined behaviour', async () => {
    const flags = [...strict, '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const answers = await runInC(Object.values(runs), flags);
    expect(answers.every((a) => a.outputs.length === 1)).toBe(true);
  });

  it('take numbers that are none, and infinities, as the records do', async () => {
    const odd = [Number.NaN, Infinity, -Infinity, -0, 0, 1.5, -2.5, 1e-40];
    const x = { dtype: 'float32' as const, shape: [odd.length], data: Float32Array.from(odd) };
    const unary = [
      'Relu',
      'Sign',
      'Round',
      'Floor',
      'Sigmoid',
      'Tanh',
      'Sqrt',
      'Log',
      'Exp',
      'Abs',
      'IsNaN',
      'IsInf',
      'Clip',
      'Elu',
      'Softplus',
    ];
    const pairs = odd.flatMap((a) => odd.map((b) => [a, b]));
    const [a, b] = [0, 1].map((k) => ({ dtype: 'float32' as const, shape: [pairs.length], data: Float32Array.from(pairs, (p) => p[k]) }));
    const binary = ['Maximum', 'Minimum', 'Equal', 'NotEqual', 'Less', 'GreaterEqual', 'Pow', 'Mod', 'FloorDiv', 'Atan2'];
    const some = [
      ...unary.map((op) => ({ ...oneNode(op, op === 'Clip' ? { min: -1, max: 1 } : {}, [[odd.length]]), inputs: [x] })),
      ...binary.map((op) => ({ ...oneNode(op, {}, [[pairs.length], [pairs.length]]), inputs: [a, b] })),
      { ...oneNode('ReduceMax', { axes: [0] }, [[odd.length]]), inputs: [x] },
      {
        ...oneNode('MaxPool2D', { kernel: [1, 3], pads: [0, 1, 0, 1] }, [[1, 1, odd.length, 1]]),
        inputs: [{ ...x, shape: [1, 1, odd.length, 1] }],
      },
    ];
    const answers = await runInC(some, [...strict, '-O2']);
    const wrong = some.flatMap((run, i) => {
      const why = difference(answers[i].outputs[0], meaning(run)[0]);
      return why ? [`${run.graph.name}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('write over inputs that nobody needs any more without losing what is still to be read', async () => {
    const some: Run[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const at = noise([8], seed).data as Float32Array;
      const pick = (i: number, from: number, to: number): number => from + Math.floor(((at[i] + 1) / 2) * (to - from + 1));
      const [h, w, c, o] = [pick(0, 3, 9), pick(1, 3, 11), pick(2, 1, 9), pick(3, 1, 9)];
      const window = { strides: [pick(4, 1, 3), pick(5, 1, 3)], pads: [pick(6, 0, 1), pick(7, 0, 1), pick(4, 0, 1), pick(5, 0, 1)] };
      const k = [pick(6, 1, 3), pick(7, 1, 3)];
      const kind = seed % 4;
      if (kind === 0) some.push(oneNode('MaxPool2D', { ...window, kernel: [3, 3] }, [[2, h, w, c]], seed));
      else if (kind === 1) some.push(oneNode('DepthwiseConv2D', window, [[2, h, w, c], constant([1, ...k, c]), null], seed));
      else some.push(oneNode('Conv2D', window, [[2, h, w, c], constant([o, ...k, c]), constant([o])], seed));
    }
    const answers = await runInC(some, [...strict, '-O2']);
    const wrong = some.flatMap((run, i) => difference(answers[i].outputs[0], meaning(run)[0]) ?? []);
    expect(wrong).toEqual([]);
    // Most of these fit into less than input and output take side by side: the distances are put to use.
    const side = (r: Run): number => 4 * (sizeOf(r.graph.inputs[0].shape) + sizeOf(r.graph.outputs[0].shape));
    expect(answers.filter((a, i) => a.report.arenaBytes < side(some[i])).length).toBeGreaterThan(20);
  });
});

it('says what of a float layer has no kernel', () => {
  const target = { cpu: processor('portable'), rounding: 'double' as const };
  const half = { ...noise([4], 1), dtype: 'float16' as const };
  const { graph } = oneNode('Add', {}, [[4], [4]]);
  const mixed = { ...graph.nodes[0], inputs: [graph.inputs[0], { ...half, name: 'h' }] };
  expect(() => lowerNode(mixed, target)).toThrow(NoKernel);
  expect(() => lowerNode(mixed, target)).toThrow("has 'h' as float16 beside floats");
});
