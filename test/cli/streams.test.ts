import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from './build.js';
import { because, bin, edgeml, temporaryFolder } from './run.js';
import { writeSamples, writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const basic = ['quantize', '../small.tflite', '--calibrate', '../samples.npy'];
let places = 0;
const place = (): string => {
  const path = at(`place-${places++}`);
  mkdirSync(path);
  return path;
};

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 20);
});

describe('stdout', () => {
  it('may be closed by a reader that has seen enough; files are written all the same', async () => {
    const cwd = place();
    const { code, stderr } = await edgeml(basic, { cwd, during: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual(['small_int8.tflite']);
  });

  it('on a full device is an error and no success', ({ skip }) => {
    skip(because(!existsSync('/dev/full'), 'there is no /dev/full'));
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, 'inspect', at('small.tflite')], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^edgeml: Cannot write the result to stdout: .*ENOSPC/);
  });
});

describe('an interrupted run', () => {
  // Moments from before anything is loaded to the verification of the result.
  it.each([
    ['SIGINT', 100],
    ['SIGINT', 500],
    ['SIGINT', 900],
    ['SIGTERM', 700],
  ] as const)('by %s after %i ms ends with 130 and leaves the old file and nothing else', async (signal, delay) => {
    const cwd = place();
    writeFileSync(join(cwd, 'out.tflite'), 'old');
    // Noise in any amount makes the run as long as the test needs it.
    const args = ['quantize', '../small.tflite', '--random-calibration', '--samples', '20000', '-o', 'out.tflite'];
    const ran = await edgeml(args, { cwd, during: (child) => void setTimeout(delay).then(() => child.kill(signal)) });
    // Before the program has installed its handlers the system ends it, with the same status in a shell.
    if (ran.signal === null) {
      expect(ran.code).toBe(130);
      expect(ran.stderr).toContain(`edgeml: interrupted by ${signal}; no file is left half-written.\n`);
    } else expect(ran.signal).toBe(signal);
    expect(ran.stdout).toBe('');
    expect(readdirSync(cwd)).toEqual(['out.tflite']);
    expect(readFileSync(join(cwd, 'out.tflite'), 'utf8')).toBe('old');
  });
});

/** Runs the command line on a terminal of its own (`script` of util-linux) and returns all that it showed. */
async function onTerminal(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const quoted = [process.execPath, bin, ...args].map((a) => `'${a}'`).join(' ');
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn('script', ['-qec', quoted, '/dev/null'], { cwd, env: { ...inherited, TERM: 'xterm-256color', ...env } });
  let shown = '';
  child.stdout.on('data', (d) => {
    shown += d;
  });
  await new Promise((done) => child.on('close', done));
  return shown;
}

const hasScript = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();

const color = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`);
const clear = `\r${String.fromCharCode(27)}[2K`;

describe('a terminal', () => {
  it('shows progress, takes it away again, and shows the result in colour', async ({ skip }) => {
    skip(because(!hasScript, 'there is no `script` of util-linux to make a terminal with'));
    const shown = await onTerminal(basic, place());
    expect(shown).toMatch(/Calibrating [█▏▎▍▌▋▊▉]+·* {2}\d+\/16/);
    expect(shown).toContain(clear);
    const result = shown.slice(shown.lastIndexOf(clear) + clear.length);
    expect(result).toMatch(color);
    expect(result).toContain('small.tflite → int8');
    expect(result).not.toContain('Verifying');
  });

  it('shows no colour with NO_COLOR, and no progress with --quiet or where it is dumb', async ({ skip }) => {
    skip(because(!hasScript, 'there is no `script` of util-linux to make a terminal with'));
    expect(await onTerminal(basic, place(), { NO_COLOR: '1' })).not.toMatch(color);
    expect(await onTerminal([...basic, '--quiet'], place())).toBe('small_int8.tflite\r\n');
    const dumb = await onTerminal(basic, place(), { TERM: 'dumb' });
    expect(dumb).not.toMatch(color);
    expect(dumb).not.toContain('Calibrating');
  });
});

describe('a bug', () => {
  /** Something that edgeml relies on fails in a way that it cannot foresee. */
  const broken = `--import=data:text/javascript,${encodeURIComponent("JSON.stringify = () => { throw new TypeError('no such thing') }")}`;

  it('is called one, ends with 70, and shows its stack only on demand', async () => {
    const args = ['inspect', at('small.tflite'), '--json'];
    const plain = await edgeml(args, { env: { NODE_OPTIONS: broken } });
    expect(plain).toMatchObject({ code: 70, stdout: '' });
    expect(plain.stderr).toBe(
      'edgeml: this is a bug in edgeml: no such thing\nPlease report it with the command and, where possible, the model. EDGEML_DEBUG=1 shows where it happened.\n',
    );
    const debug = await edgeml(args, { env: { NODE_OPTIONS: broken, EDGEML_DEBUG: '1' } });
    expect(debug.code).toBe(70);
    expect(debug.stderr).toMatch(/TypeError: no such thing\n +at JSON\.stringify/);
  });
});
