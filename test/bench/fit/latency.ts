import { type Shape, shapes } from '../../../src/bench/estimate/work.js';
import { instructionsOf, type Table } from './instructions.js';
import type { Row } from './rows.js';
import { type Linearized, leastSquares } from './solve.js';
import type { Task, TaskWork } from './tasks.js';

/**
 * How far the logarithms of the factors may lie apart, one set for everything: engines, processors and boards as wholes, and what a shape
 * costs beside 1x1 convolutions, which stand for the whole. Round figures: with any one
 * of them halved or doubled the mean error of tasks held out is between 11.4 and 14.1 %, the median between 8.2 and 10.1 %.
 */
const spread = {
  ...{ core: 0.5, family: 0.5, engine: 0.3, board: 0.1, pair: 0.2, noise: 0.08, fetch: 0.5 },
  shape: { conv: 0.1, first: 0.3, depthwise: 0.3, dense: 0.3 } as Readonly<Partial<Record<Shape, number>>>,
  /** Of that, what may differ between families of engines, versions, and processors. */
  shapeOf: { family: 0.5, engine: 0.3, core: 0.3 },
};
export type Spread = typeof spread;

/** Families that call CMSIS-NN's kernels. */
const callsCmsis = (family: string): boolean => /CMSIS-NN|TensorFlow/.test(family);

export interface Tables {
  readonly edgeml: Readonly<Record<string, Table>>;
  readonly tflm: Readonly<Record<string, Table>>;
}

interface Parts {
  readonly shapes: Readonly<Record<Shape, number>>;
  /** Cycles that weights of fully connected layers take from flash. */
  readonly fetch: number;
}

/**
 * Wait states and width of the flash at the clock of the published results: cycles for a byte read in order, without what prefetching
 * hides. Datasheets and reference manuals; the middle of them where a board is not listed.
 */
const flash: Readonly<Record<string, number>> = {
  ...{ NUCLEOL4R5ZI: 6 / 8, DISCOF746NG: 8 / 32, NUCLEOH7A3ZI: 7 / 16, NUCLEOU575ZI: 5 / 16, BU585IIOT02A: 5 / 16, NUCLEOG0B1RE: 3 / 8 },
};
const usualFlash = 0.4;

/** Instructions of a row's task by shape, as the kernels nearest to the engine's would take. */
export function partsOf(row: Row, tasks: Readonly<Record<Task, TaskWork>>, tables: Tables): Parts {
  const core = row.core === 'cortex-m33' ? 'cortex-m4' : row.core;
  // TVM's own schedules are plain C, as a compiler makes it without DSP instructions.
  const table = callsCmsis(row.family)
    ? tables.tflm[`tflm-cmsis-nn/${core}`]
    : tables.edgeml[row.family === 'microTVM' ? 'cortex-m3' : core];
  const sums = Object.fromEntries(shapes.map((s) => [s, 0])) as Record<Shape, number>;
  let dense = 0;
  for (const layer of row.prunes ? tasks[row.task].live : tasks[row.task].layers) {
    sums[layer.shape] += instructionsOf(layer.work, table);
    if (layer.shape === 'dense') dense += layer.weightBytes;
  }
  return { shapes: sums, fetch: dense * (flash[row.board] ?? usualFlash) };
}

/** Predicts cycles of a row. */
export type Predict = (row: Row, parts: Parts) => number;

/** Fits the published rows. Factors that rows say nothing of stay at 1. */
export function fitRows(
  rows: readonly Row[],
  partsOfRow: (row: Row) => Parts,
  s: Spread = spread,
): { predict: Predict; factor(name: string): number } {
  const known = new Map<string, number>();
  const widths: number[] = [];
  const parameter = (name: string, width: number): number => {
    let index = known.get(name);
    if (index === undefined) {
      index = widths.push(width) - 1;
      known.set(name, index);
    }
    return index;
  };
  const factorsOf = (row: Row) => ({
    whole: [
      parameter('all', 3),
      parameter(`core ${row.core}`, s.core),
      parameter(`family ${row.family}`, s.family),
      parameter(`engine ${row.engine}`, s.engine),
      parameter(`board ${row.board}`, s.board),
      parameter(`pair ${row.engine} ${row.board} ${row.submitter}`, s.pair),
    ],
    shapes: shapes.map((shape) => {
      const width = s.shape[shape];
      if (width === undefined) return [];
      return [
        parameter(`${shape}`, width),
        parameter(`${shape} family ${row.family}`, width * s.shapeOf.family),
        parameter(`${shape} engine ${row.engine}`, width * s.shapeOf.engine),
        parameter(`${shape} core ${row.core}`, width * s.shapeOf.core),
      ];
    }),
    fetch: parameter('fetch', s.fetch),
  });
  const used = rows.map((row) => ({ row, factors: factorsOf(row), parts: partsOfRow(row) }));
  const sum = (point: readonly number[], of: readonly number[]) => of.reduce((a, j) => a + (point[j] ?? 0), 0);
  const cycles = (point: readonly number[], factors: ReturnType<typeof factorsOf>, parts: Parts) => {
    const whole = Math.exp(sum(point, factors.whole));
    const each = shapes.map((shape, i) => whole * parts.shapes[shape] * Math.exp(sum(point, factors.shapes[i])));
    const fetch = parts.fetch * Math.exp(point[factors.fetch] ?? 0);
    const computed = each.reduce((a, b) => a + b, 0);
    return { each, fetch, computed, total: computed + fetch };
  };
  const linearize = (point: readonly number[]): Linearized => {
    const at = used.map((u) => cycles(point, u.factors, u.parts));
    return {
      residuals: [...used.map((u, i) => Math.log(at[i].total / u.row.cycles) / s.noise), ...point.map((v, i) => v / widths[i])],
      slopes: [
        ...used.map((u, i) => {
          const { each, fetch, computed, total } = at[i];
          const unit = 1 / (total * s.noise);
          return [
            ...u.factors.whole.map((j) => [j, computed * unit] as const),
            ...u.factors.shapes.flatMap((of, k) => of.map((j) => [j, each[k] * unit] as const)),
            [u.factors.fetch, fetch * unit] as const,
          ];
        }),
        ...point.map((_, i) => [[i, 1 / widths[i]] as const]),
      ],
    };
  };
  const best = leastSquares(new Array<number>(widths.length).fill(0), linearize);
  return {
    predict: (row, parts) => cycles(best, factorsOf(row), parts).total,
    factor: (name) => Math.exp(best[known.get(name) ?? -1] ?? 0),
  };
}
