import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { broadcastIndex } from '../../../../ops/families/elementwise.js';
import { type Call, input, NoKernel, output, struct, type Target, table } from '../../program.js';
import { perTensorOf, quantizeMultiplier } from '../../requantize.js';
import { checkSymmetric, narrow } from './int16.js';

/** A product of quantized matrices, either of which may be computed: int8, or int16 with sums in 64 bits. */
export function matMul(node: Node, { rounding }: Target): readonly Call[] {
  const [a, b] = node.inputs as readonly [Value, Value];
  const [y] = node.outputs;
  const [pa, pb, py] = [perTensorOf(a), perTensorOf(b), perTensorOf(y)];
  if (a.dtype !== b.dtype) throw new NoKernel(`takes no ${a.dtype} with ${b.dtype}`);
  if (sizeOf(y.shape) === 0) return [];
  const { transposeA, transposeB } = node.attrs as { transposeA: boolean; transposeB: boolean };
  const [rows, columns] = y.shape.slice(-2);
  const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const batch = y.shape.slice(0, -2);
  const firsts = (v: Value, size: number): Int32Array =>
    Int32Array.from(broadcastIndex(v.shape.slice(0, -2), batch) as ArrayLike<number>, (n) => n * size);
  // TensorFlow Lite Micro takes the product of the scales in double precision, LiteRT in float32.
  const product = rounding === 'double' ? pa.scale * pb.scale : Math.fround(pa.scale * pb.scale);
  const { multiplier, shift } = quantizeMultiplier(product / py.scale);
  const params = {
    a_first: table('a_first', 'int32_t', firsts(a, rows * depth)),
    b_first: table('b_first', 'int32_t', firsts(b, depth * columns)),
    ...{ batches: sizeOf(batch), rows, columns, depth },
    ...(transposeA ? { a_row: 1, a_step: rows } : { a_row: depth, a_step: 1 }),
    ...(transposeB ? { b_column: depth, b_step: 1 } : { b_column: 1, b_step: columns }),
  };
  const places = [input(a), input(b), output(y)];
  if (a.dtype === 'int8') {
    const zeros = { a_zero: pa.zeroPoint, b_zero: pb.zeroPoint, y_zero: py.zeroPoint };
    const args = [...places, struct('edgeml_mat_mul_s8', { ...params, ...zeros, multiplier, shift })];
    return [{ kernel: 'mat_mul_s8', function: 'edgeml_mat_mul_s8_run', args }];
  }
  checkSymmetric(a, b, y);
  if (shift > 7) throw new NoKernel('has scales that are too far apart for sums in 64 bits');
  const args = [...places, struct('edgeml_mat_mul_s16', { ...params, multiplier: narrow(multiplier), shift })];
  return [{ kernel: 'mat_mul_s16', function: 'edgeml_mat_mul_s16_run', args }];
}
