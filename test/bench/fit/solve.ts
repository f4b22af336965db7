/** Residuals at a point, and for each its derivatives by the parameters that it depends on. */
export interface Linearized {
  readonly residuals: readonly number[];
  readonly slopes: readonly (readonly (readonly [parameter: number, slope: number])[])[];
}

/**
 * Least squares by Levenberg and Marquardt: the point near `start` where the sum of squares of the residuals is least.
 * A prior on a parameter is one more residual. Deterministic.
 */
export function leastSquares(start: readonly number[], at: (point: readonly number[]) => Linearized, rounds = 80): number[] {
  let point = [...start];
  let now = at(point);
  let cost = squares(now.residuals);
  let damping = 1e-3;
  for (let round = 0; round < rounds; round++) {
    const normal = point.map(() => new Array<number>(point.length).fill(0));
    const right = new Array<number>(point.length).fill(0);
    now.slopes.forEach((row, i) => {
      for (const [j, a] of row) {
        right[j] -= a * now.residuals[i];
        for (const [k, b] of row) normal[j][k] += a * b;
      }
    });
    let gain = 0;
    while (damping < 1e9) {
      const move = solve(
        normal.map((row, i) => row.map((v, j) => (i === j ? v * (1 + damping) + 1e-12 : v))),
        right,
      );
      const next = point.map((v, i) => v + move[i]);
      const there = at(next);
      const costThere = squares(there.residuals);
      if (Number.isFinite(costThere) && costThere < cost) {
        gain = cost - costThere;
        [point, now, cost] = [next, there, costThere];
        damping = Math.max(damping / 10, 1e-9);
        break;
      }
      damping *= 4;
    }
    if (gain <= 1e-10 * cost) break;
  }
  return point;
}

const squares = (r: readonly number[]): number => r.reduce((sum, v) => sum + v * v, 0);

/** Gauss's elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]]);
  const n = a.length;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let i = c + 1; i < n; i++) if (Math.abs(a[i][c]) > Math.abs(a[pivot][c])) pivot = i;
    [a[c], a[pivot]] = [a[pivot], a[c]];
    for (let i = c + 1; i < n; i++) {
      const f = a[i][c] / a[c][c];
      if (f !== 0) for (let j = c; j <= n; j++) a[i][j] -= f * a[c][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = a[i][n];
    for (let j = i + 1; j < n; j++) sum -= a[i][j] * x[j];
    x[i] = sum / a[i][i];
  }
  return x;
}
