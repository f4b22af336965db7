import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceResult } from '../../src/bench/types.js';
import { ensureBuilt } from './build.js';
import { because, edgeml, temporaryFolder } from './run.js';
import { writeSamples, writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let places = 0;
/** An empty working directory of its own for each test, with the models one level up. */
const place = (): string => {
  const path = at(`place-${places++}`);
  mkdirSync(path);
  return path;
};
const int8 = '../small_int8.tflite';

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 20);
  await edgeml(['quantize', 'small.tflite', '--calibrate', 'samples.npy', '-q'], { cwd: folder });
});

describe('edgeml bench --device', () => {
  it('tells per device and runtime what it takes, marked as estimated', async () => {
    const { code, stdout, stderr } = await edgeml(['bench', int8, '--device', 'pico,nucleo-l4r5zi'], { cwd: place() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✓ pico +edgeml C +~[\d.]+ (µs|ms) \([\d.]+–[\d.]+\)/);
    expect(stdout).toMatch(/✓ nucleo-l4r5zi +CMSIS-NN +~/);
    expect(stdout).toMatch(/~ estimated/);
  });

  it('gives one entry per device and runtime in JSON, and layers only where asked for', async () => {
    const args = ['bench', int8, '--device', 'all', '--json'];
    const { devices } = JSON.parse((await edgeml(args, { cwd: place() })).stdout) as { devices: DeviceResult[] };
    const keys = devices.map((d) => `${d.device} ${d.runtime}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(devices.map((d) => d.device)).size).toBeGreaterThanOrEqual(16);
    const fitting = devices.filter((d) => d.fits);
    expect(fitting.length).toBeGreaterThan(25);
    for (const { ram_bytes, flash_bytes, latency_ms, energy_uj, source, layers } of fitting) {
      expect(Number.isInteger(ram_bytes) && Number.isInteger(flash_bytes)).toBe(true);
      expect(latency_ms?.p10).toBeLessThanOrEqual(latency_ms?.p50 as number);
      expect(latency_ms?.p50).toBeLessThanOrEqual(latency_ms?.p90 as number);
      expect({ energy: (energy_uj as number) > 0, source, layers }).toEqual({ energy: true, source: 'estimated', layers: undefined });
    }
    const layered = JSON.parse((await edgeml([...args, '--per-layer', '--runtime', 'edgeml-c'], { cwd: place() })).stdout);
    expect(layered.devices.every((d: DeviceResult) => (d.layers?.length ?? 0) > 2)).toBe(true);
  });

  it('prints where the model fits with --quiet, the best first with --rank', async () => {
    const { stdout } = await edgeml(['bench', int8, '--device', 'pico,stm32f746', '--runtime', 'edgeml-c', '--rank', 'latency', '-q'], {
      cwd: place(),
    });
    expect(stdout).toBe('stm32f746 edgeml-c\npico edgeml-c\n');
  });

  it('compares several models, ranks, and writes a page and Markdown', async () => {
    const cwd = place();
    const args = ['bench', '../small.tflite', int8, '--device', 'stm32f746', '--runtime', 'edgeml-c', '--rank', 'latency'];
    const { code, stdout } = await edgeml([...args, '--html', 'r.html', '--markdown'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\| /m);
    expect(readFileSync(join(cwd, 'r.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*small_int8\.tflite[\s\S]*<svg/);
    const { devices } = JSON.parse((await edgeml([...args, '--json'], { cwd })).stdout) as { devices: DeviceResult[] };
    expect(devices.map((d) => d.model)).toEqual([int8, '../small.tflite']);
  });

  it('takes a profile of the user, and lists what there is', async () => {
    const cwd = place();
    const pico = readFileSync(new URL('../../src/bench/profiles/pico.yaml', import.meta.url), 'utf8');
    writeFileSync(join(cwd, 'mine.yaml'), pico.replace('name: pico', 'name: mine').replace(/^aliases:.*$/m, 'aliases: []'));
    const { stdout } = await edgeml(['bench', int8, '--profile', 'mine.yaml', '--json'], { cwd });
    expect(JSON.parse(stdout).devices.map((d: DeviceResult) => d.device)).toEqual(['mine', 'mine', 'mine']);
    expect((await edgeml(['bench', '--device', 'list', '-q'], { cwd })).stdout.split('\n')).toEqual(
      expect.arrayContaining(['pico', 'pi4', 'esp32-s3']),
    );
  });
});

describe('edgeml bench --emulate', () => {
  const missing = ['arm-none-eabi-gcc', 'qemu-system-arm'].find((t) => spawnSync(t, ['--version']).status !== 0);
  it.skipIf(because(missing !== undefined, `${missing} is not installed`))('counts instructions', async () => {
    const { code, stdout } = await edgeml(['bench', int8, '--emulate', 'm4', '--json'], { cwd: place() });
    expect(code).toBe(0);
    const [m4] = JSON.parse(stdout).devices as DeviceResult[];
    expect(m4).toMatchObject({ device: 'cortex-m4', runtime: 'edgeml-c', fits: true, source: 'emulated' });
    expect(m4.instructions).toBeGreaterThan(10_000);
  });

  it('says how to install what is missing', async () => {
    const { code, stderr } = await edgeml(['bench', int8, '--emulate', 'cortex-m4'], { cwd: place(), env: { PATH: '/nowhere' } });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^edgeml: cortex-m4 cannot be emulated: .*apt/);
  });
});

describe('bad input', () => {
  it.each([
    [[int8], 2, 'Say where: --device NAMES (or all) to estimate, --host, --emulate CORE or --on user@host to measure.'],
    [[int8, '--device', 'picco'], 2, "'picco' is no device that edgeml knows. Did you mean 'pico'?"],
    [[int8, '--emulate', 'cortex-m5'], 2, "'cortex-m5' is no processor that can be emulated. Did you mean "],
    [[int8, '--device', 'pico', '--max-latency', '1us'], 1, 'Gate --max-latency: ../small_int8.tflite on pico (edgeml-c) takes '],
    [[int8, '--device', 'pico', '--save-profile', 'x.yaml'], 2, '--save-profile brings a profile to what --on measured'],
    [[int8, '--profile', '../bad.yaml'], 2, "bad.yaml:1:8: clock: 'Mhz' is no unit of a frequency: use kHz, MHz, GHz"],
    [[int8, '--device', 'pico', '--runtime', 'tensorrt'], 2, 'None of the devices runs tensorrt.'],
    [['../none.tflite', '--device', 'pico'], 3, 'none.tflite'],
  ])('%s', async (args, code, message) => {
    writeFileSync(at('bad.yaml'), 'clock: 80 Mhz\n');
    const cwd = place();
    const ran = await edgeml(['bench', ...args], { cwd });
    expect({ code: ran.code, files: readdirSync(cwd) }).toEqual({ code, files: [] });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(cwd, 'x.yaml'))).toBe(false);
  });
});
