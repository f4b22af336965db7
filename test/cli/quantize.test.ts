import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { missing, shared } from '../shared.js';
import { ensureBuilt } from './build.js';
import { edgeml, temporaryFolder } from './run.js';
import { writeSamples, writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let places = 0;
/** An empty working directory of its own for each test, with the model and the samples one level up. */
const place = (): string => {
  const path = at(`place-${places++}`);
  mkdirSync(path);
  return path;
};
const basic = ['quantize', '../small.tflite', '--calibrate', '../samples.npy'];
const escapeCharacter = String.fromCharCode(27);

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 20);
});

describe('edgeml quantize', () => {
  it('writes <name>_int8.tflite to the working directory and prints a plain summary', async () => {
    const cwd = place();
    const { code, stdout, stderr } = await edgeml(basic, { cwd });
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['small_int8.tflite']);
    expect(stdout).toMatch(/^small\.tflite → int8, inputs and outputs int8\n/);
    expect(stdout).toMatch(/small_int8\.tflite +\d+\.\d kB +\d+\.\d× (smaller|larger) +@litertjs\/core/);
    expect(stdout).toMatch(/output +SQNR +max error\n +scores +\d+\.\d dB/);
    expect(stdout).toMatch(/top-1 agreement \d+\.\d %/);
    expect(stdout).toMatch(/calibration +16 samples of /);
    expect(stdout).not.toContain(escapeCharacter);
    expect(stderr).toBe('');
  });

  it('prints only the paths with --quiet, and makes the same bytes again', async () => {
    const cwd = place();
    const first = await edgeml([...basic, '--quiet', '-o', 'a.tflite'], { cwd });
    const second = await edgeml([...basic, '-q', '-o', 'b.tflite'], { cwd });
    expect([first.stdout, second.stdout]).toEqual(['a.tflite\n', 'b.tflite\n']);
    expect(readFileSync(join(cwd, 'a.tflite')).equals(readFileSync(join(cwd, 'b.tflite')))).toBe(true);
  });

  it('prints one JSON document with --json, with the path of each file', async () => {
    const cwd = place();
    const { code, stdout } = await edgeml([...basic, '--json', '--to', 'tflite,onnx', '-o', 'out.tflite', '--min-sqnr', '-100'], { cwd });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.schema).toBe('edgeml.quantize/1');
    expect(report.files.map((f: { path: string }) => f.path)).toEqual(['out.tflite', 'out.onnx']);
    for (const f of report.files) expect(statSync(join(cwd, f.path)).size).toBe(f.size);
    expect(report.gates).toEqual({ min_sqnr: -100, met: true, failures: [] });
  });

  it.each([
    ['dynamic', ['--scheme', 'dynamic'], 'small_dynamic.tflite'],
    ['float16', ['--scheme', 'float16'], 'small_float16.tflite'],
    ['int16x8', ['--scheme', 'int16x8', '--calibrate', '../samples.npy'], 'small_int16x8.tflite'],
    ['a folder', ['--calibrate', '../samples.npy', '-o', './'], 'small_int8.tflite'],
    ['ONNX by extension', ['--calibrate', '../samples.npy', '-o', 'model.onnx', '--io', 'float32'], 'model.onnx'],
  ])('names the file: %s', async (_, args, expected) => {
    const cwd = place();
    const { code, stderr } = await edgeml(['quantize', '../small.tflite', ...args], { cwd });
    expect({ code, files: readdirSync(cwd), stderr }).toMatchObject({ code: 0, files: [expected] });
  });

  it('never overwrites the model, also not through a link', async () => {
    const cwd = place();
    await writeSmallModel(join(cwd, 'small.tflite'));
    symlinkSync('small.tflite', join(cwd, 'link.tflite'));
    const before = readFileSync(join(cwd, 'small.tflite'));
    for (const output of ['small.tflite', 'link.tflite']) {
      const { code, stderr } = await edgeml(['quantize', 'small.tflite', '--calibrate', '../samples.npy', '-o', output], { cwd });
      expect(code).toBe(2);
      expect(stderr).toBe(`edgeml: ${output} is the model itself, which is never overwritten. Give another name with --output.\n`);
    }
    expect(readFileSync(join(cwd, 'small.tflite')).equals(before)).toBe(true);
  });

  it('ends with 1 and writes nothing where a gate is not met', async () => {
    const cwd = place();
    const { code, stdout, stderr } = await edgeml([...basic, '--min-sqnr', '90', '--json'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^edgeml: Gate --min-sqnr: output 'scores' of the \.tflite file has \d+\.\d+ dB; 90 dB is asked\.\nNothing was written\.\n$/,
    );
    expect(readdirSync(cwd)).toEqual([]);
    const report = JSON.parse(stdout);
    expect(report.gates).toMatchObject({ min_sqnr: 90, met: false });
    expect(report.gates.failures).toHaveLength(1);
    expect(report.files[0]).not.toHaveProperty('path');
  });

  it('prints no path with --quiet where a gate is not met', async () => {
    const { code, stdout } = await edgeml([...basic, '--min-sqnr', '90', '--quiet'], { cwd: place() });
    expect([code, stdout]).toEqual([1, '']);
  });

  it('warns loudly of random calibration', async () => {
    const cwd = place();
    const { code, stderr } = await edgeml(['quantize', '../small.tflite', '--random-calibration', '--quiet'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^edgeml: warning: CALIBRATED WITH RANDOM NOISE/);
  });

  it('replaces an older result', async () => {
    const cwd = place();
    writeFileSync(join(cwd, 'out.tflite'), 'old');
    expect((await edgeml([...basic, '-o', 'out.tflite'], { cwd })).code).toBe(0);
    expect(statSync(join(cwd, 'out.tflite')).size).toBeGreaterThan(1000);
    expect(readdirSync(cwd)).toEqual(['out.tflite']);
  });

  it('takes its settings from edgeml.yaml, then from the environment, then from flags', async () => {
    const cwd = place();
    await writeSmallModel(join(cwd, 'small.tflite'));
    writeFileSync(
      join(cwd, 'edgeml.yaml'),
      'model: small.tflite\nquantize:\n  calibrate: ../samples.npy\n  io: float32\n  ranges: minmax\n  scheme: int16x8\n',
    );
    const env = { EDGEML_RANGES: 'mse', EDGEML_SCHEME: 'int8' };
    const { code, stdout, stderr } = await edgeml(['quantize', '--json', '--ranges', 'kl'], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ io: 'float32', scheme: 'int8', ranges: { method: 'kl' }, config: 'edgeml.yaml' });
    expect(existsSync(join(cwd, 'small_int8.tflite'))).toBe(true);
  });
});

const noData = missing('data/ic_eval') ?? missing('models/mlperf-tiny/ic_resnet8.h5');

describe.skipIf(noData)('on ResNet-8 and CIFAR-10', () => {
  it('measures the accuracy that is published for the float model', async () => {
    const cwd = place();
    const data = ['--calibrate', shared('data/ic_calibration'), '--evaluate', shared('data/ic_eval'), '--raw', 'uint8'];
    const args = ['quantize', shared('models/mlperf-tiny/ic_resnet8.h5'), ...data, '--ranges', 'minmax', '--max-drop', '2%'];
    const { code, stdout, stderr } = await edgeml([...args, '--json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report.evaluation).toMatchObject({ samples: 200, from: 'evaluate' });
    expect(report.files[0].accuracy).toMatchObject({ float: 0.855, samples: 200 });
    expect(report.model.size / report.files[0].size).toBeGreaterThan(3);
    const text = await edgeml(['verify', args[1], 'ic_resnet8_int8.tflite', '--data', shared('data/ic_eval'), '--raw', 'uint8'], { cwd });
    expect(text.stdout).toMatch(/accuracy 85\.5 % → 8\d\.\d % on 200 labelled samples/);
  });
});

describe('edgeml verify', () => {
  it('compares two files and holds them against gates', async () => {
    const cwd = place();
    await edgeml([...basic, '-o', 'q.tflite'], { cwd });
    const args = ['verify', '../small.tflite', 'q.tflite', '--data', '../samples.npy'];
    const text = await edgeml(args, { cwd });
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/scores +\d+\.\d dB/);
    expect(text.stdout).toMatch(/compared on +20 samples of /);
    const json = JSON.parse((await edgeml([...args, '--json'], { cwd })).stdout);
    expect(json).toMatchObject({ schema: 'edgeml.verify/1', samples: 20 });
    const gate = await edgeml([...args, '--min-sqnr', '90', '--quiet'], { cwd });
    expect(gate.code).toBe(1);
    expect(gate.stdout).toBe('');
    expect(gate.stderr).toMatch(/^edgeml: Gate --min-sqnr: output 'scores' of q\.tflite has/);
  });

  it('asks for samples', async () => {
    const { code, stderr } = await edgeml(['verify', at('small.tflite'), at('small.tflite')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^edgeml: There are no samples to compare on\. Give them with --data PATH/);
  });
});

describe('edgeml inspect', () => {
  it('shows ports, operators and cost as they are', async () => {
    const { code, stdout, stderr } = await edgeml(['inspect', at('small.tflite'), '--layers']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/input +x +float32\[1,8,8,3\]/);
    expect(stdout).toMatch(/output +scores +float32\[1,4\]/);
    // 8·3·3·3 + 8 weights of the convolution, 4·8 + 4 of the dense layer.
    expect(stdout).toMatch(/parameters +260 \(1\.0 kB\)/);
    // 64 positions · 8 filters · 27 weights, and 32 of the dense layer.
    expect(stdout).toMatch(/multiply-accumulates +13\.86 k/);
    expect(stdout).toMatch(/features +Conv2D +float32\[1,8,8,8\] +224 +13\.82 k/);
    expect(stdout).toContain('Every operator can be quantized to int8, for TFLite and for ONNX.');
  });

  it('gives the same as JSON', async () => {
    const report = JSON.parse((await edgeml(['inspect', at('small.tflite'), '--json'])).stdout);
    expect(report).toMatchObject({
      schema: 'edgeml.inspect/1',
      graph: 'simplified',
      macs: 64 * 8 * 27 + 32,
      parameters: { count: 260, bytes: 1040 },
      // x and features together: 8·8·3 + 8·8·8 floats.
      activations: { peak_bytes: 4 * (192 + 512), int8_bytes: 192 + 512, at: 'features' },
      quantization: { unsupported: {}, stays_float: [] },
    });
  });

  it('shows parameters of a quantized model, and that it cannot be quantized again', async () => {
    const cwd = place();
    await edgeml([...basic, '-o', 'q.tflite'], { cwd });
    const { stdout } = await edgeml(['inspect', 'q.tflite', '--tensors'], { cwd });
    expect(stdout).toMatch(/scores +int8\[1,4\] +scale 0\.00390625, zero point -128/);
    expect(stdout).toMatch(/int8\[8,3,3,3\] +constant +8 scales along axis 0/);
    expect(stdout).toContain('is quantized already');
    const quiet = await edgeml(['inspect', 'q.tflite', '--quiet'], { cwd });
    expect(quiet.stdout).toMatch(/^q\.tflite is quantized already[^\n]*\n$/);
  });
});
