/** Mean and second moments of vectors, streamed. */
export class Gram {
  readonly length: number;
  count = 0;
  readonly sum: Float64Array;
  /** Σ x xᵀ, upper triangle row by row in a full square; absent where only the mean is wanted. */
  readonly products: Float64Array | undefined;

  constructor(length: number, withProducts: boolean) {
    this.length = length;
    this.sum = new Float64Array(length);
    this.products = withProducts ? new Float64Array(length * length) : undefined;
  }

  add(x: Float64Array): void {
    const { length: n, sum, products } = this;
    this.count++;
    for (let i = 0; i < n; i++) sum[i] += x[i];
    if (!products) return;
    for (let i = 0; i < n; i++) {
      const xi = x[i];
      // After a ReLU about half of the rows fall away here.
      if (xi === 0) continue;
      const row = i * n;
      for (let j = i; j < n; j++) products[row + j] += xi * x[j];
    }
  }

  mean(): Float64Array {
    return this.sum.map((s) => s / Math.max(this.count, 1));
  }

  /** E[x xᵀ] - E[x] E[x]ᵀ as a full symmetric matrix. */
  covariance(): Float64Array {
    const { length: n, count } = this;
    const mean = this.mean();
    const products = this.products as Float64Array;
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        const c = products[i * n + j] / count - mean[i] * mean[j];
        out[i * n + j] = c;
        out[j * n + i] = c;
      }
    }
    return out;
  }
}
