import { describe, expect, it } from 'vitest';
import { f32 } from '../../src/ir/tensor.js';
import { activationParams, roundAway } from '../../src/quantize/params.js';
import { quantizeBias, quantizeWeights, weightScales } from '../../src/quantize/weights.js';

const show = (p: ReturnType<typeof activationParams>) => [p.scale[0], p.zeroPoint[0]];

// Worked out by hand from numerics.md §1: s = (max - min) / 255, z = round(-128 - min / s).
describe('activation parameters', () => {
  it('of an asymmetric range', () => {
    expect(show(activationParams({ min: -1, max: 4.1 }, 'int8'))).toEqual([Math.fround(0.02), -78]);
  });

  it('are widened to hold zero', () => {
    expect(show(activationParams({ min: 2, max: 5.1 }, 'int8'))).toEqual([Math.fround(0.02), -128]);
    expect(show(activationParams({ min: -5.1, max: -2 }, 'int8'))).toEqual([Math.fround(0.02), 127]);
  });

  it('of a tensor that is always zero are usable', () => {
    expect(show(activationParams({ min: 0, max: 0 }, 'int8'))).toEqual([1, -128]);
  });

  it('are symmetric for int16', () => {
    expect(show(activationParams({ min: -3.2767, max: 1 }, 'int16'))).toEqual([Math.fround(0.0001), 0]);
  });
});

describe('rounding', () => {
  it('goes half away from zero', () => {
    expect([0.5, -0.5, 1.5, -1.5, 2.4, -2.6].map(roundAway)).toEqual([1, -1, 2, -2, 2, -3]);
  });
});

describe('weights', () => {
  const w = f32([2, 2], [1.27, -0.635, 0.0127, 0]);

  it('take a scale per output channel, max|w| / 127', () => {
    const scales = weightScales(w, 0, true, undefined, 1);
    expect([...scales]).toEqual([Math.fround(0.01), Math.fround(0.0001)]);
    expect([...quantizeWeights(w, scales, 0)]).toEqual([127, -64, 127, 0]);
  });

  it('take one scale per tensor where asked', () => {
    const scales = weightScales(w, 0, false, undefined, 1);
    expect([...scales]).toEqual([Math.fround(0.01)]);
    expect([...quantizeWeights(w, scales, 0)]).toEqual([127, -64, 1, 0]);
  });

  it('of zero do not give scale 0', () => {
    expect(weightScales(f32([1, 2], [0, 0]), 0, true, undefined, 1)[0]).toBeGreaterThan(0);
  });

  // |b| has to stay below 0.5 · s_in · s_w · INT32_MAX, so s_w ≥ 10 / (0.5 · 1e-6 · 2147483647) = 0.00931…
  it('are widened where a large bias would overflow int32', () => {
    const tiny = f32([2, 1], [1e-6, 1]);
    const scales = weightScales(tiny, 0, true, Float32Array.of(10, 0), 1e-6);
    expect(scales[0]).toBeCloseTo(0.0093132257, 8);
    expect(scales[1]).toBeCloseTo(1 / 127, 8);
    const { data } = quantizeBias(Float32Array.of(10, 0), 1e-6, scales, false);
    expect(Math.abs(Number(data[0]))).toBeLessThanOrEqual(2 ** 30 + 256);
  });

  it('give the bias the scale s_in · s_w', () => {
    const { data, quant } = quantizeBias(Float32Array.of(0.5, -0.26), 0.1, Float32Array.of(0.5, 0.01), false);
    expect([...data]).toEqual([10, -260]);
    expect([...quant.scale]).toEqual([Math.fround(0.1 * 0.5), Math.fround(0.1 * Math.fround(0.01))]);
    expect(quant.axis).toBe(0);
  });
});
