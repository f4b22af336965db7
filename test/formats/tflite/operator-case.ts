import { sizeOf } from '../../../src/ir/types.js';
import type { Op, T } from './build.js';

/** One operator: its inputs (constants have data), options and declared outputs. */
export interface Case {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (T | null)[];
  readonly outputs: readonly T[];
  readonly options?: Op['options'];
  readonly customOptions?: Uint8Array;
  readonly version?: number;
}

export const x = (...shape: number[]): T => ({ shape });
export const ints = (...data: number[]): T => ({ dtype: 'int32', shape: [data.length], data });
export const scalar = (value: number, dtype: T['dtype'] = 'int32'): T => ({ dtype, shape: [], data: [value] });
export const weights = (...shape: number[]): T => ({
  shape,
  data: Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 23) / 23 - 0.5),
});
export const of = (t: T, more: Partial<T>): T => ({ ...t, ...more });
export const conv = { stride_h: 1, stride_w: 1 };
