import type { QuantParams } from '../ir/graph.js';

/** Integer types that activations are quantized to. */
export type ActivationType = 'int8' | 'int16';

/** A closed interval of reals. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Smallest scale that is written: below it a reciprocal overflows float32 in kernels that invert scales. */
export const smallestScale = 2 ** -100;

/**
 * Scale and zero point of an activation (numerics.md §1, the TensorFlow Lite quantization specification).
 * int8: the range is widened to hold 0, `s = (max - min) / 255`, `z = round(-128 - min / s)` clamped to [-128, 127].
 * int16: symmetric, `s = max|x| / 32767`, zero point 0.
 */
export function activationParams(range: Range, type: ActivationType): QuantParams {
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  if (type === 'int16') return perTensor(Math.max(-min, max) / 32767 || 1, 0);
  const scale = Math.fround((max - min) / 255);
  // A tensor that is always 0 has no range; any scale represents it.
  if (!(scale >= smallestScale)) return perTensor(1, -128);
  return perTensor(scale, Math.max(-128, Math.min(127, Math.round(-128 - min / scale))));
}

/** One scale and zero point for the whole tensor. */
export const perTensor = (scale: number, zeroPoint: number): QuantParams => ({
  scale: Float32Array.of(scale),
  zeroPoint: Int32Array.of(zeroPoint),
});

/** Whether two values have bit-equal per-tensor parameters. */
export const sameParams = (a: QuantParams | undefined, b: QuantParams | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.scale.length === 1 &&
  b.scale.length === 1 &&
  a.scale[0] === b.scale[0] &&
  a.zeroPoint[0] === b.zeroPoint[0];

/** Rounds half away from zero, as TensorFlow Lite's converter does. */
export const roundAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

/** The reals between the smallest and the largest integer of an int8 or int16 tensor with these parameters. */
export function representable(quant: QuantParams, type: ActivationType): Range {
  const [low, high] = type === 'int8' ? [-128, 127] : [-32768, 32767];
  return { min: (low - quant.zeroPoint[0]) * quant.scale[0], max: (high - quant.zeroPoint[0]) * quant.scale[0] };
}
