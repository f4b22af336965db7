import { quantile } from '../host/statistics.js';
import type { DeviceResult } from '../types.js';
import type { Device, Job, Measured, Summary } from './types.js';

/** What a measurement says about the model on this device. */
export function resultOf(
  measured: Measured,
  { found, model }: Job,
  device: Device,
  conditions: readonly string[],
): Omit<DeviceResult, 'model' | 'device' | 'runtime' | 'source'> {
  const { milliseconds, threads, warmUp, note, peak } = measured;
  const summary = milliseconds instanceof Float64Array ? summaryOf(milliseconds) : milliseconds;
  const { p10, p50, p90, p99, runs } = summary;
  const how = [
    `median of ${runs} runs${warmUp === undefined ? '' : ` after ${warmUp} to warm up`}`,
    ...(p99 === undefined ? [] : [`p99 ${p99.toPrecision(4)} ms`]),
    ...(note ? [note] : []),
    found.version,
    ...(threads === undefined ? [] : [`${threads} thread${threads === 1 ? '' : 's'}`]),
    `${device.title} with ${device.processors} processor${device.processors === 1 ? '' : 's'}`,
    ...conditions,
  ];
  const { arena = 0, program } = measured;
  const memory =
    arena > 0
      ? [
          { what: 'arena', bytes: arena },
          { what: 'program and C library', bytes: (peak ?? 0) - arena },
        ]
      : undefined;
  return {
    fits: true,
    ...(peak && { ram_bytes: peak, ram_parts: memory ?? [{ what: 'process with runtime and model', bytes: peak }] }),
    flash_bytes: program?.bytes ?? model.fileSize,
    flash_parts: program
      ? [
          { what: 'weights and tables', bytes: program.constants },
          { what: 'code', bytes: program.bytes - program.constants },
        ]
      : [{ what: 'model file', bytes: model.fileSize }],
    latency_ms: { p10, p50, p90 },
    how: `${how.join(', ')}.`,
  };
}

function summaryOf(milliseconds: Float64Array): Summary {
  const sorted = milliseconds.slice().sort();
  const at = (share: number): number => quantile(sorted, share);
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9), p99: at(0.99), runs: sorted.length };
}
