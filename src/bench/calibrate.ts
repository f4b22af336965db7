import { promises as fs } from 'node:fs';
import { basename, parse } from 'node:path';
import { UsageError } from '../errors.js';
import type { BenchReport, DeviceResult, RuntimeName } from './types.js';

/** Measurements are spread at least so much around an estimate that they calibrated: other models differ more than runs of one do. */
const leastSpread = 1.15;

/**
 * The YAML of a profile that is another one brought to what was measured: for each runtime the factor by which measurements are
 * slower than estimates, the geometric mean over the models, and how far they are apart.
 * @param path Where it will be written: the profile takes its name from it.
 * @param base The device whose profile is calibrated; its estimates have to be in the report beside the measurements.
 * Throws UsageError where no runtime was both estimated and measured.
 */
export async function calibratedProfile(report: BenchReport, base: string, path: string): Promise<string> {
  const { parseDocument } = await import('yaml');
  const { profileFile } = await import('./profiles/profile.js');
  const document = parseDocument(await fs.readFile(await profileFile(base), 'utf8'));
  const calibration = Object.fromEntries(factors(report, String(document.get('name'))));
  const runtimes = Object.keys(calibration);
  if (runtimes.length === 0) {
    throw new UsageError(
      `No runtime was both measured and estimated for ${base}, so there is nothing to calibrate. Name a device like the one that was measured with --device.`,
    );
  }
  document.set('name', nameFor(path));
  document.set('title', `${document.get('title')}, calibrated`);
  document.delete('aliases');
  document.set('calibration', document.createNode(calibration));
  document.setIn(['sources', 'calibration'], `edgeml bench --on, ${report.models.map((m) => basename(m.path)).join(', ')}`);
  return document.toString({ lineWidth: 120 });
}

function factors(report: BenchReport, base: string): [RuntimeName, { factor: number; spread: number }][] {
  const ratios = new Map<RuntimeName, number[]>();
  for (const measured of report.devices.filter((d) => d.source === 'measured' && d.latency_ms)) {
    const estimated = report.devices.find((d) => isEstimateOf(d, measured, base));
    if (!estimated?.latency_ms || !measured.latency_ms) continue;
    ratios.set(measured.runtime, [...(ratios.get(measured.runtime) ?? []), measured.latency_ms.p50 / estimated.latency_ms.p50]);
  }
  return [...ratios].map(([runtime, all]) => {
    const factor = Math.exp(all.reduce((sum, r) => sum + Math.log(r), 0) / all.length);
    const spread = Math.max(leastSpread, ...all.map((r) => Math.max(r / factor, factor / r)));
    return [runtime, { factor: Number(factor.toPrecision(4)), spread: Number(spread.toPrecision(4)) }];
  });
}

const isEstimateOf = (d: DeviceResult, measured: DeviceResult, base: string): boolean =>
  d.source === 'estimated' && d.device === base && d.runtime === measured.runtime && d.model === measured.model;

const nameFor = (path: string): string =>
  parse(path)
    .name.toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '') || 'calibrated';
