import type { Attrs, Node, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { sameShape, type TypeInfo } from '../ir/types.js';
import { operator } from './index.js';

/** Runs one operator on tensors. Throws Error (a bug) where the kernel does not keep to the inferred types. */
export function evaluateNode(op: string, inputs: readonly (Tensor | null)[], attrs: Attrs, types: readonly TypeInfo[]): Tensor[] {
  const out = operator(op).evaluate(inputs, attrs, types);
  out.forEach((t, i) => {
    if (t.dtype !== types[i].dtype || !sameShape(t.shape, types[i].shape)) {
      throw new Error(`${op} evaluated to ${t.dtype}[${t.shape}], inferred ${types[i].dtype}[${types[i].shape}]`);
    }
  });
  return out;
}

/** Operators that change a value's element type, and so have to see it. */
const seesIntegers = new Set(['Quantize', 'Dequantize']);

/** Operands as `infer` sees them: quantized values stand for reals, whatever integers hold them. */
export const operandsOf = (op: string, inputs: readonly (Value | null)[]): readonly (Value | null)[] =>
  inputs.some((v) => v?.quant) && !seesIntegers.has(op) ? inputs.map((v) => (v?.quant ? { ...v, dtype: 'float32' } : v)) : inputs;

/** Output types of a node by its record. */
export const inferNode = (node: Node): readonly TypeInfo[] => operator(node.op).infer(operandsOf(node.op, node.inputs), node.attrs);
