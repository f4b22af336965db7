import type { Tensor } from '../ir/tensor.js';
import { broadcastShapes, sameShape, type TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { permuted } from './families/layout.js';
import { pick, range } from './families/pick.js';

/** x repeated along the axes where it has 1 element, to `shape` (numpy's broadcast_to). */
export const expand = defineOp({
  name: 'Expand',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { shape: ints() },
  infer: (inputs, { shape }): TypeInfo[] => {
    const x = inputs[0] as Operand;
    if (!sameShape(broadcastShapes(x.shape, shape), shape)) throw new RangeError(`[${x.shape}] does not broadcast to [${shape}]`);
    return [{ dtype: x.dtype, shape }];
  },
  evaluate: (inputs, { shape }) => {
    const x = inputs[0] as Tensor;
    const full = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
    return [
      pick(
        { ...x, shape: full },
        shape.map((d, i) => (full[i] === d ? range(d) : new Int32Array(d))),
      ),
    ];
  },
  layout: ({ shape }, perm) => ({ shape: permuted(shape, perm) }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Expand',
    types: allTypes,
    read: (n) => ({
      inputs: [n.input(0)],
      attrs: { shape: expanded(n.input(0).shape, n.constantInts(1)) ?? n.refuse('has shapes that do not broadcast') },
    }),
    write: ({ shape }, node) => ({ inputs: [node.inputs[0], { int64: shape }] }),
  },
  tflite: {
    builtin: 'BROADCAST_TO',
    options: 'BroadcastToOptions',
    types: allTypes,
    maxRank: 8,
    version: (_, node) => (['int8', 'int16'].includes(node.outputs[0].dtype) ? 3 : 2),
    read: (op) => ({ inputs: [op.input(0)], attrs: { shape: op.constantInts(1) } }),
    write: ({ shape }, node) => ({ inputs: [node.inputs[0], { int32: shape }] }),
  },
});

/** ONNX's Expand lets either side broadcast. */
function expanded(from: readonly number[], to: readonly number[]): number[] | undefined {
  const rank = Math.max(from.length, to.length);
  const at = (s: readonly number[], i: number): number => s[i - rank + s.length] ?? 1;
  const fits = Array.from({ length: rank }, (_, i) => at(from, i) === at(to, i) || at(from, i) === 1 || at(to, i) === 1).every(Boolean);
  return fits ? broadcastShapes(from, to) : undefined;
}
