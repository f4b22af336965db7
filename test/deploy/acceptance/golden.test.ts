import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/bundle/build.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { because } from '../../cli/run.js';
import { projectRoot } from '../../shared.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, Workplace } from './site.js';

/** A Python with that module; undefined where there is none. EDGEML_PYTHON names another one than python3. */
function pythonWith(module: string): string | undefined {
  const python = process.env.EDGEML_PYTHON ?? 'python3';
  try {
    return execFileSync(python, ['-c', `import sys, ${module}; print(sys.executable)`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

const runtimes = [
  { runtime: 'Node.js with onnxruntime-node', model: 'small.onnx', python: undefined, missing: false },
  ...[
    ['ai_edge_litert', 'small.tflite'],
    ['onnxruntime', 'small.onnx'],
  ].map(([module, model]) => {
    const python = pythonWith(module);
    return {
      runtime: `Python with ${module}`,
      model,
      python,
      missing: because(python === undefined, `golden inputs on Python need ${module} (pip install, EDGEML_PYTHON)`),
    };
  }),
];

describe.skipIf(!hasSshd).each(runtimes)('golden inputs on a device that has $runtime', ({ runtime, model, python, missing }) => {
  const place = new Workplace();
  let fleet: Fleet;
  let ssh: SshOptions;
  let device: Device;
  beforeAll(async () => {
    const nothing = 'exit 1';
    const commands: Record<string, string> = python
      ? { python3: `exec ${python} "$@"`, node: nothing }
      : { python3: nothing, python: nothing };
    const env: Record<string, string> = python ? {} : { NODE_PATH: join(projectRoot, 'node_modules') };
    fleet = await Fleet.start(1, () => ({ commands, env }));
    ssh = fleet.ssh();
    [device] = fleet.devices;
  });
  afterAll(() => fleet?.close());

  const bundle = async (version: string, options = {}) =>
    (await createBundle([await place.model(model)], place.at(`${version}.edgeml`), { name: 'app', version, ...options })).path;

  it.skipIf(missing)('are run and compared; a bundle whose outputs differ is switched back', async () => {
    const good = await place.deploy(await bundle('1'), [device.target], ssh);
    expect(good.devices[0]).toMatchObject({ status: 'updated', warnings: [] });
    expect(good.devices[0].golden?.[0]).toMatch(runtime.includes('Python') ? /^(ai_edge_litert|onnxruntime) \d/ : /^onnxruntime-node \d/);
    const { digest } = currentRelease(device.home) as { digest: string };
    const { manifest, path } = await createBundle([await place.model(model)], place.at('off.edgeml'), {
      name: 'app',
      version: '2',
      goldenSamples: 2,
    });
    const off = await withOtherOutputs(path, manifest.models[0].golden?.file as string, place);
    const bad = await place.deploy(off, [device.target], ssh);
    expect(bad.devices[0]).toMatchObject({ status: 'rolled-back', from: digest });
    expect(bad.devices[0].why).toMatch(
      /^the golden inputs: output '\w+' of small\.\w+, sample \d of 2 is off by [\d.e+]+, at most 0\.\d+ is taken/,
    );
    expect(currentRelease(device.home)?.digest).toBe(digest);
  });
});

describe.skipIf(!hasSshd)('golden inputs that end without a word, as where memory is short', () => {
  const place = new Workplace();
  let fleet: Fleet;
  beforeAll(async () => {
    const killer = place.at('killer.cjs');
    writeFileSync(killer, "if (process.execArgv.join().includes('Runs golden inputs')) process.kill(process.pid, 'SIGKILL');");
    const env = { NODE_PATH: join(projectRoot, 'node_modules'), NODE_OPTIONS: `--require ${killer}` };
    fleet = await Fleet.start(1, () => ({ commands: { python3: 'exit 1', python: 'exit 1' }, env }));
  });
  afterAll(() => fleet?.close());

  it('are said to have, and the device switches back', async () => {
    const { path } = await createBundle([await place.model('small.onnx')], place.at('1.edgeml'), { name: 'app', version: '1' });
    const report = await place.deploy(path, [fleet.devices[0].target], fleet.ssh());
    // Some shells tell that what they ran was killed.
    expect(report.devices[0].why).toMatch(/^the golden inputs: (the run ended with status 137|Killed)$/);
    expect(report.devices[0].status).toBe('rolled-back');
  });
});

/** The bundle with other expected outputs, as a model that is damaged on the way would give. */
async function withOtherOutputs(path: string, golden: string, place: Workplace): Promise<string> {
  const { openBundle } = await import('../../../src/bundle/open.js');
  const { readFileSync } = await import('node:fs');
  const { manifestText } = await import('../../../src/bundle/manifest.js');
  const { sha256Of, sumsText } = await import('../../../src/bundle/sums.js');
  const { archive } = await import('../../../src/bundle/write.js');
  const bundle = await openBundle(path);
  const bytes = readFileSync(path);
  const content = new Map(bundle.files.map((f) => [f.path, Buffer.from(bytes.subarray(f.offset, f.offset + f.bytes))]));
  const data = content.get(golden) as Buffer;
  for (let at = data.length - 16; at < data.length; at += 4) data.writeFloatLE(data.readFloatLE(at) + 0.5, at);
  const files = bundle.manifest.files.map((f) => ({ ...f, sha256: sha256Of(content.get(f.path) as Buffer) }));
  content.set('manifest.json', Buffer.from(manifestText({ ...bundle.manifest, files, digest: sha256Of(sumsText(files)) })));
  content.delete('SHA256SUMS');
  const sums = sumsText([...content].map(([name, b]) => ({ path: name, sha256: sha256Of(b) })));
  const parts = [{ path: 'SHA256SUMS', bytes: Buffer.from(sums) }, ...[...content].map(([name, b]) => ({ path: name, bytes: b }))];
  const out: Uint8Array[] = [];
  for await (const part of archive(parts, () => {})) out.push(part);
  writeFileSync(place.at('other.edgeml'), Buffer.concat(out));
  return place.at('other.edgeml');
}
