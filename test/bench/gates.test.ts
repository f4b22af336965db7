import { describe, expect, it } from 'vitest';
import { checkBenchGates, withinGates } from '../../src/bench/gates.js';
import { rank } from '../../src/bench/rank.js';
import type { DeviceResult } from '../../src/bench/types.js';

const result = (device: string, runtime: DeviceResult['runtime'], ms: number, more: Partial<DeviceResult> = {}): DeviceResult => ({
  ...{ model: 'm.tflite', device, runtime, fits: true, source: 'estimated', ram_bytes: 1000, flash_bytes: 2000 },
  latency_ms: { p10: ms / 2, p50: ms, p90: ms * 2 },
  ...more,
});

describe('checkBenchGates', () => {
  it('asks each device for one runtime that keeps to all gates', () => {
    const results = [result('a', 'tflm', 100), result('a', 'edgeml-c', 10), result('b', 'tflm', 90), result('b', 'edgeml-c', 30)];
    expect(checkBenchGates({}, results)).toBeUndefined();
    expect(checkBenchGates({ maxLatency: 30 }, results)).toBeUndefined();
    expect(checkBenchGates({ maxLatency: 20 }, results)?.message).toBe(
      'Gate --max-latency: m.tflite on b (edgeml-c) takes 30 ms, 10 more than 20.',
    );
  });

  it('takes neither a model that does not fit nor a figure that is not there', () => {
    const [none, unknown] = [
      result('a', 'tflm', 1, { fits: false, reasons: ['Too large.'] }),
      result('b', 'tflm', 1, { ram_bytes: undefined }),
    ];
    expect(checkBenchGates({ maxRam: 5000 }, [none, unknown])?.message.split('\n')).toEqual([
      'm.tflite on a (tflm) does not fit: Too large.',
      'Gate --max-ram: there is no figure for m.tflite on b (tflm).',
    ]);
  });
});

describe('withinGates and rank', () => {
  const results = [
    result('big', 'edgeml-c', 5, { ram_available_bytes: 1e6, flash_available_bytes: 4e6 }),
    result('small', 'edgeml-c', 80, { ram_available_bytes: 1e5, flash_available_bytes: 1e6 }),
    result('middle', 'edgeml-c', 20, { ram_available_bytes: 3e5, flash_available_bytes: 1e6 }),
  ];

  it('finds the smallest device that keeps to the gates', () => {
    expect(rank(results, 'smallest').map((r) => r.device)).toEqual(['small', 'middle', 'big']);
    const { results: marked, gateError } = withinGates({ maxLatency: 50 }, results);
    expect(gateError).toBeUndefined();
    expect(rank(marked, 'smallest').map((r) => [r.device, r.fits])).toEqual([
      ['middle', true],
      ['big', true],
      ['small', false],
    ]);
    expect(rank(marked, 'latency').map((r) => r.device)).toEqual(['big', 'middle', 'small']);
  });

  it('fails where none does, and names the nearest', () => {
    expect(withinGates({ maxLatency: 4 }, results).gateError?.message).toBe(
      'None keeps to the gates. The nearest:\nGate --max-latency: m.tflite on big (edgeml-c) takes 5 ms, 1 more than 4.',
    );
  });
});
