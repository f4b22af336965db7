import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { missing, shared } from '../shared.js';
import type { Report, Task } from './worker.js';

/** One small file of each format. */
const files: Readonly<Record<string, string>> = {
  ONNX: 'models/zoo/face_detection_short_range.onnx',
  'TFLite, float': 'models/mlperf-tiny/kws_dscnn_float.tflite',
  'TFLite, int8': 'models/mlperf-tiny/kws_dscnn_int8_official.tflite',
  'Keras HDF5': 'models/mlperf-tiny/kws_dscnn.h5',
  'Keras zip': 'models/mlperf-tiny/kws_dscnn.keras',
};
/** Silence for longer than this is a hang. */
const hangSeconds = 30;
const heapMegabytes = 512;
/**
 * The heap, and what typed arrays and wasm take beside it. The HDF5 library allocates what a string in the file claims to
 * be long, before it looks whether the file is; the end of its wasm heap, 2 GB, bounds that.
 */
const peakMegabytes = (format: string): number => (format === 'Keras HDF5' ? 2304 : 1024);
/** A command reads one model in a process; memory that a process keeps after many is no concern of the readers. */
const perProcess = 34;

const scratch = mkdtempSync(join(tmpdir(), 'edgeml-bad-input-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Findings {
  readonly read: number;
  readonly refused: readonly string[];
  readonly bugs: readonly string[];
  readonly peak: number;
}

/** Feeds mutations of a file to a child process of bounded heap. A crash or a hang is a finding. */
function findings(task: Task): Promise<Findings> {
  const worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${heapMegabytes}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Promise((resolve) => {
    const refused: string[] = [];
    const bugs: string[] = [];
    let [read, now, noise] = [0, '', ''];
    const finish = (peak: number) => {
      clearTimeout(watch);
      worker.kill('SIGKILL');
      resolve({ read, refused, bugs, peak });
    };
    const hung = () => {
      bugs.push(`${now}: no answer for ${hangSeconds} s`);
      finish(0);
    };
    let watch = setTimeout(hung, hangSeconds * 1000);
    worker.stderr?.on('data', (chunk: Buffer) => {
      noise = (noise + chunk).slice(-2000);
    });
    worker.on('exit', (code, signal) => {
      bugs.push(`${now}: the process ended with ${signal ?? code}: ${noise}`);
      finish(0);
    });
    worker.on('message', (report: Report) => {
      clearTimeout(watch);
      watch = setTimeout(hung, hangSeconds * 1000);
      if ('begins' in report) now = report.begins;
      else if ('done' in report) {
        worker.removeAllListeners('exit');
        finish(report.peakMegabytes);
      } else if (report.ends === 'read') read++;
      else if (report.ends === 'refused') refused.push(report.message as string);
      else bugs.push(`${now}: ${report.message}`);
    });
    worker.send(task);
  });
}

describe.skipIf(missing('models'))('a corrupted model file', () => {
  it.each(Object.entries(files))('%s: is read or refused with a sentence, 40 truncations and 300 byte flips', async (format, path) => {
    const file = shared(path);
    const task = { file, scratch: join(scratch, `model${extname(path)}`), truncations: 40, flips: 300 };
    let read = 0;
    let peak = 0;
    const refused: string[] = [];
    const bugs: string[] = [];
    for (let from = 0; from < task.truncations + task.flips; from += perProcess) {
      const found = await findings({ ...task, from, to: from + perProcess });
      read += found.read;
      peak = Math.max(peak, found.peak);
      refused.push(...found.refused);
      bugs.push(...found.bugs);
    }
    expect(bugs.slice(0, 3)).toEqual([]);
    expect(read + refused.length).toBe(task.truncations + task.flips);
    // Weights may be any numbers, but what is left of a truncated file is no model.
    expect(refused.length).toBeGreaterThanOrEqual(40);
    expect(refused.filter((message) => !message.includes(task.scratch))).toEqual([]);
    expect(peak).toBeLessThan(peakMegabytes(format));
  });
});
