/** Added to the diagonal, as a share of its mean: keeps directions that calibration hardly saw from being overfitted. */
const damping = 0.03;

/** What rounding needs to know of the inputs of a dot product. */
export interface Factor {
  /** Inputs in the order of falling variance, in which weights are rounded. */
  readonly order: readonly number[];
  /** Upper triangular U, n × n, with `UᵀU = H⁻¹`, H being the damped covariance in `order`. */
  readonly u: Float32Array;
}

/**
 * Factors the covariance of inputs; undefined where they never vary, so that there is nothing to make up for.
 * @param covariance n × n, symmetric.
 */
export function factor(covariance: Float64Array, n: number): Factor | undefined {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += covariance[i * n + i];
  if (!(trace > 0)) return undefined;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => covariance[b * n + b] - covariance[a * n + a] || a - b);
  return { order, u: inverseFactor(covariance, n, order, (damping * trace) / n) };
}

/** The factor for inputs `x[i] / scales[i mod length]`: with H' = D H D, D = 1 / scales, U' is U D⁻¹. */
export function rescaleFactor({ order, u }: Factor, scales: Float64Array): Factor {
  const n = order.length;
  const out = new Float32Array(u.length);
  const by = Float64Array.from(order, (i) => scales[i % scales.length]);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) out[i * n + j] = u[i * n + j] * by[j];
  return { order, u: out };
}

/**
 * Rounds rows of weights to a grid so that `Σ ((w - q)·x)²` is small for the inputs of the factor: each weight's
 * rounding error is made up for by the weights that are still free. The method is GPTQ (E. Frantar et al., 2022,
 * arXiv:2210.17323, after B. Hassibi's optimal brain surgeon). Without a factor each weight is rounded to nearest.
 * @param rows Row-major weights, `rows × n`, in units of the grid; overwritten by integers in [-127, 127].
 */
export function roundRows(rows: Float64Array, n: number, inputs: Factor | undefined): void {
  if (!inputs) {
    for (let i = 0; i < rows.length; i++) rows[i] = clamp(Math.round(rows[i]));
    return;
  }
  const { order, u } = inputs;
  let r = 0;
  for (; r + lanes * n <= rows.length; r += lanes * n) roundFour(rows, r, n, order, u);
  for (; r < rows.length; r += n) roundOne(rows, r, n, order, u);
}

/** Rows that are rounded together: each element of U is then loaded once for four. */
const lanes = 4;

function roundFour(rows: Float64Array, start: number, n: number, order: readonly number[], u: Float32Array): void {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => Float64Array.from(order, (i) => rows[start + k * n + i]));
  const [atA, atB, atC, atD] = [0, 1, 2, 3].map((k) => start + k * n);
  for (let i = 0; i < n; i++) {
    const qa = clamp(Math.round(a[i]));
    const qb = clamp(Math.round(b[i]));
    const qc = clamp(Math.round(c[i]));
    const qd = clamp(Math.round(d[i]));
    const place = order[i];
    rows[atA + place] = qa;
    rows[atB + place] = qb;
    rows[atC + place] = qc;
    rows[atD + place] = qd;
    const row = i * n;
    const scale = 1 / u[row + i];
    const ea = (a[i] - qa) * scale;
    const eb = (b[i] - qb) * scale;
    const ec = (c[i] - qc) * scale;
    const ed = (d[i] - qd) * scale;
    for (let j = i + 1; j < n; j++) {
      const f = u[row + j];
      a[j] -= ea * f;
      b[j] -= eb * f;
      c[j] -= ec * f;
      d[j] -= ed * f;
    }
  }
}

function roundOne(rows: Float64Array, start: number, n: number, order: readonly number[], u: Float32Array): void {
  const w = Float64Array.from(order, (i) => rows[start + i]);
  for (let i = 0; i < n; i++) {
    const q = clamp(Math.round(w[i]));
    rows[start + order[i]] = q;
    const row = i * n;
    const error = (w[i] - q) / u[row + i];
    for (let j = i + 1; j < n; j++) w[j] -= error * u[row + j];
  }
}

const clamp = (q: number): number => Math.max(-127, Math.min(127, q));

/**
 * The upper triangular U with `UᵀU = H⁻¹`, H being the damped covariance in `order`. With H = R Rᵀ, R upper triangular
 * (Cholesky's factorization from the last row up), U is R⁻¹.
 */
function inverseFactor(covariance: Float64Array, n: number, order: readonly number[], lift: number): Float32Array {
  // Single precision halves the memory that the inner loops go through; damping keeps the matrix far from singular.
  const r = new Float32Array(n * n);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i; j >= 0; j--) {
      let s = covariance[order[j] * n + order[i]] + (i === j ? lift : 0);
      for (let k = i + 1; k < n; k++) s -= r[i * n + k] * r[j * n + k];
      r[j * n + i] = i === j ? Math.sqrt(Math.max(s, lift)) : s / r[i * n + i];
    }
  }
  const u = new Float32Array(n * n);
  for (let i = n - 1; i >= 0; i--) {
    const d = 1 / r[i * n + i];
    u[i * n + i] = d;
    for (let k = i + 1; k < n; k++) {
      const f = r[i * n + k] * d;
      if (f === 0) continue;
      for (let j = k; j < n; j++) u[i * n + j] -= f * u[k * n + j];
    }
  }
  return u;
}
