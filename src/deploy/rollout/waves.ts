import { UsageError } from '../../errors.js';
import type { MaxFailures, Wave } from './types.js';

const form = 'Write numbers of devices or shares that grow, up to all of them, such as 1,10%,100%.';

/** Reads `1,10%,100%`: totals that grow. Throws UsageError. */
export function parseWaves(texts: readonly string[]): Wave[] {
  const words = texts.flatMap((text) => text.split(',').map((word) => word.trim()));
  const waves = words.map((text): Wave => {
    const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
    if (share && Number(share[1]) > 0 && Number(share[1]) <= 100) return { share: Number(share[1]) / 100 };
    if (/^[1-9]\d*$/.test(text)) return { devices: Number(text) };
    throw new UsageError(`--waves: '${text}' is no wave. ${form}`);
  });
  waves.forEach((wave, i) => {
    const before = waves.slice(0, i).findLast((w) => 'share' in w === 'share' in wave);
    const sizeOf = (w: Wave): number => ('share' in w ? w.share : w.devices);
    if (before && sizeOf(before) >= sizeOf(wave))
      throw new UsageError(`--waves: '${words[i]}' is not more than the wave before it. ${form}`);
  });
  const last = waves.at(-1);
  if (last && 'share' in last && last.share === 1) return waves;
  throw new UsageError(`--waves: '${words.at(-1)}' is not all devices, and the last wave takes all. ${form} --only selects devices.`);
}

/** Devices that have been reached when the wave is done: at least one, and never fewer than before. */
export function waveSizes(waves: readonly Wave[], devices: number): number[] {
  let before = 0;
  const sizes = waves.map((w) => {
    before = Math.max(before, Math.min(devices, 'devices' in w ? w.devices : Math.max(1, Math.ceil(w.share * devices - 1e-9))));
    return before;
  });
  // Waves that would add nobody, as with 1,10% of five devices.
  return sizes.filter((size, i) => size > (sizes[i - 1] ?? 0));
}

/** Reads `3` or `10%`. Throws UsageError. */
export function parseMaxFailures(text: string): MaxFailures {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (share && Number(share[1]) <= 100) return { share: Number(share[1]) / 100 };
  if (/^\d+$/.test(text.trim())) return { count: Number(text) };
  throw new UsageError(`--max-failures: '${text}' is neither a number of devices nor a share. Write it as 3 or 10%.`);
}

/** Whether a rollout with so many failures among so many devices that were reached must not go on; the reason as a sentence. */
export function tooManyFailures(max: MaxFailures | undefined, minSample: number, failures: number, reached: number): string | undefined {
  if (max === undefined) return undefined;
  if ('count' in max) {
    return failures > max.count ? `${failures} of ${reached} devices failed, and --max-failures is ${max.count}.` : undefined;
  }
  if (reached < minSample || failures <= max.share * reached + 1e-9) return undefined;
  const percent = (share: number): string => `${Number((share * 100).toFixed(1))}%`;
  return `${failures} of ${reached} devices failed (${percent(failures / reached)}), and --max-failures is ${percent(max.share)}.`;
}
