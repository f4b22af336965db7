import { isConstant, type QuantParams, type Value } from '../../../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../../../ir/tensor.js';
import { type DType, dtypes, isInteger, sizeOf } from '../../../ir/types.js';
import { evaluateNode } from '../../../ops/evaluate.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import { dataTypeName, dtypeOf } from '../proto.js';
import type { Rule } from '../records.js';

/** Scale and zero point of a node, and which of them belongs to an element of the tensor. */
interface Grid {
  readonly scale: Tensor;
  readonly zeroPoint: Tensor | null;
  /** Undefined for one scale for the whole tensor. */
  readonly axis?: number;
  /** Index into `scale` of the element at a flat index. */
  readonly at: (flat: number) => number;
}

function gridOf(node: RuleNode, shape: readonly number[]): Grid {
  const scale = node.constant(1);
  const zeroPoint = node.inputs[2] ? node.constant(2) : null;
  const count = sizeOf(scale.shape);
  if (zeroPoint && sizeOf(zeroPoint.shape) !== count) node.refuse(`has ${count} scales but ${sizeOf(zeroPoint.shape)} zero points`);
  const blockSize = node.int('block_size', 0);
  if (count === 1 && blockSize === 0) return { scale, zeroPoint, at: () => 0 };
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  if (axis < 0 || axis >= shape.length) node.refuse(`has axis ${given} for a tensor of rank ${shape.length}`);
  const inner = sizeOf(shape.slice(axis + 1));
  const length = shape[axis];
  if (blockSize === 0) {
    if (scale.shape.length !== 1 || count !== length) node.refuse(`has ${count} scales for axis ${axis} of [${shape}]`);
    return { scale, zeroPoint, axis, at: (i) => Math.floor(i / inner) % length };
  }
  const blocks = scale.shape[axis];
  const fits = scale.shape.length === shape.length && shape.every((d, i) => (i === axis ? Math.ceil(d / blockSize) : d) === scale.shape[i]);
  if (!fits) node.refuse(`has scales of shape [${scale.shape}] for blocks of ${blockSize} of [${shape}]`);
  const at = (i: number) => {
    const outer = Math.floor(i / (inner * length));
    return (outer * blocks + Math.floor((Math.floor(i / inner) % length) / blockSize)) * inner + (i % inner);
  };
  return { scale, zeroPoint, axis, at };
}

/** As the graph keeps it; refuses scales per block, which a value cannot carry. */
function paramsOf(node: RuleNode, grid: Grid): QuantParams {
  if (node.int('block_size', 0) !== 0) node.refuse('has a scale per block of its data');
  const scale = Float32Array.from(toNumbers(grid.scale));
  const zeroPoint = grid.zeroPoint ? Int32Array.from(toNumbers(grid.zeroPoint)) : new Int32Array(scale.length);
  return { scale, zeroPoint, ...(scale.length > 1 ? { axis: grid.axis } : {}) };
}

const sameParams = (a: QuantParams, b: QuantParams): boolean =>
  a.axis === b.axis && String(a.scale) === String(b.scale) && String(a.zeroPoint) === String(b.zeroPoint);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Weights that are stored as integers become float32; of activations only the parameters are kept, on the value itself. */
const dequantizeLinear: Rule = (node, b) => {
  const x = node.input(0);
  if (!isInteger(x.dtype)) node.refuse(`reads ${x.dtype}`);
  const grid = gridOf(node, x.shape);
  if (isConstant(x) && !x.quant) return [b.constant(dequantized(x, grid), x.name)];
  node.quantized(`its activations are ${x.dtype} at '${x.name}'`);
  const quant = paramsOf(node, grid);
  if (x.quant && !sameParams(x.quant, quant)) node.refuse('reads integers by another scale than they were made with');
  (x as Mutable<Value>).quant = quant;
  return [b.op('Dequantize', [x])];
};

function dequantized(x: Tensor, grid: Grid): Tensor {
  const from = toNumbers(x);
  const scale = toNumbers(grid.scale);
  const zero = grid.zeroPoint && toNumbers(grid.zeroPoint);
  const y = numbersFor(grid.scale.dtype, from.length);
  for (let i = 0; i < y.length; i++) {
    const k = grid.at(i);
    y[i] = (from[i] - (zero ? zero[k] : 0)) * scale[k];
  }
  return fromNumbers(grid.scale.dtype, x.shape, y);
}

/** The integer type that a node makes: its zero point's, else the attribute's, else uint8. */
function targetType(node: RuleNode): DType {
  const code = node.int('output_dtype', 0);
  const dtype = node.inputs[2]?.dtype ?? (code === 0 ? 'uint8' : dtypeOf(code));
  if (!dtype || !isInteger(dtype) || dtypes[dtype].bytes > 2) return node.refuse(`makes ${dtype ?? dataTypeName(code)}`);
  return dtype;
}

const quantizeLinear: Rule = (node, b: RuleBuilder) => {
  const x = node.input(0);
  const dtype = targetType(node);
  const quant = paramsOf(node, gridOf(node, x.shape));
  if (isConstant(x)) {
    const type = { dtype, shape: x.shape, quant };
    return evaluateNode('Quantize', [{ dtype: x.dtype, shape: x.shape, data: x.data }], {}, [type]).map(({ data }) =>
      b.constant({ ...type, data }),
    );
  }
  node.quantized(`its activations are ${dtype} from '${node.outputs[0]}' on`);
  const y = b.op('Quantize', [x]) as Mutable<Value>;
  y.dtype = dtype;
  y.quant = quant;
  return [y];
};

export const quantizationRules: Record<string, Rule> = { QuantizeLinear: quantizeLinear, DequantizeLinear: dequantizeLinear };
