import type { QuantParams, Value } from '../../../../ir/graph.js';
import { NoKernel, type Table, table } from '../../program.js';
import { needFloats } from './operands.js';

/** The scale and zero point of each of `n` channels as tables. */
export function channelTables(q: QuantParams, n: number): readonly Table[] {
  const each = <T extends ArrayLike<number>>(from: T) => Array.from({ length: n }, (_, i) => from[from.length === 1 ? 0 : i]);
  return [table('scales', 'float', Float32Array.from(each(q.scale))), table('zero_points', 'int32_t', Int32Array.from(each(q.zeroPoint)))];
}

/** Throws NoKernel unless it is plain float32, or constant int8 with parameters along `axis`. */
export function needWeights(w: Value, axis: number): void {
  if (!w.quant || w.dtype !== 'int8' || !w.data) {
    needFloats(w);
    return;
  }
  if (w.quant.scale.length > 1 && w.quant.axis !== axis) throw new NoKernel(`has weights quantized along axis ${w.quant.axis}`);
}
