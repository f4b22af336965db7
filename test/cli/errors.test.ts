import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from './build.js';
import { because, edgeml, temporaryFolder } from './run.js';
import { writeSamples, writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 20);
  mkdirSync(at('empty'));
  writeFileSync(at('cut.tflite'), readFileSync(at('small.tflite')).subarray(0, 700));
  writeFileSync(at('text.tflite'), 'no model at all');
});

/** What a faulty call says; stdout has to be empty, and nothing may appear in the folder. */
async function refused(args: readonly string[], code: number): Promise<string> {
  const before = readdirSync(folder);
  const ran = await edgeml(args, { cwd: folder });
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
  expect(readdirSync(folder)).toEqual(before);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
  return ran.stderr;
}

const basic = ['quantize', 'small.tflite', '--calibrate', 'samples.npy'];

describe('a call that makes no sense ends with 2', () => {
  it.each([
    [['quantise', 'small.tflite'], "edgeml: unknown command 'quantise'. Did you mean quantize?\n"],
    [['help', 'flet'], "edgeml: unknown command 'flet'. Did you mean fleet?\n"],
    [
      ['small.tflite'],
      "edgeml: unknown command 'small.tflite'. To quantize that model: edgeml quantize small.tflite --calibrate PATH; to look at it: edgeml inspect small.tflite.\n",
    ],
    [[...basic, '--sampels', '5'], "edgeml: unknown option '--sampels'. Did you mean --samples?\n"],
    [
      [...basic, 'other.tflite'],
      "edgeml: too many arguments for 'quantize'. Expected 1 argument but got 2. 'edgeml quantize --help' lists what there is.\n",
    ],
    [['verify', 'small.tflite'], "edgeml: missing required argument 'quantized'. 'edgeml verify --help' lists what there is.\n"],
    [[...basic, '--scheme', 'int9'], "edgeml: --scheme: 'int9' is not one of int8, int16x8, dynamic, float16. Did you mean int8?\n"],
    [[...basic, '--to', 'tflite,onxx'], "edgeml: --to: 'onxx' is not one of tflite, onnx. Did you mean onnx?\n"],
    [[...basic, '--samples', '-3'], 'edgeml: --samples: -3 is below 1.\n'],
    [[...basic, '--samples', '2.5'], 'edgeml: --samples: 2.5 is not a whole number.\n'],
    [[...basic, '--seed', 'x'], "edgeml: --seed: 'x' is not a whole number.\n"],
    [[...basic, '--max-drop', '1'], 'edgeml: --max-drop: 1 is not below 1, the whole: one percent is 1% or 0.01.\n'],
    [[...basic, '--mean', '1,a'], 'edgeml: --mean: [1,"a"] is not a number or a list of numbers, one per channel.\n'],
    [[...basic, '--input-shape', 'x=1,0,3'], 'edgeml: --input-shape: 0 is not a dimension, which is 1 or more.\n'],
    [
      [...basic, '-o', 'out.onnx', '--to', 'tflite'],
      'edgeml: --output out.onnx is named like a .onnx file, but --to says tflite. Change one of them.\n',
    ],
    [
      [...basic, '-o', 'out.bin'],
      'edgeml: --output out.bin ends neither in .tflite nor in .onnx, which would decide the format. Add one, or say --to tflite or --to onnx.\n',
    ],
    [[...basic, '--random-calibration'], 'edgeml: --calibrate and --random-calibration exclude each other: give samples, or none.\n'],
  ])('%j', async (args, sentence) => {
    expect(await refused(args, 2)).toBe(sentence);
  });

  it('without a model', async () => {
    expect(await refused(['quantize'], 2)).toBe(
      'edgeml: No model was given and there is no edgeml.yaml here or above. Name one: edgeml quantize MODEL.\n',
    );
  });

  it('without calibration data, and says how to give some', async () => {
    expect(await refused(['quantize', 'small.tflite'], 2)).toMatch(/^edgeml: The int8 scheme needs calibration samples.*--calibrate PATH/);
  });

  it('with a pattern that matches nothing', async () => {
    expect(await refused([...basic, '--keep-float', 'nothing*'], 2)).toMatch(/^edgeml: --keep-float 'nothing\*' matches no node/);
  });

  it('with a misspelt environment variable only warns', async () => {
    const { code, stderr } = await edgeml(['inspect', 'small.tflite'], { cwd: folder, env: { EDGEML_MAXDROP: '1%' } });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'edgeml: warning: The environment variable EDGEML_MAXDROP is no setting and is ignored. Did you mean EDGEML_MAX_DROP?\n',
    });
  });
});

describe('a file that cannot be used ends with 3', () => {
  it.each([
    ['missing', 'gone.tflite', /^edgeml: Cannot read gone\.tflite: there is no such file\.\n$/],
    ['cut off', 'cut.tflite', /^edgeml: cut\.tflite/],
    ['no model', 'text.tflite', /^edgeml: text\.tflite /],
    ['a folder', 'empty', /^edgeml: empty is a folder, not a model\./],
  ])('a model that is %s', async (_, model, sentence) => {
    expect(await refused(['quantize', model, '--calibrate', 'samples.npy'], 3)).toMatch(sentence);
    expect(await refused(['inspect', model], 3)).toMatch(sentence);
  });

  it.each([
    ['missing', 'gone', /^edgeml: gone does not exist/],
    ['an empty folder', 'empty', /^edgeml: empty is empty/],
    ['no data', 'text.tflite', /^edgeml: text\.tflite/],
  ])('calibration data that is %s', async (_, data, sentence) => {
    expect(await refused(['quantize', 'small.tflite', '--calibrate', data], 3)).toMatch(sentence);
  });

  it('an output folder that does not exist, before anything is computed', async () => {
    expect(await refused(['quantize', 'gone.tflite', '--calibrate', 'gone', '-o', 'nowhere/out.tflite'], 3)).toBe(
      'edgeml: Cannot write nowhere/out.tflite: the folder nowhere does not exist. Create it or write elsewhere with --output.\n',
    );
  });

  it('an output folder that may not be written to', async ({ skip }) => {
    skip(because(process.getuid?.() === 0, 'root may write everywhere'));
    skip(because(process.platform === 'win32', 'Windows has no permission bits on folders'));
    mkdirSync(at('locked'));
    chmodSync(at('locked'), 0o555);
    expect(await refused([...basic, '-o', 'locked/out.tflite'], 3)).toMatch(/there is no permission to write in locked/);
  });

  it('a device that is full', async ({ skip }) => {
    skip(because(!existsSync('/dev/full'), 'there is no /dev/full'));
    expect(await refused([...basic, '-o', '/dev/full', '--to', 'tflite'], 3)).toMatch(
      /^edgeml: Cannot write \/dev\/full: the disk is full \(the file takes \d+ bytes\)\. Free some space or write elsewhere with --output\.\n$/,
    );
  });

  it('a disk that is full: the old file stays, no temporary file is left', async ({ skip }) => {
    const disk = at('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], { stdio: 'pipe' });
    } catch (error) {
      skip(because(true, `a small tmpfs cannot be mounted here (${(error as Error).message.split('\n')[0]})`));
    }
    try {
      writeFileSync(join(disk, 'out.tflite'), 'old');
      const { code, stdout, stderr } = await edgeml([...basic, '-o', 'disk/out.tflite'], { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^edgeml: Cannot write disk\/out\.tflite: the disk is full \(the file takes \d+ bytes\)\./);
      expect(readdirSync(disk)).toEqual(['out.tflite']);
      expect(readFileSync(join(disk, 'out.tflite'), 'utf8')).toBe('old');
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('edgeml.yaml that makes no sense ends with 2', () => {
  it.each([
    [
      'quantize:\n  calibrat: samples\n  ranges: kll\n',
      "edgeml: edgeml.yaml:3:11: quantize.ranges: 'kll' is not one of auto, minmax, percentile, mse, kl. Did you mean kl?\nedgeml.yaml:2:3: unknown key 'calibrat' in quantize. Did you mean calibrate?\n",
    ],
    ['scheme: int8\n', "edgeml: edgeml.yaml:1:1: unknown key 'scheme'. It belongs under quantize:.\n"],
    ['quantize: [1, 2]\n', 'edgeml: edgeml.yaml:1:11: quantize: [1,2] is not a mapping.\n'],
    ['model: "a\n', /^edgeml: edgeml\.yaml:\d+:\d+: this is not valid YAML: .*\.\n$/],
    ['data:\n  mean: [1, x]\n', 'edgeml: edgeml.yaml:2:9: data.mean: [1,"x"] is not a number or a list of numbers, one per channel.\n'],
  ])('%j', async (text, sentence) => {
    const cwd = join(temporary(), '');
    writeFileSync(join(cwd, 'edgeml.yaml'), text);
    const { code, stdout, stderr } = await edgeml(['quantize'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof sentence === 'string') expect(stderr).toBe(sentence);
    else expect(stderr).toMatch(sentence);
  });
});

let made = 0;
function temporary(): string {
  const path = at(`config-${made++}`);
  mkdirSync(path);
  return path;
}
