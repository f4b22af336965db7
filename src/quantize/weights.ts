import type { QuantParams, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { sizeOf } from '../ir/types.js';
import { roundAway, smallestScale } from './params.js';

/** A bias may use this share of int32, so that the sum with the products still fits. */
const biasShare = 0.5;
const int32Max = 2 ** 31 - 1;

/** Calls `f` with the channel of each element, in storage order. */
function forEachChannel(shape: readonly number[], axis: number, f: (i: number, channel: number) => void): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const channels = shape[axis];
  const length = sizeOf(shape);
  let i = 0;
  while (i < length) for (let c = 0; c < channels; c++) for (let k = 0; k < inner; k++) f(i++, c);
}

/**
 * Scales of a filter: `max|w| / 127` per channel along `axis`, or one for all; float32, never 0.
 * With a bias, a channel's scale is widened until `|b| < 0.5 · s_in · s_w · INT32_MAX` (numerics.md §1: without this guard
 * a channel with tiny weights and a large bias overflows, onnxruntime#11415).
 */
export function weightScales(
  w: Tensor,
  axis: number,
  perChannel: boolean,
  bias: Float32Array | undefined,
  inputScale: number,
): Float32Array {
  const channels = w.shape[axis];
  const largest = new Float64Array(channels);
  const data = w.data as Float32Array;
  forEachChannel(w.shape, axis, (i, c) => {
    const a = Math.abs(data[i]);
    if (a > largest[c]) largest[c] = a;
  });
  if (!perChannel) largest.fill(largest.reduce((a, b) => Math.max(a, b), 0));
  const scales = Float32Array.from(largest, (m) => Math.max(m / 127, smallestScale));
  if (bias) {
    for (let c = 0; c < channels; c++) {
      const needed = Math.abs(bias[c]) / (biasShare * inputScale * int32Max);
      if (needed > scales[c]) scales[c] = needed;
    }
    if (!perChannel) scales.fill(scales.reduce((a, b) => Math.max(a, b), 0));
  }
  return perChannel ? scales : scales.slice(0, 1);
}

/** Int8 in [-127, 127], zero point 0, rounded half away from zero. */
export function quantizeWeights(w: Tensor, scales: Float32Array, axis: number): Int8Array {
  const data = w.data as Float32Array;
  const out = new Int8Array(data.length);
  const one = scales.length === 1;
  forEachChannel(w.shape, axis, (i, c) => {
    out[i] = Math.max(-127, Math.min(127, roundAway(data[i] / scales[one ? 0 : c])));
  });
  return out;
}

/** Parameters of a filter along `axis`; a single scale is per tensor. */
export const weightParams = (scale: Float32Array, axis: number): QuantParams => ({
  scale,
  zeroPoint: new Int32Array(scale.length),
  ...(scale.length > 1 ? { axis } : {}),
});

/**
 * A bias as int32 (int64 beside int16 activations), zero point 0, scale `s_in · s_w[c]` in float32.
 * With one weight scale the bias has one scale as well.
 */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weightScale: Float32Array,
  wide: boolean,
): { data: Int32Array | BigInt64Array; quant: QuantParams } {
  const scale = Float32Array.from(weightScale, (s) => inputScale * s);
  const q = Array.from(bias, (b, c) => roundAway(b / (inputScale * weightScale[weightScale.length === 1 ? 0 : c])));
  const quant = { scale, zeroPoint: new Int32Array(scale.length), ...(scale.length > 1 ? { axis: 0 } : {}) };
  if (wide) return { data: BigInt64Array.from(q, BigInt), quant };
  return { data: Int32Array.from(q, (v) => Math.max(-int32Max - 1, Math.min(int32Max, v))), quant };
}

/** A constant operand (not a filter) on an activation's grid. */
export function quantizeConstant(v: Value, quant: QuantParams, type: 'int8' | 'int16'): Value {
  const data = v.data as Float32Array;
  const [low, high] = type === 'int8' ? [-128, 127] : [-32768, 32767];
  const out = type === 'int8' ? new Int8Array(data.length) : new Int16Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.max(low, Math.min(high, roundAway(data[i] / quant.scale[0]) + quant.zeroPoint[0]));
  return { name: v.name, dtype: type, shape: v.shape, data: out, quant };
}
