import type { Value } from '../../../../ir/graph.js';
import { dtypes, sizeOf } from '../../../../ir/types.js';
import { elementOf } from '../../../../ops/families/exact.js';
import { cTypes } from '../../emit/literals.js';
import { type Call, output, type Table, table } from '../../program.js';
import { bytesOf } from './loops.js';

/** Elements of the type of `v` as a table, from their data. */
export const elementTable = (name: string, v: Pick<Value, 'dtype'>, elements: readonly (number | bigint)[]): Table =>
  table(
    name,
    cTypes[v.dtype],
    dtypes[v.dtype].kind === 'float' && v.dtype !== 'float16' ? elements.map(Number) : (elements as readonly number[]),
  );

/** A real number as one element of `v`: on the grid of a quantized value, as TensorFlow Lite's PADV2 stores it. */
export function realElement(v: Value, value: number): number | bigint {
  if (!v.quant) return elementOf(v.dtype, value);
  return elementOf(v.dtype, Math.round(value / v.quant.scale[0]) + v.quant.zeroPoint[0]);
}

/** All of `y` filled with a real number. */
export const fillCall = (y: Value, value: number): Call => ({
  kernel: 'bytes',
  function: 'edgeml_fill',
  args: [output(y), elementTable('fill', y, [realElement(y, value)]), sizeOf(y.shape), bytesOf(y)],
});
