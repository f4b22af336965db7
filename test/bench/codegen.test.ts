import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../src/formats/tflite/write.js';
import { because, temporaryFolder } from '../cli/run.js';
import { smallGraph } from '../cli/small-model.js';
import { projectRoot } from '../shared.js';

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
const noQemu = because(!has('qemu-system-arm') || !has('arm-none-eabi-gcc'), 'there is no qemu-system-arm or arm-none-eabi-gcc');

const folder = temporaryFolder();

/** What the bench says without the evaluation material. */
function bench(...models: string[]) {
  const args = ['--import', 'tsx', 'test/bench/codegen.ts', '--cpus', 'cortex-m4', '--json', '--models', models.join()];
  return spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8', env: { ...process.env, EDGEML_SHARED: '/nowhere' } });
}

describe('the bench of generated C without recorded models', () => {
  it.skipIf(noQemu)("measures files of one's own, and says which models are skipped", () => {
    const path = join(folder, 'small.tflite');
    writeFileSync(path, writeTflite(smallGraph()));
    const { status, stdout, stderr } = bench(path, 'kws');
    expect(stderr).toMatch(/^skipped: .* is absent \(set EDGEML_SHARED/);
    expect(status).toBe(0);
    const { rows } = JSON.parse(stdout);
    expect(rows.map((r: { model: string }) => r.model)).toEqual([path]);
    expect(rows[0].instructions).toBeGreaterThan(10_000);
  });
});
