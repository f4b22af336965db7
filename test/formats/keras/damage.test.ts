import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { archive, hdf5, weightData } from '../../../fixtures/keras/write.js';
import { ModelError } from '../../../src/errors.js';
import { readKeras } from '../../../src/formats/keras/read.js';
import { projectRoot } from '../../shared.js';
import { inMemory } from './memory.js';

const fixture = (name: string): Buffer => readFileSync(`${projectRoot}fixtures/keras/${name}`);

/** 'read', or the sentence of a ModelError; anything else that is thrown fails the test. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await readKeras(inMemory(bytes, 'broken.file'), {});
    return 'read';
  } catch (e) {
    if (!(e instanceof ModelError)) throw e;
    return e.message;
  }
}

function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each(['classifier.h5', 'transfer.h5', 'branches.keras'])('%s', (name) => {
  const whole = fixture(name);

  it('is refused with a sentence, or read, whatever bytes are flipped', async () => {
    const random = randomly(7);
    const printed = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    for (let i = 0; i < 150; i++) {
      const bytes = Buffer.from(whole);
      for (let k = 0; k <= random() * 8; k++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const said = await outcome(bytes);
      expect(said === 'read' || said.startsWith('broken.file')).toBe(true);
    }
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it('is refused wherever it is cut', async () => {
    for (let i = 1; i < 40; i++)
      expect(await outcome(whole.subarray(0, Math.floor((whole.length * i) / 40)))).toMatch(/^broken\.file.*\.$/s);
  });
});

describe('archives', () => {
  it('have checksums', async () => {
    const bytes = fixture('branches.keras');
    const at = bytes.indexOf('"Subtract"');
    bytes.write('Subtrakt', at + 1);
    expect(await outcome(bytes)).toBe(
      "broken.file: the archive's entry 'config.json' does not have its checksum: it is damaged; copy or download the file again.",
    );
  });

  it('may be packed', async () => {
    const config = {
      class_name: 'Sequential',
      config: { name: 'm', layers: [{ class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' } }] },
    };
    const { unzipSync } = await import('fflate');
    const packed = zipSync(unzipSync(await archive(config, [])), { level: 9 });
    expect(await outcome(packed)).toBe('read');
  });

  it('may not claim more than deflate can hold', async () => {
    const bytes = zipSync({ 'config.json': new Uint8Array(1e6), 'model.weights.h5': new Uint8Array(10) }, { level: 9 });
    const view = new DataView(bytes.buffer);
    // The directory's entry: packed and unpacked size stand at 20 and 24.
    const directory = Buffer.from(bytes.buffer).indexOf('PK\u0001\u0002', 0, 'latin1');
    view.setUint32(directory + 24, 4e9, true);
    expect(await outcome(bytes)).toMatch(/entry 'config\.json' has 4000000000 bytes, more than the 268435456 that are read\.$/);
    view.setUint32(directory + 24, 2e8, true);
    expect(await outcome(bytes)).toMatch(/entry 'config\.json' claims to unpack from \d+ to 200000000 bytes, which deflate cannot do\.$/);
    view.setUint32(directory + 24, 5e5, true);
    expect(await outcome(bytes)).toMatch(/entry 'config\.json' does not unpack \(.*\); the file is damaged\.$/);
  });
});

describe('configurations', () => {
  it('may not be nested without end', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const model = { class_name: 'Sequential', config: { name: 'm', layers: 0 } };
    const file = await hdf5((root) => {
      root.create_attribute('model_config', JSON.stringify(model).replace(':0}', `:${deep}}`));
      root.create_group('model_weights');
    });
    expect(await outcome(file)).toBe(
      "broken.file: the attribute 'model_config' is not valid JSON (brackets inside brackets, more than 1000 deep). The file is damaged; copy it again or save the model anew.",
    );
  });

  it('may not ask for more nodes than a graph can have', async () => {
    const steps = { class_name: 'LSTM', config: { name: 'l', units: 1 } };
    const layers = [{ class_name: 'InputLayer', config: { batch_shape: [1, 100_000, 1], name: 'x' } }, steps];
    const weights = [weightOf('0', [1, 4]), weightOf('1', [1, 4]), weightOf('2', [4])];
    expect(await outcome(await archive({ class_name: 'Sequential', config: { name: 'm', layers } }, weights))).toBe(
      "broken.file: the model uses layers that edgeml does not support:\n  LSTM: has 100000 time steps; at most 256 are unrolled (node 'l')",
    );
  });
});

const weightOf = (index: string, shape: readonly number[]) => ({
  path: `layers/lstm/cell/vars/${index}`,
  shape,
  data: weightData(shape, 0),
});
