import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../shared.js';

describe('golden inputs on a device with Node.js', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-golden-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const port = { dtype: 'float32', shape: [4], bytes: 16 };
  const golden = { file: 'golden.bin', samples: 1, inputs: [port], outputs: [{ ...port, tolerance: 0.5 }] };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ models: [{ file: 'm.onnx', golden }] }));
  writeFileSync(join(folder, 'golden.bin'), new Uint8Array(new Float32Array(8).buffer));

  /** What is said of these outputs, where noughts are expected. */
  function said(outputs: string): string {
    writeFileSync(
      join(folder, 'ort.cjs'),
      `const session = { inputNames: ['x'], outputNames: ['y'], run: async () => ({ y: { data: Float32Array.from([${outputs}]) } }) };
      module.exports = { Tensor: class {}, InferenceSession: { create: async () => session } };`,
    );
    const script = join(projectRoot, 'src/deploy/device/golden/golden.cjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, join(folder, 'ort.cjs'), folder, '0'], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: stdout === '' ? 0 : 1 });
    return stdout;
  }

  it('are good within the tolerance', () => {
    expect(said('0, 0.5, -0.5, 0')).toBe('');
  });

  it.each(['NaN, 0, 0, 0', '0, NaN, 0.1, 0', '0, 0, 0, NaN'])('are not good where one is not a number: %s', (outputs) => {
    expect(said(outputs)).toBe("output 'y' of m.onnx, sample 1 of 1 is off by NaN, at most 0.5 is taken\n");
  });

  it('are not good where one is too far off, or infinite', () => {
    expect(said('0, 0, -0.75, 0')).toContain('is off by 0.75');
    expect(said('0, Infinity, 0, 0')).toContain('is off by Infinity');
  });
});
