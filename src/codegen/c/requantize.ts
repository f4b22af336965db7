import type { QuantParams, Value } from '../../ir/graph.js';
import { type Activation, fusable } from '../../ops/families/activation.js';
import { NoKernel } from './program.js';

/** `real = multiplier / 2^31 * 2^shift`: a positive shift is to the left, as in TensorFlow Lite. */
export interface Multiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** TensorFlow Lite's QuantizeMultiplier (numerics.md §2): the mantissa of a positive double in 31 bits, half away from zero. */
export function quantizeMultiplier(real: number): Multiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.max(-1023, Math.floor(Math.log2(real)) + 1);
  // log2 may be off by one beside a power of two: the mantissa has to be in [0.5, 1).
  while (real / 2 ** shift >= 1) shift++;
  while (real / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((real / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** The parameters of a value that is quantized per tensor. Throws NoKernel where it is not. */
export function perTensorOf(v: Value): { scale: number; zeroPoint: number } {
  if (!v.quant) throw new NoKernel(`has '${v.name}' as plain ${v.dtype}, without scale and zero point`);
  if (v.quant.scale.length !== 1) throw new NoKernel(`has '${v.name}' quantized per channel`);
  return { scale: v.quant.scale[0], zeroPoint: v.quant.zeroPoint[0] };
}

/** The scale of output channel `c`: parameters are per channel or for all. */
export const scaleOf = (q: QuantParams, c: number): number => q.scale[q.scale.length === 1 ? 0 : c];

const bounds: Partial<Record<Value['dtype'], readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/**
 * The integers that a fused activation leaves of a quantized output (numerics.md §2): `z + round(bound / s)`, the division in
 * float32, half away from zero, clamped to the type.
 */
export function activationBounds(out: Value, activation: Activation): readonly [min: number, max: number] {
  const { scale, zeroPoint } = perTensorOf(out);
  const [low, high] = bounds[out.dtype] as readonly [number, number];
  const [min, max] = fusable[activation];
  const at = (real: number) => {
    const q = Math.fround(Math.fround(real) / scale);
    return zeroPoint + Math.sign(q) * Math.floor(Math.abs(q) + 0.5);
  };
  return [Number.isFinite(min) ? Math.max(low, at(min)) : low, Number.isFinite(max) ? Math.min(high, at(max)) : high];
}
