import type { DType } from '../../ir/types.js';
import { allTypes } from './elementwise-types.js';

/** What most of LiteRT's kernels that move elements take. */
export const movedByLiteRt: readonly DType[] = ['float32', 'float16', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'];

/** All types but these. */
export const typesBut = (...without: DType[]): readonly DType[] => allTypes.filter((t) => !without.includes(t));
