import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cyclesPerInstruction } from '../../src/bench/cycles-per-instruction.js';
import { emulateOn } from '../../src/bench/emulate.js';
import { emulate, type Machine, machineFor, machines, toolsOf } from '../../src/codegen/boards/qemu/index.js';
import { DeviceError, exitCodes, UsageError } from '../../src/errors.js';
import { describeWith, officialC, officialFile, randomBytes, recorded } from '../codegen/harness.js';
import { shared } from '../shared.js';

let folder = '';
const saved = { ...process.env };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeml-emulate-test-'));
  process.env.TMPDIR = folder;
});
afterAll(() => {
  expect(readdirSync(folder).filter((name) => name.startsWith('edgeml-'))).toEqual([]);
  process.env = saved;
  rmSync(folder, { recursive: true });
});

const tools = [...new Set(machines.flatMap(toolsOf))];
const files = [...recorded.map(officialFile), 'models/mlperf-tiny/vww_mobilenet_float.tflite'];

await describeWith('counting on emulated microcontrollers', { tools, files }, () => {
  it.each(machines.map((m) => m.cpu))('kws, ic and ad on %s: RAM, flash, instructions, and the same again', async (cpu) => {
    // All at once: what else runs must not change a count.
    const runs = [...recorded, 'kws'] as const;
    const results = await Promise.all(runs.map((task) => emulateOn(shared(officialFile(task)), cpu)));
    expect(results[3]).toEqual(results[0]);
    for (const [i, task] of recorded.entries()) {
      const [result, ...none] = results[i];
      expect(none).toEqual([]);
      expect(result).toMatchObject({ device: cpu, runtime: 'edgeml-c', fits: true, source: 'emulated' });
      expect(result.model).toBe(shared(officialFile(task)));
      expect(result.latency_ms).toBeUndefined();
      expect(result.how).toMatch(
        /^Exact instructions .*cycles are not counted but derived, instructions x [\d.]+ .* no latency without a clock\.$/,
      );
      // From eight multiply-accumulates in a vector instruction to a loop around a multiplication.
      const macs = { kws: 2_656_768, ic: 12_501_632, ad: 264_192 }[task];
      expect(result.instructions).toBeGreaterThan(macs / 8);
      expect(result.instructions).toBeLessThan(macs * 12);
      const arena = (await officialC(task, cpu)).report.arenaBytes;
      expect(result.ram_parts!.find((p) => p.what === 'arena')).toEqual({ what: 'arena', bytes: arena });
      expect(result.ram_bytes).toBeGreaterThan(arena);
      expect(result.ram_parts!.reduce((sum, p) => sum + p.bytes, 0)).toBe(result.ram_bytes);
      expect(result.flash_parts!.reduce((sum, p) => sum + p.bytes, 0)).toBe(result.flash_bytes);
    }
  });

  it('gives the instructions of each layer, and a latency where a clock is known', async () => {
    const path = shared(officialFile('ic'));
    const [result] = await emulateOn(path, 'm4', { perLayer: true, clockMhz: 80 });
    const layers = result.layers!;
    const inLayers = layers.reduce((sum, l) => sum + l.instructions!, 0);
    expect(Math.abs(inLayers - result.instructions!)).toBeLessThan(0.001 * result.instructions!);
    expect(layers.reduce((sum, l) => sum + l.macs, 0)).toBe(12_501_632);
    expect(layers.filter((l) => l.macs > 0).every((l) => l.instructions! > 0)).toBe(true);
    const { p10, p50, p90 } = cyclesPerInstruction('cortex-m4')!;
    const ms = (perInstruction: number) => (result.instructions! * perInstruction) / 80e3;
    expect(result.latency_ms!.p10).toBeCloseTo(ms(p10), 6);
    expect(result.latency_ms!.p50).toBeCloseTo(ms(p50), 6);
    expect(result.latency_ms!.p90).toBeCloseTo(ms(p90), 6);
    expect(layers.reduce((sum, l) => sum + l.ms!, 0)).toBeCloseTo(ms(p50), 0);
    expect(result.how).toContain('at 80 MHz');
    // The trace does not count in the total.
    expect((await emulateOn(path, 'cortex-m4'))[0].instructions).toBe(result.instructions);
  });

  it('says by how much a model is too large for the machine', async () => {
    const path = shared('models/mlperf-tiny/vww_mobilenet_float.tflite');
    const [result] = await emulateOn(path, 'm55');
    expect(result).toMatchObject({ fits: false, source: 'emulated' });
    expect(result.instructions).toBeUndefined();
    const over = result.flash_bytes! - 524288;
    expect(result.reasons).toEqual([
      `${path}: the weights and tables of ${result.flash_bytes} bytes are ${over} bytes too large for the flash of Arm MPS3 AN547 (524288 bytes).`,
    ]);
  });

  it('hears from the linker what all parts together are too large by', async () => {
    const program = await officialC('ad', 'cortex-m4');
    const machine = machineFor('cortex-m4') as Machine;
    const inputs = [program.report.inputs.map((p) => randomBytes(p.bytes, 0))];
    const small = { ...machine, flash: { ...machine.flash, bytes: 4096 } };
    await expect(emulate(program, small, { inputs })).rejects.toThrow(/^ad is \d+ bytes too large for the FLASH of Arm MPS2 AN386\.$/);
  });
});

describe('what cannot be emulated', () => {
  it.each([
    ['m5', "Did you mean 'cortex-m"],
    ['esp32', 'There are cortex-m0, '],
  ])('%s is refused with what there is', async (core, said) => {
    const attempt = emulateOn('model.tflite', core);
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(said);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a clock of %d MHz is refused', async (clockMhz) => {
    await expect(emulateOn('model.tflite', 'm4', { clockMhz })).rejects.toThrow(/^The clock is .* MHz/);
  });

  it('names the packages of tools that are missing', async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      const attempt = emulateOn('model.tflite', 'm4');
      await expect(attempt).rejects.toThrow(DeviceError);
      await expect(attempt).rejects.toThrow(
        /^cortex-m4 cannot be emulated: arm-none-eabi-gcc, qemu-system-arm cannot be run; on Debian and Ubuntu: apt-get install gcc-arm-none-eabi .*qemu-system-arm\.$/,
      );
      await expect(attempt).rejects.toMatchObject({ exitCode: exitCodes.device });
    } finally {
      process.env.PATH = path;
    }
  });
});
