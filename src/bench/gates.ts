import { GateError } from '../errors.js';
import type { DeviceResult } from './types.js';

/** What every device has to keep to. */
export interface BenchGates {
  /** Bytes. */
  readonly maxRam?: number;
  readonly maxFlash?: number;
  /** Milliseconds, of the median. */
  readonly maxLatency?: number;
}

/**
 * One error with a sentence for each device on which no runtime keeps to all gates, by the runtime that comes nearest;
 * undefined where every device has one. A device on which the model does not fit at all fails every gate.
 */
export function checkBenchGates(gates: BenchGates, results: readonly DeviceResult[]): GateError | undefined {
  if (gates.maxRam === undefined && gates.maxFlash === undefined && gates.maxLatency === undefined) return undefined;
  const groups = new Map<string, DeviceResult[]>();
  for (const r of results) {
    const key = JSON.stringify([r.model, r.device]);
    groups.set(key, [...(groups.get(key) ?? []), r]);
  }
  const lines = [...groups.values()].flatMap((group) => {
    const tried = group.map((r) => failuresOf(gates, r));
    if (tried.some((failures) => failures.length === 0)) return [];
    return tried.reduce((a, b) => (worst(b) < worst(a) ? b : a)).map((f) => f.sentence);
  });
  return lines.length > 0 ? new GateError(lines.join('\n')) : undefined;
}

/**
 * The results with those that do not keep to a gate marked as not fitting, for a ranking: what is looked for is one that does.
 * The error, where there is none, is of the one that comes nearest.
 */
export function withinGates(gates: BenchGates, results: readonly DeviceResult[]): { results: DeviceResult[]; gateError?: GateError } {
  const judged = results.map((result) => ({ result, failures: failuresOf(gates, result) }));
  const marked = judged.map(({ result, failures }) =>
    failures.length === 0 || !result.fits ? result : { ...result, fits: false, reasons: failures.map((f) => f.sentence) },
  );
  if (judged.length === 0 || judged.some(({ failures }) => failures.length === 0)) return { results: marked };
  const nearest = judged.reduce((a, b) => (worst(b.failures) < worst(a.failures) ? b : a));
  return {
    results: marked,
    gateError: new GateError(['None keeps to the gates. The nearest:', ...nearest.failures.map((f) => f.sentence)].join('\n')),
  };
}

interface Failure {
  readonly sentence: string;
  /** How many times what is allowed. */
  readonly excess: number;
}

const worst = (failures: readonly Failure[]): number => Math.max(...failures.map((f) => f.excess));

function failuresOf({ maxRam, maxFlash, maxLatency }: BenchGates, r: DeviceResult): Failure[] {
  const where = `${r.model} on ${r.device} (${r.runtime})`;
  if (!r.fits)
    return [{ sentence: `${where} does not fit: ${r.reasons?.join(' ') ?? 'no reason is known.'}`, excess: Number.POSITIVE_INFINITY }];
  return [
    ...over('--max-ram', where, 'bytes of RAM', maxRam, r.ram_bytes),
    ...over('--max-flash', where, 'bytes of flash', maxFlash, r.flash_bytes),
    ...over('--max-latency', where, 'ms', maxLatency, r.latency_ms?.p50),
  ];
}

/** A figure that is not there cannot be met. */
function over(gate: string, where: string, unit: string, most: number | undefined, value: number | undefined): Failure[] {
  if (most === undefined || (value !== undefined && value <= most)) return [];
  if (value === undefined) return [{ sentence: `Gate ${gate}: there is no figure for ${where}.`, excess: Number.POSITIVE_INFINITY }];
  const shown = (n: number): string => String(n < 1000 ? Number(n.toPrecision(3)) : Math.round(n));
  return [
    {
      sentence: `Gate ${gate}: ${where} takes ${shown(value)} ${unit}, ${shown(value - most)} more than ${shown(most)}.`,
      excess: value / most,
    },
  ];
}
