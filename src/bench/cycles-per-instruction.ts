import { coefficients } from './estimate/coefficients.js';

/** Cycles that an instruction takes on average in a network's kernels: the middle, and the range in which eight of ten models should lie. */
export interface CyclesPerInstruction {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** Where it is from, as a part of a sentence. */
  readonly source: string;
}

/**
 * Of processors without published results, with code and weights in memory without more wait states than usual. From the pipelines in
 * Arm's technical reference manuals: loads of 2 cycles, taken branches of 3 on M0 (2 on M0+, which the fit has), two beats of a vector
 * in a cycle on M55.
 */
const unpublished: Readonly<Record<string, CyclesPerInstruction>> = {
  'cortex-m0': { p10: 1.4, p50: 1.7, p90: 2.3, source: "the pipeline's timing, no measurement" },
  'cortex-m3': { p10: 1.3, p50: 1.6, p90: 2, source: 'the same pipeline in a Cortex-M4, no measurement' },
  'cortex-m55': { p10: 1.1, p50: 1.5, p90: 2.1, source: "the vector unit's timing, no measurement" },
  rv32: { p10: 1.1, p50: 1.3, p90: 1.7, source: 'a pipeline that executes in order, no measurement' },
};

/**
 * For a processor by its name in codegen: what the estimate was fitted with where latencies were published, with the range of boards
 * that were held out. undefined where nothing is known.
 */
export function cyclesPerInstruction(cpu: string): CyclesPerInstruction | undefined {
  const { cores, ranges } = coefficients();
  const fitted = cores[cpu];
  if (!fitted) return unpublished[cpu];
  const spread = Math.exp(ranges.board.width);
  const rounded = (n: number): number => Number(n.toPrecision(3));
  const p50 = rounded(fitted.cyclesPerInstruction);
  return { p10: rounded(p50 / spread), p50, p90: rounded(p50 * spread), source: `${fitted.rows} published latencies on such cores` };
}
