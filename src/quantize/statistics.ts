import type { Range } from './params.js';

const bins = 4096;

/**
 * Range and histogram of a tensor's values, streamed: memory stays the same however many samples are added.
 * The histogram spans [-limit, limit]; a larger value doubles the limit and merges bins in pairs, so that
 * one pass over the data is enough.
 */
export class Statistics {
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  count = 0;
  /** Half the width of the histogram; a power of two times the first value's. */
  limit = 0;
  readonly histogram = new Float64Array(bins);
  private readonly withHistogram: boolean;

  constructor(withHistogram = true) {
    this.withHistogram = withHistogram;
  }

  /** Adds all elements. Returns the index of the first NaN or infinity and stops there, or -1. */
  add(values: Float32Array): number {
    let { min, max } = this;
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (v < min) min = v;
      if (v > max) max = v;
      // v - v is NaN for NaN and for both infinities.
      if (v - v !== 0) return i;
    }
    this.min = min;
    this.max = max;
    this.count += values.length;
    if (this.withHistogram) this.bin(values);
    return -1;
  }

  /** The interval that bin `i` covers. */
  binRange(i: number): Range {
    const width = (2 * this.limit) / bins;
    return { min: -this.limit + i * width, max: -this.limit + (i + 1) * width };
  }

  private bin(values: Float32Array): void {
    const reach = Math.max(-this.min, this.max);
    if (reach === 0) {
      this.histogram[bins / 2] += values.length;
      if (this.limit === 0) return;
    }
    if (this.limit === 0) this.limit = reach;
    while (reach > this.limit) this.widen();
    const { histogram, limit } = this;
    const perUnit = bins / (2 * limit);
    const last = bins - 1;
    for (let i = 0; i < values.length; i++) {
      const k = ((values[i] + limit) * perUnit) | 0;
      histogram[k > last ? last : k]++;
    }
  }

  private widen(): void {
    const old = this.histogram.slice();
    this.histogram.fill(0);
    for (let i = 0; i < bins; i++) this.histogram[bins / 4 + (i >> 1)] += old[i];
    this.limit *= 2;
  }
}
