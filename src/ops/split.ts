import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { defineOp, int, ints, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { allTypes } from './families/elementwise-types.js';
import { axisLaw } from './families/layout.js';
import { pick, range } from './families/pick.js';
import { movedByLiteRt } from './families/types.js';
import type { OnnxNode, TfliteOperator } from './mappings.js';

/** `length` cut into `count` equal pieces; the last one may be smaller, as ONNX allows from opset 18. */
function equalPieces(length: number, count: number, node: OnnxNode | TfliteOperator, uneven = false): number[] {
  const piece = Math.ceil(length / count);
  const last = length - piece * (count - 1);
  if (last < 0 || (!uneven && last !== piece)) node.refuse(`splits ${length} elements into ${count} equal pieces`);
  return [...new Array<number>(count - 1).fill(piece), last];
}

/** Pieces of `sizes` along `axis`. */
export const split = defineOp({
  name: 'Split',
  inputs: ['x'],
  outputs: ['ys...'],
  attributes: { axis: int(), sizes: ints() },
  infer: (inputs, { axis, sizes }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    checkAxis(axis, shape.length);
    if (sizes.length === 0 || sizes.some((n) => n < 0) || sizes.reduce((n, s) => n + s, 0) !== shape[axis]) {
      throw new RangeError(`pieces of [${sizes}] do not make up axis ${axis} of [${shape}]`);
    }
    return sizes.map((n) => ({ dtype, shape: shape.map((d, i) => (i === axis ? n : d)) }));
  },
  evaluate: (inputs, { axis, sizes }) => {
    const x = inputs[0] as Tensor;
    let start = 0;
    return sizes.map((n) => {
      const piece = pick(
        x,
        x.shape.map((d, i) => (i === axis ? range(n, start) : range(d))),
      );
      start += n;
      return piece;
    });
  },
  layout: axisLaw,
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Split',
    types: allTypes,
    read: (n) => {
      const x = n.input(0);
      const axis = fileAxis(n.int('axis', 0), x.shape.length, n);
      const given = n.opset < 13 ? n.ints('split', []) : n.constantInts(1, []);
      const count = n.int('num_outputs', n.outputCount);
      return { inputs: [x], attrs: { axis, sizes: given.length > 0 ? given : equalPieces(x.shape[axis], count, n, n.opset >= 18) } };
    },
    write: ({ axis, sizes }, node) => ({ inputs: [node.inputs[0], { int64: sizes }], attributes: { axis: { int: axis } } }),
  },
  tflite: {
    builtin: 'SPLIT_V',
    also: ['SPLIT'],
    options: 'SplitVOptions',
    types: movedByLiteRt.filter((t) => t !== 'bool'),
    maxRank: 6,
    version: ({ sizes }, node) => {
      const { dtype } = node.outputs[0];
      if (sizes.some((n) => n !== sizes[0])) return dtype === 'int8' ? 2 : 1;
      return { int16: 4, int32: 3, int8: 2 }[dtype as string] ?? 1;
    },
    read: (op) => {
      const isV = op.builtin === 'SPLIT_V';
      const x = op.input(isV ? 0 : 1);
      const axis = fileAxis(op.constantInts(isV ? 2 : 0)[0], x.shape.length, op);
      if (!isV) return { inputs: [x], attrs: { axis, sizes: equalPieces(x.shape[axis], op.option('num_splits'), op) } };
      // One size may be -1: what the others leave.
      const sizes = op.constantInts(1);
      const rest = x.shape[axis] - sizes.filter((n) => n >= 0).reduce((n, s) => n + s, 0);
      return { inputs: [x], attrs: { axis, sizes: sizes.map((n) => (n < 0 ? rest : n)) } };
    },
    write: ({ axis, sizes }, node) => {
      const options = { num_splits: sizes.length };
      const x = node.inputs[0];
      if (sizes.every((n) => n === sizes[0])) {
        return { builtin: 'SPLIT', optionsTable: 'SplitOptions', inputs: [{ int32: [axis], shape: [] }, x], options };
      }
      return { inputs: [x, { int32: sizes }, { int32: [axis], shape: [] }], options };
    },
  },
});
