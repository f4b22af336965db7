import type { DeviceResult } from './types.js';

/** By what devices are put in order. */
export const rankings = ['smallest', 'latency', 'energy', 'ram'] as const;
export type Ranking = (typeof rankings)[number];

const last = Number.POSITIVE_INFINITY;

const keys: Readonly<Record<Ranking, (r: DeviceResult) => readonly number[]>> = {
  // Memory is what a microcontroller's price follows first.
  smallest: (r) => [(r.ram_available_bytes ?? last) + (r.flash_available_bytes ?? last) / 16, r.latency_ms?.p50 ?? last],
  latency: (r) => [r.latency_ms?.p50 ?? last],
  energy: (r) => [r.energy_uj ?? last],
  ram: (r) => [r.ram_bytes ?? last],
};

/**
 * The results, those that fit first, then by the ranking; equal ones keep their order. `smallest` is the device with the least
 * memory that still fits, which is as near to the cheapest as a profile without prices comes.
 */
export function rank(results: readonly DeviceResult[], by: Ranking): DeviceResult[] {
  const key = keys[by];
  return [...results].sort((a, b) => Number(b.fits) - Number(a.fits) || compare(key(a), key(b)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((v, i) => v !== b[i]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
}
