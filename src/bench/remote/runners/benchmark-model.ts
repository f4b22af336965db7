import { commandLine } from '../../../ssh/quote.js';
import { type Measured, Refusal, type Runner } from '../types.js';

/** TensorFlow Lite's own benchmark_model. */
export const benchmarkModel: Runner = {
  ...{ name: 'benchmark_model', runtime: 'litert', install: "TensorFlow Lite's benchmark_model, on the PATH" },
  probe: `b=$(find benchmark_model linux_aarch64_benchmark_model linux_arm_benchmark_model linux_x86-64_benchmark_model) && printf '%s\\tbenchmark_model' "$b"`,
  takes: ({ format }) => format === 'tflite',
  async measure(job) {
    const { runs, seconds, limit } = job.effort;
    const words = [
      ...[job.found.command, `--graph=${await job.modelFile()}`, `--num_threads=${job.threads}`, `--num_runs=${runs}`],
      ...[`--min_secs=${seconds}`, `--max_secs=${limit}`, '--warmup_runs=3', `--warmup_min_secs=${seconds / 2}`],
    ];
    return { ...readSummary(await job.run(`${commandLine(words)} 2>&1`)), threads: job.threads };
  },
};

/**
 * The last of the lines `count=50 first=9 … min=8 max=12 avg=9.1 std=1 p5=8 median=9 p95=11`, microseconds; the first are about
 * the runs that warm up. Versions before 2.16 tell no percentiles: then those of a normal distribution stand in.
 */
export function readSummary(text: string): Measured {
  const [line] = [...text.matchAll(/count=\d+ .*\bavg=.*/g)].map((m) => m[0]).slice(-1);
  const value = (name: string): number | undefined => {
    const found = new RegExp(`\\b${name}=([\\d.e+-]+)`).exec(line ?? '')?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [runs, mean] = [value('count'), value('avg')];
  if (runs === undefined || mean === undefined) throw new Refusal(`benchmark_model measured nothing: ${text.trim().slice(-300)}`);
  const [p5, median, p95] = [value('p5'), value('median'), value('p95')];
  const peak = Number(/Overall peak memory footprint \(MB\)[^:]*: ([\d.]+)/.exec(text)?.[1] ?? 0) * 1e6;
  if (p5 !== undefined && median !== undefined && p95 !== undefined) {
    const note = 'the range is from p5 to p95';
    return { milliseconds: { p10: p5 / 1000, p50: median / 1000, p90: p95 / 1000, runs }, note, ...(peak > 0 && { peak }) };
  }
  const spread = 1.2816 * (value('std') ?? 0);
  const [low, high] = [Math.max(value('min') ?? 0, mean - spread), Math.min(value('max') ?? mean, mean + spread)];
  const note = 'this version tells mean and deviation only: the middle is the mean, the range 1.28 deviations around it';
  return { milliseconds: { p10: low / 1000, p50: mean / 1000, p90: Math.max(high, mean) / 1000, runs }, note, ...(peak > 0 && { peak }) };
}
