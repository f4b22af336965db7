import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { estimateAll, estimateOn } from '../../../src/bench/estimate/index.js';
import { parseProfile, profiles, selectProfiles } from '../../../src/bench/profiles/profile.js';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { generateC } from '../../../src/codegen/c/index.js';
import { load } from '../../../src/formats/index.js';
import { missing, shared } from '../../shared.js';

const model = (name: string): string => shared(`models/mlperf-tiny/${name}.tflite`);
const kws = model('kws_dscnn_int8_official');
const skip = missing('models/mlperf-tiny') ?? missing('reference/device_latency.csv');
const files: Readonly<Record<string, string>> = { KWS: 'kws_dscnn', VWW: 'vww_mobilenet', IC: 'ic_resnet8', AD: 'ad_autoencoder' };

/** Published latencies, ms, of a submitter and board by `task type`. */
function published(submitter: string, board: string, runtime: RegExp): [task: string, type: string, ms: number][] {
  return readFileSync(shared('reference/device_latency.csv'), 'utf8')
    .split('\n')
    .map((l) => l.split(','))
    .filter((f) => f[1] === submitter && f[2] === board && runtime.test(f[6]))
    .map((f) => [...(f[7].split(' ') as [string, string]), Number(f[8])]);
}

describe.skipIf(skip)('latency beside published rows', () => {
  it.each([
    ['OctoML', 'NUCLEO-L4R5ZI', /^microTVM \+ CMSIS-NN/, 'nucleo-l4r5zi', 'tflm-cmsis-nn'],
    ['OctoML', 'nRF5340 DK', /^microTVM \+ CMSIS-NN/, 'nrf5340', 'tflm-cmsis-nn'],
    ['latentai', 'Raspberry Pi 4B', /^LEIP/, 'pi4', 'litert'],
  ] as const)('%s on %s lies in the range', async (submitter, board, runtime, device, ours) => {
    const rows = published(submitter, board, runtime);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const [task, type, ms] of rows) {
      const file = model(`${files[task]}_${type === 'int8' ? 'int8_official' : 'float'}`);
      const [result] = await estimateOn(file, { devices: [device], runtimes: [ours] });
      expect(result.latency_ms?.p10, `${task} ${type}`).toBeLessThan(ms);
      expect(result.latency_ms?.p90, `${task} ${type}`).toBeGreaterThan(ms);
    }
  });

  it('holds rows that no fit has seen: CMSIS-NN on an RP2350, weights in external flash', async () => {
    const rows = published('gnotu', 'Waveshare RP2350-Plus-16MB', /pico-tflmicro/).filter(([task]) => task === 'KWS');
    expect(rows).toHaveLength(1);
    const [result] = await estimateOn(kws, { devices: ['pico2'], runtimes: ['tflm-cmsis-nn'] });
    expect(Math.abs((result.latency_ms?.p50 ?? 0) / rows[0][2] - 1)).toBeLessThan(0.2);
  });

  it('ranges are wider where less is known', async () => {
    const spread = async (device: string, runtime: 'tflm-cmsis-nn' | 'edgeml-c' | 'litert') => {
      const [{ latency_ms: ms }] = await estimateOn(kws, { devices: [device], runtimes: [runtime] });
      return ms ? ms.p90 / ms.p10 : 0;
    };
    const [fitted, engine, core, system] = [
      await spread('nucleo-l4r5zi', 'tflm-cmsis-nn'),
      await spread('nucleo-l4r5zi', 'edgeml-c'),
      await spread('ensemble-e3', 'edgeml-c'),
      await spread('pi4', 'litert'),
    ];
    expect(fitted).toBeLessThan(engine);
    expect(engine).toBeLessThan(core);
    expect(core).toBeLessThan(system);
  });
});

describe.skipIf(skip)('a result', () => {
  it('adds up: layers to the middle, parts to the sums, energy to power times time', async () => {
    const chosen = await selectProfiles(['all']);
    const results = await estimateAll(kws, chosen);
    expect(new Set(results.map((r) => r.device)).size).toBe(chosen.length);
    for (const r of results.filter((x) => x.latency_ms)) {
      const profile = chosen.find((p) => p.name === r.device);
      const middle = r.latency_ms?.p50 ?? 0;
      expect(r.source).toBe('estimated');
      expect((r.layers ?? []).reduce((sum, l) => sum + (l.ms ?? 0), 0) / middle).toBeCloseTo(1, 9);
      expect((r.layers ?? []).reduce((sum, l) => sum + l.macs, 0)).toBe(2_656_768);
      expect(r.energy_uj).toBeCloseTo(middle * (profile?.power ?? 0), 6);
      expect(r.flash_parts?.reduce((sum, p) => sum + p.bytes, 0)).toBe(r.flash_bytes);
      // DS-CNN's first convolution writes 8000 bytes and the depthwise one after it 8000 more.
      expect(Math.max(...(r.layers ?? []).map((l) => l.live_bytes ?? 0))).toBe(16_000);
    }
  });

  it('takes less than a second for all devices', async () => {
    const all = await profiles();
    await estimateAll(model('vww_mobilenet_int8_official'), all);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const begin = performance.now();
      await estimateAll(model('vww_mobilenet_int8_official'), all);
      best = Math.min(best, performance.now() - begin);
    }
    expect(best).toBeLessThan(1000);
  });

  it('says by how much a device is too small, and what takes most', async () => {
    const [pico] = await selectProfiles(['stm32g0b1']);
    const small = { ...pico, ram: 65_536, flash: 65_536 };
    const results = await estimateAll(model('vww_mobilenet_int8_official'), [small], { runtimes: ['tflm'] });
    expect(results[0].fits).toBe(false);
    expect(results[0].reasons).toHaveLength(2);
    expect(results[0].reasons?.[0]).toMatch(/65536 bytes of flash and \d+ are needed, most of it model \(\d+\): \d+ too many\.$/);
    expect(results[0].reasons?.[1]).toMatch(/65536 bytes of RAM .*activations and scratch buffers/);
    expect(results[0].latency_ms).toBeDefined();
  });

  it('names the operator that a runtime lacks', async () => {
    const [result] = await estimateOn(shared('models/zoo/selfie_segmentation.tflite'), { devices: ['pico'], runtimes: ['tflm'] });
    expect(result.fits).toBe(false);
    expect(result.reasons?.join(' ')).toMatch(/TFLite Micro cannot take the model for .*Convolution2DTransposeBias/);
    expect(result.latency_ms).toBeUndefined();
  });

  it('refuses a float model for kernels of integers', async () => {
    const results = await estimateOn(model('kws_dscnn_float'), { devices: ['pico2'] });
    expect(results.map((r) => [r.runtime, r.fits])).toEqual([
      ['tflm', true],
      ['tflm-cmsis-nn', false],
      ['edgeml-c', true],
    ]);
    expect(results[1].reasons?.[0]).toMatch(/is a float model/);
  });

  it('follows a measurement where a profile holds one', async () => {
    const text = readFileSync(new URL('../../../src/bench/profiles/nucleo-l4r5zi.yaml', import.meta.url), 'utf8');
    const own = await parseProfile('own.yaml', `${text}calibration: { tflm-cmsis-nn: { factor: 0.9, spread: 1.1 } }\n`);
    const [plain] = await estimateOn(kws, { devices: ['nucleo-l4r5zi'], runtimes: ['tflm-cmsis-nn'] });
    const [measured] = await estimateAll(kws, [own], { runtimes: ['tflm-cmsis-nn'] });
    expect((measured.latency_ms?.p50 ?? 0) / (plain.latency_ms?.p50 ?? 1)).toBeCloseTo(0.9, 9);
    expect((measured.latency_ms?.p90 ?? 0) / (measured.latency_ms?.p50 ?? 1)).toBeCloseTo(1.1, 9);
    expect(measured.how).toMatch(/measured on the device/);
  });
});

describe.skipIf(skip)('sizes of generated C', () => {
  it.each(Object.values(files))(
    '%s: the same whether constants are written or not, on processors with and without a unit for floats',
    async (name) => {
      const { graph } = await load(model(`${name}_int8_official`));
      const report = (cpu: string, sizesOnly: boolean) => {
        const found = cpuNamed(cpu);
        if (!found) throw new Error(cpu);
        const { arenaBytes, constantBytes, functions } = generateC(graph, { name: 'm', cpu: found, sizesOnly }).report;
        return { arenaBytes, constantBytes, functions };
      };
      expect(report('cortex-m4', true)).toEqual(report('cortex-m4', false));
      expect(report('esp32', true)).toEqual(report('rv32', false));
    },
  );
});
