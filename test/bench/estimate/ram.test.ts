import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { estimateAll } from '../../../src/bench/estimate/index.js';
import { type Profile, parseProfile } from '../../../src/bench/profiles/profile.js';
import type { RuntimeName } from '../../../src/bench/types.js';
import { missing, shared } from '../../shared.js';

const targets: Readonly<Record<string, readonly [cpu: string, runtime: RuntimeName]>> = {
  m0plus_ref: ['cortex-m0plus', 'tflm'],
  m3_ref: ['cortex-m3', 'tflm'],
  m4_ref: ['cortex-m4', 'tflm'],
  m0plus_cmsis: ['cortex-m0plus', 'tflm-cmsis-nn'],
  m4_cmsis: ['cortex-m4', 'tflm-cmsis-nn'],
  m7_cmsis: ['cortex-m7', 'tflm-cmsis-nn'],
  m55_cmsis: ['cortex-m55', 'tflm-cmsis-nn'],
};
const tasks = ['kws_dscnn', 'vww_mobilenet', 'ic_resnet8', 'ad_autoencoder', 'sww_conv'];
const skip = missing('reference/tflm/cortex_m.csv');
const rows = skip
  ? []
  : readFileSync(shared('reference/tflm/cortex_m.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((l) => l.split(','))
      .filter(([target, model]) => target in targets && tasks.includes(model));

const board = (cpu: string, runtime: string): Promise<Profile> =>
  parseProfile(
    'board.yaml',
    `{name: b, title: B, core: C, cpu: ${cpu}, clock: 1 MHz, ram: 1 MB, flash: 4 MB, weights: flash, power: 1 mW, runtimes: [${runtime}]}`,
  );

describe.skipIf(skip)('RAM and flash of TensorFlow Lite Micro', () => {
  it('has enough recorded programs to be held against', () => {
    expect(rows.length).toBeGreaterThanOrEqual(30);
  });

  it.each(rows.map((f) => ({ target: f[0], model: f[1], flash: Number(f[4]), used: Number(f[9]), least: Number(f[10]) })))(
    '$target on $model: at least what runs, at most five per cent more',
    async ({ target, model, flash, used, least }) => {
      const [cpu, runtime] = targets[target];
      const [result] = await estimateAll(shared(`models/mlperf-tiny/${model}_int8_official.tflite`), [await board(cpu, runtime)]);
      // The least arena that ran; where none was searched for, what the interpreter said it used.
      const real = Number.isNaN(least) ? used : least;
      expect(result.fits).toBe(true);
      expect(result.ram_bytes).toBeGreaterThanOrEqual(real);
      expect(result.ram_bytes).toBeLessThanOrEqual(real * 1.05);
      expect(result.ram_parts?.reduce((sum, p) => sum + p.bytes, 0)).toBe(result.ram_bytes);
      const code = result.flash_parts?.find((p) => p.what !== 'model')?.bytes ?? 0;
      // One figure stands for all programs of a core: it must be enough for each.
      expect(code).toBeGreaterThanOrEqual(flash);
      expect(code).toBeLessThan(3 * flash);
    },
  );
});
