import type { Tensor } from '../../ir/tensor.js';
import { GraphBuilder } from '../../ops/node-builder.js';
import { loadGraph } from '../../runtime/float.js';
import type { Session } from '../../runtime/types.js';

/** Vectors gathered from activations, one per row, up to a fixed number. */
export class Rows {
  readonly length: number;
  count = 0;
  readonly data: Float32Array;

  /** @param length Elements of a vector. @param capacity Vectors that are kept. */
  constructor(length: number, capacity: number) {
    this.length = length;
    this.data = new Float32Array(length * capacity);
  }

  /** Adds a vector; false once all places are taken. */
  add(x: Float64Array): boolean {
    const at = this.count * this.length;
    if (at >= this.data.length) return false;
    this.data.set(x, at);
    this.count++;
    return true;
  }

  mean(): Float64Array {
    const { length: n, count, data } = this;
    const sum = new Float64Array(n);
    for (let r = 0; r < count; r++) for (let i = 0; i < n; i++) sum[i] += data[r * n + i];
    return sum.map((s) => s / Math.max(count, 1));
  }
}

/** E[(x - mean)(x - mean)ᵀ] of short vectors, n × n, computed here: below some dozen elements a runtime costs more than it saves. */
export function smallCovariance(rows: Rows, mean: Float64Array): Float64Array {
  const { length: n, count, data } = rows;
  const out = new Float64Array(n * n);
  const x = new Float64Array(n);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < n; i++) x[i] = data[r * n + i] - mean[i];
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) out[i * n + j] += x[i] * x[j];
  }
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      out[i * n + j] /= Math.max(count, 1);
      out[j * n + i] = out[i * n + j];
    }
  }
  return out;
}

/**
 * Covariances by matrix products in the float runtime: some twenty times faster than JavaScript at K = 576.
 * Models of one shape are loaded once; call `close` when done.
 */
export class CovarianceEngine {
  private readonly sessions = new Map<string, Session>();

  /** E[(x - mean)(x - mean)ᵀ], n × n. The rows are centred in place. */
  async covariance(rows: Rows, mean: Float64Array): Promise<Float64Array> {
    const { length: n, count, data } = rows;
    for (let r = 0; r < count; r++) for (let i = 0; i < n; i++) data[r * n + i] -= mean[i];
    const x: Tensor = { dtype: 'float32', shape: [count, n], data: data.subarray(0, count * n) };
    const [products] = await (await this.session(count, n)).run([x]);
    const out = Float64Array.from(products.data as Float32Array);
    for (let i = 0; i < out.length; i++) out[i] /= count;
    return out;
  }

  async close(): Promise<void> {
    for (const s of this.sessions.values()) await s.close();
    this.sessions.clear();
  }

  private async session(count: number, n: number): Promise<Session> {
    const key = `${count}x${n}`;
    const known = this.sessions.get(key);
    if (known) return known;
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [count, n] });
    const session = await loadGraph(b.finish('covariance', [b.op('MatMul', [x, x], { transposeA: true })]));
    this.sessions.set(key, session);
    return session;
  }
}
