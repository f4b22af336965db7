import type { Range } from './params.js';
import type { Statistics } from './statistics.js';

/** How a range is taken from the values seen in calibration. */
export const rangeMethods = ['minmax', 'percentile', 'mse', 'kl'] as const;
export type RangeMethod = (typeof rangeMethods)[number];

/** Share of the values that `percentile` keeps on each side. */
export const defaultPercentile = 0.9999;

/** The clipping range of an activation by one of the methods; always within what was seen. */
export function chooseRange(s: Statistics, method: RangeMethod): Range {
  const seen: Range = { min: s.min, max: s.max };
  if (method === 'minmax' || s.limit === 0 || s.binned === 0) return seen;
  if (method === 'percentile') return intersect(percentileRange(s, defaultPercentile), seen);
  return intersect(method === 'mse' ? mseRange(s, seen) : klRange(s, seen), seen);
}

const intersect = (a: Range, b: Range): Range => ({ min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) });

function percentileRange(s: Statistics, keep: number): Range {
  const cut = (1 - keep) * s.binned;
  let low = 0;
  for (let n = s.histogram[0]; n <= cut && low < s.histogram.length - 1; n += s.histogram[++low]);
  let high = s.histogram.length - 1;
  for (let n = s.histogram[high]; n <= cut && high > low; n += s.histogram[--high]);
  return { min: s.binRange(low).min, max: s.binRange(high).max };
}

/** Shrinking factors that are tried on each side; 8-bit optima lie close to the full range. */
const factors = [1, 0.98, 0.95, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3];

/** The range whose 8-bit quantization has the least mean squared error on the histogram: rounding (s²/12) plus clipping. */
function mseRange(s: Statistics, seen: Range): Range {
  let best = seen;
  let least = Number.POSITIVE_INFINITY;
  const lows = seen.min < 0 ? factors : [1];
  const highs = seen.max > 0 ? factors : [1];
  for (const low of lows) {
    for (const high of highs) {
      const range = { min: Math.min(0, seen.min) * low, max: Math.max(0, seen.max) * high };
      const error = quantizationError(s, range, least);
      if (error < least) {
        least = error;
        best = range;
      }
    }
  }
  return best;
}

function quantizationError(s: Statistics, range: Range, enough: number): number {
  const step = (range.max - range.min) / 255;
  const first = binOf(s, range.min);
  const last = binOf(s, range.max);
  let error = ((s.binned * step * step) / 12) * inside(s, first, last);
  for (let i = 0; i < first && error < enough; i++) if (s.histogram[i]) error += s.histogram[i] * (center(s, i) - range.min) ** 2;
  for (let i = last + 1; i < s.histogram.length && error < enough; i++)
    if (s.histogram[i]) error += s.histogram[i] * (center(s, i) - range.max) ** 2;
  return error;
}

/** Share of values that are rounded rather than exactly zero: ReLU's zeros carry no rounding error. */
function inside(s: Statistics, first: number, last: number): number {
  const zero = s.histogram[s.histogram.length / 2];
  return first >= s.histogram.length / 2 && last > first ? Math.max(1 - zero / s.binned, 1e-3) : 1;
}

const center = (s: Statistics, i: number): number => (s.binRange(i).min + s.binRange(i).max) / 2;

const binOf = (s: Statistics, x: number): number =>
  Math.max(0, Math.min(s.histogram.length - 1, Math.floor(((x + s.limit) / (2 * s.limit)) * s.histogram.length)));

/**
 * The range whose 8-bit version of the distribution loses the least information (Kullback-Leibler divergence),
 * after S. Migacz, "8-bit Inference with TensorRT", GTC 2017, on each side of zero in the same proportion.
 */
function klRange(s: Statistics, seen: Range): Range {
  let best = seen;
  let least = Number.POSITIVE_INFINITY;
  for (const f of factors) {
    const range = { min: Math.min(0, seen.min) * f, max: Math.max(0, seen.max) * f };
    const d = divergence(s, binOf(s, range.min), binOf(s, range.max));
    if (d < least) {
      least = d;
      best = range;
    }
  }
  return best;
}

function divergence(s: Statistics, first: number, last: number): number {
  const n = last - first + 1;
  if (n <= 256) return Number.POSITIVE_INFINITY;
  const p = s.histogram.slice(first, last + 1);
  // Zero is represented exactly by every range; its spike after a ReLU would drown the rest.
  const zero = s.histogram.length / 2 - first;
  if (zero >= 0 && zero < n) p[zero] = 0;
  const q = p.slice();
  for (let i = 0; i < first; i++) p[0] += s.histogram[i];
  for (let i = last + 1; i < s.histogram.length; i++) p[n - 1] += s.histogram[i];
  for (let level = 0; level < 256; level++) {
    const from = Math.floor((level * n) / 256);
    const to = Math.floor(((level + 1) * n) / 256);
    let sum = 0;
    let used = 0;
    for (let i = from; i < to; i++) {
      sum += q[i];
      if (q[i]) used++;
    }
    for (let i = from; i < to; i++) if (q[i]) q[i] = sum / used;
  }
  const inP = p.reduce((a, b) => a + b, 0);
  const inQ = q.reduce((a, b) => a + b, 0);
  let d = 0;
  for (let i = 0; i < n; i++) if (p[i]) d += (p[i] / inP) * Math.log(p[i] / inP / Math.max(q[i] / inQ, 1e-9));
  return d;
}
