import { type Shape, sizeOf, stridesOf } from '../../ir/types.js';

/**
 * A numpy broadcast of several operands as rows: stretches of the result over which every operand advances by a constant
 * step, 1 where it goes along and 0 where it repeats. Axes that all operands cross in one go are taken together,
 * so operands of one shape, or a scalar beside anything, make a single row.
 */
export interface Rows {
  /** Elements of a row. */
  readonly length: number;
  /** Each operand's step within a row, 0 or 1. */
  readonly steps: readonly number[];
  /** Visits the rows in the result's order: where each operand starts (one array, reused), and where the result does. */
  each(visit: (starts: readonly number[], at: number) => void): void;
}

/** The rows of a result of `shape` from operands of shapes that broadcast to it. */
export function rowsOf(shape: Shape, operands: readonly Shape[]): Rows {
  const sizes: number[] = [];
  const steps: number[][] = [];
  const strides = operands.map(stridesOf);
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    const step = operands.map((from, o) => {
      const own = axis - (shape.length - from.length);
      return own >= 0 && from[own] !== 1 ? strides[o][own] : 0;
    });
    const outer = steps.at(-1);
    if (outer?.every((s, o) => s === step[o] * shape[axis])) {
      sizes[sizes.length - 1] *= shape[axis];
      steps[steps.length - 1] = step;
    } else {
      sizes.push(shape[axis]);
      steps.push(step);
    }
  }
  const length = sizes.pop() ?? 1;
  const inner = steps.pop() ?? operands.map(() => 0);
  return {
    length,
    steps: inner,
    each(visit) {
      const total = sizeOf(shape);
      const starts = operands.map(() => 0);
      const index = sizes.map(() => 0);
      for (let at = 0; at < total; at += length) {
        visit(starts, at);
        for (let axis = sizes.length - 1; axis >= 0; axis--) {
          for (let o = 0; o < starts.length; o++) starts[o] += steps[axis][o];
          if (++index[axis] < sizes[axis]) break;
          for (let o = 0; o < starts.length; o++) starts[o] -= steps[axis][o] * sizes[axis];
          index[axis] = 0;
        }
      }
    },
  };
}
