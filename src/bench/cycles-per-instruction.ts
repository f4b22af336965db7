/** Cycles that an instruction takes on average in a network's kernels: the middle, and the range in which eight of ten models should lie. */
export interface CyclesPerInstruction {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** Where it is from, as a part of a sentence. */
  readonly source: string;
}

const measuredOnM4 =
  'MLPerf Tiny v1.0 and v1.1 on a NUCLEO-L4R5ZI with CMSIS-NN: published latency x clock / instructions counted for the same kernels';

/**
 * By processor, with code and weights in memory without more wait states than usual. The latencies are the published results of
 * mlcommons/tiny_results; M7 is M4 by the ratio of cycles that the same engine (X-CUBE-AI, HALE, Plumerai) takes for the same model
 * on both, 0.52 to 0.78, M33 the nRF5340's results with CMSIS-NN, 1.23 to 1.38. The others follow from the pipelines in Arm's
 * technical reference manuals: loads of 2 cycles, taken branches of 2 (M0+) or 3 (M0), two beats of a vector in a cycle (M55).
 */
const table: Readonly<Record<string, CyclesPerInstruction>> = {
  'cortex-m0': { p10: 1.4, p50: 1.7, p90: 2.3, source: "the pipeline's timing, no measurement" },
  'cortex-m0plus': { p10: 1.3, p50: 1.6, p90: 2.2, source: "the pipeline's timing, no measurement" },
  'cortex-m3': { p10: 1.2, p50: 1.5, p90: 1.8, source: 'the same pipeline in a Cortex-M4' },
  'cortex-m4': { p10: 1.2, p50: 1.5, p90: 1.75, source: measuredOnM4 },
  'cortex-m7': { p10: 0.75, p50: 0.9, p90: 1.15, source: 'Cortex-M4 by the ratio of published latencies of the same engine on both' },
  'cortex-m33': {
    p10: 1.15,
    p50: 1.3,
    p90: 1.45,
    source: 'MLPerf Tiny v1.0 and v1.1 on an nRF5340 with CMSIS-NN, in the same way as for M4',
  },
  'cortex-m55': { p10: 1.1, p50: 1.5, p90: 2.1, source: "the vector unit's timing, no measurement" },
  rv32: { p10: 1.1, p50: 1.3, p90: 1.7, source: 'a pipeline that executes in order, no measurement' },
};

/** For a processor by its name in codegen; undefined where nothing is known. */
export const cyclesPerInstruction = (cpu: string): CyclesPerInstruction | undefined => table[cpu];
