import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseProfile, profiles, readProfile, selectProfiles } from '../../../src/bench/profiles/profile.js';
import { UsageError } from '../../../src/errors.js';
import { missing, shared } from '../../shared.js';

const sound = `name: board
title: Board
core: Cortex-M4
cpu: cortex-m4
clock: 120 MHz
ram: 640 KB
flash: 2 MB
weights: flash
power: 48 mW
runtimes: [tflm, edgeml-c]
`;
const fault = async (text: string): Promise<string> => {
  const error = await parseProfile('board.yaml', text).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};
const folder = mkdtempSync(join(tmpdir(), 'edgeml-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('built-in profiles', () => {
  it('are those that are promised, each with the sources of its figures', async () => {
    const all = await profiles();
    const names = 'esp32 esp32-s3 esp32-c3 pico pico2 pi4 pi5 jetson-nano jetson-orin-nano nucleo-l4r5zi nano33ble nrf5340';
    const more = 'stm32u575 stm32f746 stm32h743 ensemble-e3 stm32g0b1';
    expect(all.map((p) => p.name).sort()).toEqual(`${names} ${more}`.split(' ').sort());
    for (const p of all) {
      const sources = Object.keys(p.sources).join(', ').split(', ');
      for (const field of ['ram', 'flash', 'clock', 'power']) {
        const stands = sources.includes(field) || (field === 'flash' && p.weights === 'ram');
        expect(stands, `${p.name} has no source for ${field}`).toBe(true);
      }
      if (p.engines) expect(sources).toContain('engines');
      if (p.cycles_per_instruction) expect(sources).toContain('cycles_per_instruction');
    }
  });

  it('have no name or alias twice', async () => {
    const words = (await profiles()).flatMap((p) => [p.name, ...p.aliases]);
    expect(words.filter((w, i) => words.indexOf(w) !== i)).toEqual([]);
  });

  it.skipIf(missing('reference/device_latency.csv'))('have the clock and the power of the published measurements', async () => {
    const rows = readFileSync(shared('reference/device_latency.csv'), 'utf8')
      .split('\n')
      .map((l) => l.split(','))
      .filter((f) => f[1] === 'STMicroelectronics' && f[0] === 'v0.7' && !f[7]?.startsWith('AD'));
    for (const [board, name] of [
      ['NUCLEO-L4R5ZI', 'nucleo-l4r5zi'],
      ['NUCLEO-U575ZI-Q', 'stm32u575'],
    ]) {
      const [profile] = await selectProfiles([name]);
      const own = rows.filter((f) => f[2] === board);
      expect(own).toHaveLength(3);
      for (const f of own) {
        expect(profile.clock).toBe(Number(f[5]));
        expect(profile.power / (Number(f[9]) / Number(f[8]))).toBeCloseTo(1, 1);
      }
    }
  });
});

describe('selection', () => {
  it('takes names, aliases, families and all, each device once', async () => {
    const names = async (...words: string[]) => (await selectProfiles(words)).map((p) => p.name);
    expect(await names('rp2040', 'pico')).toEqual(['pico']);
    expect(await names('jetson')).toEqual(['jetson-nano', 'jetson-orin-nano']);
    expect(await names('PI5')).toEqual(['pi5']);
    expect(await names('all')).toHaveLength(17);
  });

  it('names the nearest device for a word that is none', async () => {
    await expect(selectProfiles(['esp32s4'])).rejects.toThrow(/'esp32s4' is no device that edgeml knows\. Did you mean 'esp32s3'\?/);
    await expect(selectProfiles(['quite-other'])).rejects.toThrow(/Known are ensemble-e3, .*their families, and all\..*--profile FILE/);
  });

  it('prefers a profile of the user under a name that is built in', async () => {
    const own = await parseProfile('own.yaml', sound.replace('name: board', 'name: pico'));
    expect((await selectProfiles(['pico'], [own]))[0].core).toBe('Cortex-M4');
  });
});

describe('a profile file', () => {
  it('is read with its units', async () => {
    const path = join(folder, 'board.yaml');
    writeFileSync(path, sound);
    expect(await readProfile(path)).toMatchObject({ clock: 120, ram: 655_360, flash: 2_097_152, power: 48, fetch: 0, aliases: [] });
    const slow = sound.replace('120 MHz', '0.5 GHz').replace('48 mW', '1.5 W');
    expect(await parseProfile('b', slow)).toMatchObject({ clock: 500, power: 1500 });
  });

  it('is refused with place, field and value', async () => {
    expect(await fault(sound.replace('120 MHz', '120 KB'))).toBe(
      "board.yaml:5:8: clock: 'KB' is no unit of a frequency: use kHz, MHz, GHz, for example 120 MHz.",
    );
    expect(await fault(sound.replace('640 KB', '640'))).toBe(
      'board.yaml:6:6: ram: 640 has no unit: write a size such as 640 KB (B, KB, MB, GB).',
    );
    expect(await fault(sound.replace('48 mW', '-3 mW'))).toMatch(/^board\.yaml:9:8: power: '-3 mW' is not a power such as 48 mW\.$/);
    expect(await fault(sound.replace('weights: flash', 'weights: flsh'))).toBe(
      "board.yaml:8:10: weights: 'flsh' is not one of flash, xip, ram. Did you mean 'flash'?",
    );
    expect(await fault(`${sound}flahs: 3 MB\n`)).toBe("board.yaml:11:1: unknown field 'flahs'. Did you mean 'flash'?");
    expect(await fault(sound.replace('core: Cortex-M4\n', ''))).toBe('board.yaml:1:1: the field core is missing.');
    expect(await fault(sound.replace('edgeml-c]', 'litert]'))).toBe(
      'board.yaml:10:18: runtimes.1: litert needs its rates under engines.litert: float, int8 and layer.',
    );
    expect(await fault(sound.replace('cpu: cortex-m4', 'cpu: rv32').replace('[tflm,', '[tflm-cmsis-nn,'))).toBe(
      'board.yaml:10:12: runtimes.0: tflm-cmsis-nn is for Arm Cortex-M, not for rv32.',
    );
    expect(await fault(sound.replace('runtimes: [tflm, edgeml-c]', 'runtimes: [tlfm]'))).toMatch(
      /'tlfm' is not one of .*Did you mean 'tflm'\?$/,
    );
    expect(await fault('- a list')).toMatch(/board\.yaml:1:1: .*is not a mapping\.$/);
    expect(await fault('name: [')).toMatch(/^board\.yaml:1:\d+: this is not valid YAML/);
    expect((await fault('name: board\nclock: 1 MB')).split('\n').length).toBeGreaterThan(5);
  });

  it('says of a file that cannot be read why', async () => {
    await expect(readProfile(join(folder, 'absent.yaml'))).rejects.toThrow(/^The device profile .*absent\.yaml cannot be read \(ENOENT/);
  });
});
