import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCompiler } from '../../src/bench/host/edgeml-c.js';
import { measureHost } from '../../src/bench/host/index.js';
import { runChild } from '../../src/bench/host/run-child.js';
import { exitCodes, UsageError } from '../../src/errors.js';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import type { Graph, Value } from '../../src/ir/graph.js';
import { fromNumbers } from '../../src/ir/tensor.js';
import { sizeOf } from '../../src/ir/types.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';
import { projectRoot } from '../shared.js';

let folder = '';
let temporary = '';
const saved = { ...process.env };
const quick = { runs: 3, seconds: 0 };
const source = fileURLToPath(new URL('../../src/bench/host/index.ts', import.meta.url));

/** Everything temporary of these tests goes where nothing else does, so that leftovers are theirs. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeml-host-test-'));
  temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  process.env.TMPDIR = temporary;
});
afterAll(() => {
  expect(ownLeftovers()).toEqual([]);
  process.env = saved;
  rmSync(folder, { recursive: true });
});

const ownLeftovers = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('edgeml-'));

/** Pseudo-random weights of a shape. */
const weights = (b: GraphBuilder, shape: readonly number[], name: string): Value =>
  b.constant(
    fromNumbers(
      'float32',
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i)),
    ),
    name,
  );

/** Two convolutions of 16 filters over 24x24x8, ReLU: 24 * 24 * 16 * 9 * (8 + 16) multiply-accumulates. */
function convolutions(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [1, 24, 24, 8] });
  const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] };
  const first = b.op('Relu', [b.op('Conv2D', [x, weights(b, [16, 3, 3, 8], 'w1')], attrs)], {});
  return b.finish('convolutions', [b.op('Conv2D', [first, weights(b, [16, 3, 3, 16], 'w2')], attrs, { outputs: ['y'] })]);
}
const macs = 24 * 24 * 16 * 9 * (8 + 16);

async function write(name: string, graph: Graph): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.onnx') ? await writeOnnx(graph) : writeTflite(graph));
  return path;
}

describe('measuring here', () => {
  it('gives latency, memory and layers of every runtime, and says how', async () => {
    const path = await write('model.tflite', convolutions());
    const results = await measureHost(path, { runs: 60, seconds: 0.1, perLayer: true });
    const compiler = await findCompiler();
    expect(results.map((r) => r.runtime)).toEqual(['onnxruntime', 'litert', ...(compiler ? ['edgeml-c'] : [])]);
    for (const r of results) {
      expect(r).toMatchObject({ model: path, device: 'host', fits: true, source: 'measured' });
      const { p10, p50, p90 } = r.latency_ms!;
      expect(p10).toBeGreaterThan(0);
      expect([p10, p50, p90]).toEqual([p10, p50, p90].sort((a, b) => a - b));
      expect(Number(/Middle of (\d+) runs after \d+ to warm up .*p99 /.exec(r.how!)?.[1])).toBeGreaterThanOrEqual(60);
      expect(r.ram_parts!.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(r.ram_bytes);
      expect(r.flash_parts!.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(r.flash_bytes);
    }
    const [onnxruntime, litert, c] = results;
    expect(litert.flash_bytes).toBe(readFileSync(path).length);
    expect(litert.how).toContain('no times of layers: ');
    for (const r of [onnxruntime, c].filter(Boolean)) {
      expect(r.layers!.reduce((sum, l) => sum + l.macs, 0)).toBe(macs);
      expect(r.layers!.every((l) => l.ms! >= 0)).toBe(true);
    }
    if (c) {
      const inLayers = c.layers!.reduce((sum, l) => sum + l.ms!, 0);
      expect(inLayers).toBeGreaterThan(c.latency_ms!.p50 / 4);
      expect(inLayers).toBeLessThan(c.latency_ms!.p50 * 4);
      // A program of C has no Node.js in it, and its arena holds the 16 channels at least.
      expect(c.ram_bytes).toBeLessThan(onnxruntime.ram_bytes! / 4);
      expect(c.ram_parts!.find((p) => p.what === 'arena')!.bytes).toBeGreaterThanOrEqual(4 * 24 * 24 * 16);
    }
  });

  it('tells the memory of the child, not of the process that forked it', async () => {
    const path = await write('small.tflite', convolutions());
    const ballast = Buffer.alloc(400 * 2 ** 20, 1);
    const results = await measureHost(path, quick);
    expect(ballast[ballast.length - 1]).toBe(1);
    for (const r of results) expect(r.ram_bytes, r.runtime).toBeLessThan(ballast.length);
  });

  it('runs on as long as asked, and no longer than the limit', async () => {
    const path = await write('timed.tflite', convolutions());
    const runs = async (options: object): Promise<number> => {
      const [{ how }] = await measureHost(path, { runtimes: ['onnxruntime'], ...options });
      return Number(/Middle of (\d+) run/.exec(how!)?.[1]);
    };
    expect(await runs({ runs: 7, seconds: 0 })).toBe(7);
    expect(await runs({ runs: 1, seconds: 0.3 })).toBeGreaterThan(7);
    expect(await runs({ runs: 1e9, seconds: 0, limit: 0.2 })).toBeLessThan(1e6);
  });

  it.each([{ runs: 0 }, { runs: 1.5 }, { seconds: -1 }, { limit: Number.NaN }, { threads: 0 }])('refuses %o', async (options) => {
    await expect(measureHost('model.tflite', options)).rejects.toThrow(UsageError);
  });

  it('passes a number of threads on', async () => {
    const path = await write('threads.onnx', convolutions());
    const [{ how }] = await measureHost(path, { ...quick, threads: 1, runtimes: ['onnxruntime'] });
    expect(how).toContain('onnxruntime-node');
    expect(how).toContain(', 1 thread;');
  });
});

describe('what cannot be measured', () => {
  it('names the operator that a runtime lacks, and goes on with the others', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'float64', shape: [1, 6] });
    const path = await write('double.onnx', b.finish('g', [b.op('Exp', [x], {}, { outputs: ['y'] })]));
    const results = await measureHost(path, quick);
    expect(results.find((r) => r.runtime === 'onnxruntime')).toMatchObject({ fits: true });
    const litert = results.find((r) => r.runtime === 'litert');
    expect(litert).toMatchObject({ fits: false, source: 'measured' });
    expect(litert?.latency_ms).toBeUndefined();
    expect(litert?.reasons?.join()).toMatch(/^LiteRT \(XNNPACK\) cannot take the model for Exp: .* \(node '.*'\)\.$/);
  });

  it('makes a crash and a silence of the child a sentence', async () => {
    const path = await write('crash.tflite', convolutions());
    const job = { runtime: 'litert', path, inputs: [], runs: 1, seconds: 0, limit: 1 } as const;
    await expect(runChild(job, -0.95)).rejects.toThrow(/^LiteRT \(XNNPACK\) gave no answer within 0\.05\d* s and was stopped\.$/);
    // A heap that V8 cannot start with ends the process without a word of JavaScript.
    process.env.NODE_OPTIONS = '--max-old-space-size=2';
    try {
      await expect(runChild(job)).rejects.toThrow(/^LiteRT \(XNNPACK\) crashed while it had the model \(SIG\w+\)/);
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });

  it('says what a file is that is no model', async () => {
    const path = join(folder, 'text.tflite');
    writeFileSync(path, 'this is no model');
    await expect(measureHost(path, quick)).rejects.toMatchObject({ exitCode: exitCodes.model });
  });

  it('compiles no C that a compiler takes minutes for', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [1, 1024] });
    const path = await write(
      'large.tflite',
      b.finish('large', [b.op('FullyConnected', [x, weights(b, [4200, 1024], 'w')], {}, { outputs: ['y'] })]),
    );
    const [result] = await measureHost(path, { ...quick, runtimes: ['edgeml-c'] });
    expect(result).toMatchObject({ fits: false, reasons: [expect.stringContaining('take 17203200 bytes')] });
  });

  it('tells where a compiler was asked for and there is none', async () => {
    const path = await write('nocc.tflite', convolutions());
    process.env.CC = 'no-such-compiler';
    try {
      const [asked] = await measureHost(path, { ...quick, runtimes: ['edgeml-c'] });
      expect(asked).toMatchObject({ runtime: 'edgeml-c', fits: false });
      expect(asked.reasons?.[0]).toContain('no C compiler');
      const others = await measureHost(path, { ...quick, runs: 1 });
      expect(others.map((r) => r.runtime)).toEqual(['onnxruntime', 'litert']);
    } finally {
      delete process.env.CC;
    }
  });
});

describe.skipIf(process.platform !== 'linux')('an interrupted measurement', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('leaves no file and no process after %s', async (signal) => {
    const path = await write('long.tflite', convolutions());
    const program = `const { measureHost } = await import(${JSON.stringify(source)}); await measureHost(${JSON.stringify(path)}, { seconds: 60 });`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: projectRoot,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => parent.once('exit', (_, by) => resolve(by)));
    await expect.poll(() => measuring(parent.pid!).length, { timeout: 30_000, interval: 50 }).toBe(1);
    const [child] = measuring(parent.pid!);
    expect(ownLeftovers().length).toBeGreaterThan(0);
    parent.kill(signal);
    expect(await ended).toBe(signal);
    expect(ownLeftovers()).toEqual([]);
    await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 5000 }).toBe(false);
  });
});

/** Child processes that measure, by their command line. */
const measuring = (pid: number): string[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${pid}`], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('bench/host/child'))
    .map((line) => line.trim().split(' ')[0]);
