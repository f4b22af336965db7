import type { Node, Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, isFloat } from '../ir/types.js';
import { defineOp, float } from './define.js';
import { mapWhole, unary } from './families/elementwise.js';
import { formula } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';
import { limits } from './families/exact.js';
import type { OnnxNode } from './mappings.js';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** TFLite's builtins for certain bounds. RELU_0_TO_1 exists too, but TFLite Micro has no kernel for it. */
const builtins: readonly (Bounds & { readonly builtin: string })[] = [
  { builtin: 'RELU6', min: 0, max: 6 },
  { builtin: 'RELU', min: 0, max: Infinity },
  { builtin: 'RELU_N1_TO_1', min: -1, max: 1 },
  { builtin: 'RELU_0_TO_1', min: 0, max: 1 },
];

const builtinOf = (attrs: Bounds) => builtins.slice(0, 3).find((b) => b.min === attrs.min && b.max === attrs.max)?.builtin;

/** A bound as a tensor of this type; null where the type has no number beyond it. Integers are bounded by whole numbers. */
function bound(value: number, dtype: DType, round: (x: number) => number): Tensor | null {
  const { low, high } = limits(dtype);
  const whole = isFloat(dtype) ? value : round(value);
  return whole <= low || whole >= high ? null : fromNumbers(dtype, [], [whole]);
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
      for (let i = 0; i < x.length; i++) {
        const low = x[i] < min ? min : x[i];
        y[i] = low > max ? max : low;
      }
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
    types: numberTypes,
    read: (node) => ({ inputs: [node.input(0)], attrs: { ...readBounds(node) } }),
    write: (attrs, node) => {
      const { dtype } = node.outputs[0];
      return { inputs: [node.inputs[0], bound(attrs.min, real(node, dtype), Math.ceil), bound(attrs.max, real(node, dtype), Math.floor)] };
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
  decompose: formula((f, [x], { min, max }) => {
    const [low, high] = [bound(min, x.dtype, Math.ceil), bound(max, x.dtype, Math.floor)];
    const above = min === 0 && isFloat(x.dtype) ? f.op('Relu', x) : low ? f.op('Maximum', x, f.b.constant(low)) : x;
    return high ? f.op('Minimum', above, f.b.constant(high)) : above;
  }),
});

/** A quantized value is written as float32 between QuantizeLinear and DequantizeLinear. */
const real = (node: Node, dtype: DType): DType => (node.outputs[0].quant ? 'float32' : dtype);
