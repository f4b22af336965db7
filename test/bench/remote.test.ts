import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureOn } from '../../src/bench/remote/index.js';
import type { RemoteOptions } from '../../src/bench/remote/types.js';
import type { DeviceResult, RuntimeName } from '../../src/bench/types.js';
import { DeviceError } from '../../src/errors.js';
import { projectRoot, shared } from '../shared.js';
import { hasSshd, processes, type Server, type ServerOptions, Servers } from '../ssh/server.js';

const onnx = join(projectRoot, 'fixtures/models/shapes/shapes.onnx');
const tflite = shared('models/mlperf-tiny/kws_dscnn_int8_official.tflite');
const has = (command: string, ...words: string[]): boolean => {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const hasCompiler = has('cc', '--version');
const hasPython = (module: string): boolean => has('python3', '-c', `import ${module}`);
for (const [there, what] of [
  [hasCompiler, 'a C compiler (cc)'],
  [hasPython('ai_edge_litert'), 'python3 with ai_edge_litert'],
  [hasPython('onnxruntime'), 'python3 with onnxruntime'],
] as const) {
  if (!there) console.warn(`skipped: measuring over SSH with ${what}, which is not on this machine`);
}

describe.skipIf(!hasSshd)('measureOn', () => {
  let all: Servers;
  beforeAll(() => {
    all = new Servers();
  });
  afterAll(() => all.close());

  /** A device with a TMPDIR of its own, in which nothing may be left. */
  async function device(options: ServerOptions = {}): Promise<{ server: Server; left: () => string[] }> {
    const tmp = join(all.folder, `tmp-${Math.random().toString(36).slice(2)}`);
    mkdirSync(tmp);
    const server = await all.add({ ...options, env: { TMPDIR: tmp, ...options.env } });
    return { server, left: () => readdirSync(tmp) };
  }
  /** A folder for PATH with these commands alone, beside what a device always has. */
  function bin(scripts: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): string {
    const folder = join(all.folder, `bin-${Math.random().toString(36).slice(2)}`);
    mkdirSync(folder);
    for (const name of ['sh', 'cat', 'mktemp', 'rm', 'mkdir', 'wc', 'tr', 'uname', 'sort', 'tail', 'grep', 'head', 'chmod', 'sleep']) {
      symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(folder, name));
    }
    for (const [name, text] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    for (const [name, to] of Object.entries(links)) symlinkSync(to, join(folder, name));
    return folder;
  }
  const bare = (folder: string): ServerOptions => ({ env: { PATH: folder } });
  const measure = (server: Server, model: string, options: RemoteOptions = {}): Promise<DeviceResult[]> =>
    measureOn(server.target, model, { ssh: all.options([server]), seconds: 0.2, runs: 5, ...options });
  function check(results: readonly DeviceResult[], server: Server, runtime: RuntimeName): DeviceResult {
    const [result] = results;
    expect(results).toHaveLength(1);
    expect(result).toMatchObject({ device: server.target, runtime, source: 'measured', fits: true });
    const { p10, p50, p90 } = result.latency_ms ?? { p10: 0, p50: 0, p90: 0 };
    expect(p10).toBeGreaterThan(0);
    expect(p50).toBeGreaterThanOrEqual(p10);
    expect(p90).toBeGreaterThanOrEqual(p50);
    expect(result.how).toMatch(/^median of \d+ runs.* with \d+ processors?/);
    return result;
  }

  it.skipIf(!hasCompiler)('measures our own C with a compiler there', async () => {
    const { server, left } = await device();
    const result = check(await measure(server, onnx, { runtimes: ['edgeml-c'] }), server, 'edgeml-c');
    expect(result.ram_bytes).toBeGreaterThan(100_000);
    expect(result.how).toMatch(/p99 .*-O3( -m\w+=native)?, .*1 thread/);
    expect(result.ram_parts?.map((p) => p.what)).toEqual(['arena', 'program and C library']);
    expect(result.flash_bytes).toBeGreaterThan(10_000);
    expect(left()).toEqual([]);
  });

  it('measures with Node.js and onnxruntime-node there', async () => {
    const path = bin({}, { node: process.execPath });
    const { server, left } = await device({ env: { PATH: path, NODE_PATH: join(projectRoot, 'node_modules') } });
    const result = check(await measure(server, onnx, { threads: 1, runtimes: ['onnxruntime'] }), server, 'onnxruntime');
    expect(result.how).toMatch(/onnxruntime-node 1\.\d+\.\d+, 1 thread,/);
    expect(left()).toEqual([]);
  });

  it.skipIf(!hasPython('onnxruntime'))('measures with Python and onnxruntime there', async () => {
    const { server, left } = await device({ path: [dirname(execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }))] });
    const result = check(await measure(server, onnx, { runtimes: ['onnxruntime'] }), server, 'onnxruntime');
    expect(result.how).toMatch(/ onnxruntime \d/);
    expect(left()).toEqual([]);
  });

  it.skipIf(!hasPython('ai_edge_litert') || !existsSync(tflite))('measures with Python and LiteRT there', async () => {
    const { server, left } = await device({ path: [dirname(execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }))] });
    const result = check(await measure(server, tflite, { runtimes: ['litert'] }), server, 'litert');
    expect(result.how).toMatch(/ai_edge_litert \d/);
    expect(left()).toEqual([]);
  });

  it('runs trtexec, and reads the times that it exports', async () => {
    const rows = `printf '[{ "latencyMs" : 2.5 }, { "latencyMs" : 3.5 }, { "latencyMs" : 4.5 }]' >"\${a#--exportTimes=}"`;
    const path = bin({
      trtexec: `for a; do case $a in --onnx=*) test -s "\${a#--onnx=}" || exit 3;; --exportTimes=*) ${rows};; esac; done`,
    });
    const { server, left } = await device(bare(path));
    const result = check(await measure(server, onnx, { runtimes: ['tensorrt'] }), server, 'tensorrt');
    expect(result.latency_ms?.p50).toBe(3.5);
    expect(left()).toEqual([]);
  });

  it.skipIf(!existsSync(tflite))('runs benchmark_model, and tells the words of one that refuses the model', async () => {
    const good = bin({ benchmark_model: 'echo "count=9 first=9 curr=9 min=8 max=12 avg=9.1 std=1 p5=8 median=9 p95=11"' });
    const bad = bin({ benchmark_model: 'echo "ERROR: Op builtin_code out of range"; exit 1' });
    const [one, two] = [await device(bare(good)), await device(bare(bad))];
    expect(check(await measure(one.server, tflite, { runtimes: ['litert'] }), one.server, 'litert').latency_ms).toEqual({
      p10: 0.008,
      p50: 0.009,
      p90: 0.011,
    });
    const [refused] = await measure(two.server, tflite, { runtimes: ['litert'] });
    expect(refused).toMatchObject({ runtime: 'litert', fits: false });
    expect(refused.reasons?.[0]).toContain('Op builtin_code out of range');
    expect([...one.left(), ...two.left()]).toEqual([]);
  });

  it('says what to install on a device that has nothing', async () => {
    const { server, left } = await device(bare(bin({})));
    await expect(measure(server, onnx, { runtimes: ['tensorrt'] })).rejects.toThrow(
      /has nothing to run .*shapes\.onnx with\. Install one of these there: TensorRT with trtexec/,
    );
    expect(left()).toEqual([]);
  });

  it.each(['kill', 'freeze'] as const)(
    'ends with a sentence and exit code 4 when the server is gone (%s), and leaves nothing',
    async (what) => {
      const { server, left } = await device(bare(bin({ trtexec: 'echo $$ >started; exec sleep 60' })));
      const measured = measure(server, onnx, { runtimes: ['tensorrt'] }).catch((e) => e);
      await started(left, server);
      server[what]();
      const error = await measured;
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.exitCode).toBe(4);
      expect(error.message).toMatch(/^The connection to \S+ was lost while running the measurement: /);
      if (what === 'freeze') server.thaw();
      await empty(left);
    },
  );

  it('leaves nothing there when edgeml itself is killed, and nothing goes on running', async () => {
    const { server, left } = await device(bare(bin({ trtexec: 'echo $$ >started; exec sleep 61' })));
    const options = JSON.stringify({ ssh: all.options([server]), runtimes: ['tensorrt'] });
    const script = `import { measureOn } from './src/bench/remote/index.ts'; await measureOn('${server.target}', ${JSON.stringify(onnx)}, ${options});`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: projectRoot, stdio: 'ignore' });
    await started(left, server);
    child.kill('SIGKILL');
    await empty(left);
    expect(processes().filter((p) => p.args === 'sleep 61')).toEqual([]);
  });

  async function started(left: () => string[], server: Server): Promise<void> {
    const folder = (): string | undefined => left()[0];
    const base = (): string =>
      join(
        all.folder,
        readdirSync(all.folder).find((n) => n.startsWith('tmp-') && folder() && existsSync(join(all.folder, n, folder() as string))) ?? '',
      );
    for (let i = 0; i < 400; i++) {
      if (folder() && existsSync(join(base(), folder() as string, 'started'))) return;
      await sleep(50);
    }
    throw new Error(`the measurement did not start: ${server.log().slice(-500)}`);
  }
  async function empty(left: () => string[]): Promise<void> {
    for (let i = 0; i < 200 && left().length > 0; i++) await sleep(50);
    expect(left()).toEqual([]);
  }
});
