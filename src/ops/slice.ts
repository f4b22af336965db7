import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { fileAxis } from './families/axes.js';
import { allTypes } from './families/elementwise-types.js';
import { permuted } from './families/layout.js';
import { pick, range } from './families/pick.js';
import type { OnnxNode, Operation } from './mappings.js';

interface Bounds {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

const lengthOf = (start: number, end: number, step: number): number => Math.max(0, Math.ceil((end - start) / step));

const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), high);

/**
 * Start and end of one axis as the graph has them, from those of a file: negative ones count from the back, then both are
 * clamped as numpy clamps them. Going backwards, -1 means "before the first element".
 */
export function clampSlice(start: number, end: number, step: number, size: number): [number, number] {
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  return step > 0 ? [clamp(from, 0, size), clamp(to, 0, size)] : [Math.max(0, clamp(from, 0, size - 1)), clamp(to, -1, size - 1)];
}

function readOnnx(n: OnnxNode): Operation {
  const x = n.input(0);
  const rank = x.shape.length;
  const inAttributes = n.opset < 10;
  const starts = inAttributes ? n.ints('starts') : n.constantInts(1);
  const ends = inAttributes ? n.ints('ends') : n.constantInts(2);
  const first = starts.map((_, i) => i);
  const axes = (inAttributes ? n.ints('axes', first) : n.constantInts(3, first)).map((a) => fileAxis(a, rank, n));
  const steps = inAttributes
    ? starts.map(() => 1)
    : n.constantInts(
        4,
        starts.map(() => 1),
      );
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    n.refuse('has starts, ends, axes and steps of different lengths');
  }
  const attrs = { starts: x.shape.map(() => 0), ends: [...x.shape], steps: x.shape.map(() => 1) };
  axes.forEach((axis, i) => {
    if (steps[i] === 0) n.refuse('has a step of 0');
    [attrs.starts[axis], attrs.ends[axis]] = clampSlice(starts[i], ends[i], steps[i], x.shape[axis]);
    attrs.steps[axis] = steps[i];
  });
  return { inputs: [x], attrs };
}

/**
 * `x[start:end:step]` on every axis. Starts and ends are clamped already: 0 to the length going forwards,
 * the last index to -1 ("before the first element") going backwards.
 */
export const slice = defineOp({
  name: 'Slice',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { starts: ints(), ends: ints(), steps: ints() },
  infer: (inputs, { starts, ends, steps }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if ([starts, ends, steps].some((list) => list.length !== shape.length)) {
      throw new RangeError(`starts [${starts}], ends [${ends}] and steps [${steps}] must each have one entry per axis of [${shape}]`);
    }
    shape.forEach((size, i) => {
      const [low, high] = steps[i] > 0 ? [0, size] : [-1, size - 1];
      const inside = starts[i] >= Math.max(low, 0) && starts[i] <= Math.max(high, 0) && ends[i] >= low && ends[i] <= high;
      if (steps[i] === 0 || !inside) throw new RangeError(`${starts[i]}:${ends[i]}:${steps[i]} is no slice of ${size} elements`);
    });
    return [{ dtype, shape: shape.map((size, i) => (size === 0 ? 0 : lengthOf(starts[i], ends[i], steps[i]))) }];
  },
  evaluate: (inputs, { starts, steps }, outputs) => [
    pick(
      inputs[0] as Tensor,
      outputs[0].shape.map((d, i) => range(d, starts[i], steps[i])),
    ),
  ],
  layout: ({ starts, ends, steps }: Bounds, perm) => ({
    starts: permuted(starts, perm),
    ends: permuted(ends, perm),
    steps: permuted(steps, perm),
  }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Slice',
    types: allTypes,
    read: readOnnx,
    write: ({ starts, ends, steps }, node) => {
      // -1 would count from the back; the lowest integer is clamped to "before the first".
      const to = ends.map((e) => (e < 0 ? -(2 ** 31) : e));
      return { inputs: [node.inputs[0], { int64: starts }, { int64: to }, { int64: starts.map((_, i) => i) }, { int64: steps }] };
    },
  },
  tflite: {
    builtin: 'SLICE',
    options: 'SliceOptions',
    types: allTypes,
    maxRank: 5,
    version: ({ steps }, node) => {
      const { dtype, shape } = node.outputs[0];
      const inSteps = steps.some((s) => s !== 1);
      if (dtype === 'uint32') return inSteps ? 7 : 6;
      if (inSteps) return shape.length > 4 ? 4 : ({ bool: 3, int8: 2 }[dtype as string] ?? 1);
      return shape.length > 4 ? 5 : ({ int16: 4, int8: 2 }[dtype as string] ?? 1);
    },
    read: (op) => {
      const x = op.input(0);
      const starts = op.constantInts(1);
      const sizes = op.constantInts(2);
      return {
        inputs: [x],
        attrs: { starts, ends: sizes.map((n, i) => (n < 0 ? x.shape[i] : starts[i] + n)), steps: x.shape.map(() => 1) },
      };
    },
    write: ({ starts, ends, steps }, node) => {
      const x = node.inputs[0];
      if (steps.every((s) => s === 1)) {
        return { inputs: [x, { int32: starts }, { int32: node.outputs[0].shape }] };
      }
      // Bit i of a mask: leave that bound of axis i open, which is how "before the first" is said.
      const endMask = ends.reduce((mask, e, i) => (e < 0 ? mask | (1 << i) : mask), 0);
      return {
        builtin: 'STRIDED_SLICE',
        optionsTable: 'StridedSliceOptions',
        inputs: [x, { int32: starts }, { int32: ends }, { int32: steps }],
        options: { begin_mask: 0, end_mask: endMask, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 },
      };
    },
  },
});
