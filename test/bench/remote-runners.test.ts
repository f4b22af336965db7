import { describe, expect, it } from 'vitest';
import { readSummary } from '../../src/bench/remote/runners/benchmark-model.js';
import { readLines } from '../../src/bench/remote/runners/lines.js';
import { readTimes } from '../../src/bench/remote/runners/trtexec.js';

describe('what runners print', () => {
  it('is read from benchmark_model with percentiles, the last of its summaries', () => {
    const text = [
      'INFO: count=3 first=900 curr=800 min=790 max=900 avg=830 std=40 p5=790 median=800 p95=900',
      'INFO: count=50 first=705 curr=698 min=690 max=1.2e+03 avg=7.1e+02 std=30 p5=692 median=700 p95=760',
      'INFO: Inference timings in us: Init: 5579, First inference: 900, Warmup (avg): 830, Inference (avg): 710',
      'INFO: Overall peak memory footprint (MB) via periodic monitoring: 4.25',
    ].join('\n');
    expect(readSummary(text)).toEqual({
      milliseconds: { p10: 0.692, p50: 0.7, p90: 0.76, runs: 50 },
      ...{ note: 'the range is from p5 to p95', peak: 4_250_000 },
    });
  });

  it('is read from a benchmark_model that tells mean and deviation only, within what was met', () => {
    const { milliseconds, note } = readSummary('count=50 first=249042 curr=250889 min=247067 max=254474 avg=249684 std=1443');
    expect(note).toContain('the middle is the mean');
    expect(milliseconds).toMatchObject({ p50: 249.684, runs: 50 });
    // 1443 * 1.2816 = 1849.3 on either side.
    expect(milliseconds).toMatchObject({ p10: expect.closeTo(247.8347, 3), p90: expect.closeTo(251.5333, 3) });
    expect(() => readSummary('Failed to load model')).toThrow('Failed to load model');
  });

  it('is read from the times that trtexec exports', () => {
    const row = (ms: number): string =>
      `  { "startInMs" : 1, "inMs" : 0.1, "computeMs" : ${ms - 0.2}, "outMs" : 0.1, "latencyMs" : ${ms}, "endToEndMs" : 9 }`;
    expect(readTimes(`[${[1.5, 2, 2.5].map(row).join(',\n')}]`)).toEqual({ milliseconds: Float64Array.of(1.5, 2, 2.5) });
    expect(() => readTimes('[]')).toThrow('no times');
  });

  it('is read from scripts, and refused where nothing was measured', () => {
    expect(readLines('warm 9\npeak 1048576\nrun 1500000\nrun 2500000\n')).toEqual({
      ...{ milliseconds: Float64Array.of(1.5, 2.5), warmUp: 9, peak: 1_048_576 },
    });
    expect(() => readLines('hello')).toThrow('hello');
  });
});
