import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, dtypes, isWide } from '../ir/types.js';
import { type AttrSpec, defineOp, type Operand } from './define.js';
import { perElement } from './families/elementwise.js';
import { allTypes } from './families/elementwise-types.js';

/** TensorProto.DataType. */
const onnxTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};
const dtypeOf = new Map(Object.entries(onnxTypes).map(([dtype, code]) => [code, dtype as DType]));

/** TFLite's CAST came to know its types one after the other (op_version.cc). */
const liteVersions: Partial<Record<DType, number>> = { float16: 5, float64: 5, uint16: 4, int8: 3, uint32: 2 };

function convert(x: Tensor, to: DType): Tensor {
  const { shape } = x;
  if (to === 'bool') {
    const zero = isWide(x.dtype) ? 0n : 0;
    const from = x.dtype === 'float16' ? toNumbers(x) : x.data;
    return { dtype: to, shape, data: Uint8Array.from(from as Float32Array, (v) => (v !== zero ? 1 : 0)) };
  }
  if (!isWide(x.dtype) || dtypes[to].kind === 'float') return fromNumbers(to, shape, toNumbers(x));
  const from = x.data as BigInt64Array;
  const data = new dtypes[to].array(from.length);
  if (isWide(to)) for (let i = 0; i < from.length; i++) data[i] = from[i];
  else for (let i = 0; i < from.length; i++) data[i] = Number(BigInt.asIntN(32, from[i]));
  return { dtype: to, shape, data };
}

/**
 * The same numbers in another type: floats are rounded to floats and truncated to integers, integers wrap around, and what is
 * not 0 (NaN too) is true. A float beyond the range of an integer type has no defined result, here as in the runtimes.
 */
export const cast = defineOp({
  name: 'Cast',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { to: { kind: 'string', oneOf: allTypes } as AttrSpec<DType> },
  infer: (inputs, attrs) => [{ dtype: attrs.to, shape: (inputs[0] as Operand).shape }],
  evaluate: (inputs, attrs) => [convert(inputs[0] as Tensor, attrs.to)],
  layout: 'elementwise',
  cost: perElement(1),
  onnx: {
    type: 'Cast',
    also: ['CastLike'],
    types: allTypes,
    read: (node) => {
      const code = node.type === 'CastLike' ? onnxTypes[node.input(1).dtype] : node.int('to');
      const to = dtypeOf.get(code) ?? node.refuse(`casts to the element type ${code}, which edgeml does not know`);
      return { inputs: [node.input(0)], attrs: { to } };
    },
    write: (attrs) => ({ attributes: { to: { int: onnxTypes[attrs.to] } } }),
  },
  tflite: {
    builtin: 'CAST',
    options: 'CastOptions',
    types: allTypes.filter((t) => t !== 'uint64'),
    maxRank: 8,
    version: (attrs, node) => Math.max(liteVersions[(node.inputs[0] as Value).dtype] ?? 1, liteVersions[attrs.to] ?? 1),
    read: (op) => ({ inputs: op.inputs, attrs: { to: op.outputs[0].dtype } }),
    write: (attrs, node) =>
      attrs.to === 'uint64'
        ? null
        : { options: { in_data_type: (node.inputs[0] as Value).dtype.toUpperCase(), out_data_type: attrs.to.toUpperCase() } },
  },
});
