import type { DType } from '../../ir/types.js';
import { defineOp } from '../define.js';
import { binary, broadcast, type RowKernel } from './elementwise-binary.js';
import { type Decompose, widened } from './elementwise-formula.js';
import { type Accepts, allTypes, numberTypes } from './elementwise-types.js';
import { byType } from './versions.js';

interface Comparison {
  readonly name: string;
  /** Numbers, and for equality booleans. */
  readonly accepts: Extract<Accepts, 'numbers' | 'any type'>;
  readonly row: RowKernel;
  readonly big: (x: bigint, y: bigint) => boolean;
  /** Absent: ONNX has no such operator. */
  readonly onnx?: string;
  readonly builtin: string;
  readonly versions: Readonly<Partial<Record<DType, number>>>;
  readonly decompose?: Decompose<unknown>;
}

/**
 * Two operands of one type, compared: a bool for each pair, false for NaN but with NotEqual.
 * TFLite compares int8 operands on grids of their own, int16 by their integers alone.
 */
export const comparison = ({ name, accepts, row, big, onnx, builtin, versions, decompose = widened(name) }: Comparison) =>
  defineOp({
    name,
    ...binary(accepts, 'bool'),
    evaluate: broadcast({ row, big }),
    quantize: { kind: 'free' },
    onnx: onnx === undefined ? undefined : { type: onnx, types: accepts === 'numbers' ? numberTypes : allTypes },
    tflite: {
      builtin,
      types: accepts === 'numbers' ? ['float32', 'int32', 'int64'] : ['float32', 'int32', 'int64', 'bool'],
      maxRank: 8,
      version: byType(versions),
    },
    decompose,
  });
