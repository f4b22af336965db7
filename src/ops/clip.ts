import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, isFloat } from '../ir/types.js';
import { defineOp, float } from './define.js';
import { mapWhole, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';
import { limits } from './families/exact.js';
import type { OnnxNode } from './mappings.js';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** onnxruntime clips no 16-bit integers. */
const ortTypes: readonly DType[] = [...floatTypes, 'int8', 'uint8', 'int32', 'uint32', 'int64', 'uint64'];

/** TFLite's builtins for certain bounds. RELU_0_TO_1 exists too, but TFLite Micro has no kernel for it. */
const builtins: readonly (Bounds & { readonly builtin: string })[] = [
  { builtin: 'RELU6', min: 0, max: 6 },
  { builtin: 'RELU', min: 0, max: Infinity },
  { builtin: 'RELU_N1_TO_1', min: -1, max: 1 },
  { builtin: 'RELU_0_TO_1', min: 0, max: 1 },
];

const builtinOf = (attrs: Bounds) => builtins.slice(0, 3).find((b) => b.min === attrs.min && b.max === attrs.max)?.builtin;

/** The bounds as tensors of this type; null where the type has no number beyond. Integers are bounded by whole numbers. */
function boundsIn(dtype: DType, { min, max }: Bounds): [low: Tensor | null, high: Tensor | null] {
  const { low, high } = limits(dtype);
  const [from, to] = isFloat(dtype) ? [min, max] : [Math.ceil(min), Math.floor(max)];
  return [from > low ? fromNumbers(dtype, [], [from]) : null, to < high ? fromNumbers(dtype, [], [to]) : null];
}

/** Bounds are attributes up to opset 10 and optional inputs from 11. */
function readBounds(node: OnnxNode): Bounds {
  if (node.opset < 11) return { min: node.float('min', -Infinity), max: node.float('max', Infinity) };
  const at = (i: number, none: number): number => (node.inputs[i] ? toNumbers(node.constant(i))[0] : none);
  return { min: at(1, -Infinity), max: at(2, Infinity) };
}

/** min(max(x, min), max): max where the bounds cross. */
export const clip = defineOp({
  name: 'Clip',
  ...unary('numbers'),
  attributes: { min: float(-Infinity), max: float(Infinity) },
  evaluate: mapWhole(
    (x, y, { min, max }: Bounds) => {
      for (let i = 0; i < x.length; i++) y[i] = Math.min(Math.max(x[i], min), max);
    },
    (x, { min, max }) => {
      const low = x < min ? BigInt(Math.ceil(min)) : x;
      return low > max ? BigInt(Math.floor(max)) : low;
    },
  ),
  quantize: { kind: 'free', int16: true },
  onnx: {
    type: 'Clip',
    since: 12,
    types: ortTypes,
    read: (node) => ({ inputs: [node.input(0)], attrs: { ...readBounds(node) } }),
    // A quantized value is written as float32 between QuantizeLinear and DequantizeLinear.
    write: (attrs, node) => {
      const [y] = node.outputs;
      return { inputs: [node.inputs[0], ...boundsIn(y.quant ? 'float32' : y.dtype, attrs)] };
    },
  },
  tflite: {
    builtin: 'RELU6',
    also: ['RELU_N1_TO_1', 'RELU_0_TO_1'],
    types: ['float32'],
    maxRank: 8,
    version: (attrs, node) => {
      const { dtype } = node.inputs[0] as Value;
      return builtinOf(attrs) === 'RELU_N1_TO_1' ? 1 : dtype === 'int16' ? 3 : dtype === 'int8' ? 2 : 1;
    },
    read: (op) => {
      const { min, max } = builtins.find((b) => b.builtin === op.builtin) as Bounds;
      return { inputs: op.inputs, attrs: { min, max } };
    },
    write: (attrs) => {
      const builtin = builtinOf(attrs);
      return builtin ? { builtin } : null;
    },
  },
  keras: { activation: 'relu6' },
  decompose: either(
    widened('Clip'),
    formula((f, [x], attrs) => {
      const [low, high] = boundsIn(x.dtype, attrs);
      const above = attrs.min === 0 && isFloat(x.dtype) ? f.op('Relu', x) : low ? f.op('Maximum', x, f.b.constant(low)) : x;
      if (high) return f.op('Minimum', above, f.b.constant(high));
      return above === x ? f.op('Identity', x) : above;
    }),
  ),
});
