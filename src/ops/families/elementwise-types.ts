import { type DType, dtypes, isFloat, isInteger, type TypeInfo } from '../../ir/types.js';
import type { Operand } from '../define.js';

export const floatTypes: readonly DType[] = ['float32', 'float16', 'float64'];
/** The floats of onnxruntime kernels that exist for float32 alone: it runs float16 through them by casts of its own. */
export const singleTypes: readonly DType[] = ['float32', 'float16'];
export const signedTypes: readonly DType[] = ['int8', 'int16', 'int32', 'int64'];
export const unsignedTypes: readonly DType[] = ['uint8', 'uint16', 'uint32', 'uint64'];
export const integerTypes: readonly DType[] = [...signedTypes, ...unsignedTypes];
export const numberTypes: readonly DType[] = [...floatTypes, ...integerTypes];
export const allTypes: readonly DType[] = [...numberTypes, 'bool'];

const classes = {
  floats: isFloat,
  integers: isInteger,
  numbers: (t: DType) => t !== 'bool',
  'signed numbers': (t: DType) => isFloat(t) || dtypes[t].kind === 'int',
  booleans: (t: DType) => t === 'bool',
  'any type': () => true,
} as const;

/** What an operator is defined for, as its error message says it. */
export type Accepts = keyof typeof classes;

/** Throws RangeError where an operand is of another class of types. */
export function checkType(x: Pick<TypeInfo, 'dtype'>, accepts: Accepts): void {
  if (!classes[accepts](x.dtype)) throw new RangeError(`it takes ${accepts}, not ${x.dtype}`);
}

/** Throws RangeError where operands are of different types. */
export function checkOneType(operands: readonly Operand[]): void {
  const odd = operands.find((x) => x.dtype !== operands[0].dtype);
  if (odd) throw new RangeError(`its operands are ${operands[0].dtype} and ${odd.dtype}; they must have one type`);
}
