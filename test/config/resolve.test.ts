import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfig, readConfig } from '../../src/config/file.js';
import { resolveSettings } from '../../src/config/resolve.js';
import { kebab, settings, settingsOf, variable, verbs } from '../../src/config/settings.js';
import { UsageError } from '../../src/errors.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();
let places = 0;
function config(text: string): { dir: string; path: string; model: string } {
  const dir = join(folder, `p${places++}`);
  mkdirSync(dir);
  const path = join(dir, 'edgeml.yaml');
  writeFileSync(path, text);
  return { dir, path, model: join(dir, 'm.onnx') };
}

describe('settings', () => {
  it('have flags and variables of their own', () => {
    const names = Object.keys(settings);
    expect(new Set(names.map(kebab)).size).toBe(names.length);
    expect(variable('maxDrop')).toBe('EDGEML_MAX_DROP');
    expect(kebab('inputShape')).toBe('input-shape');
  });

  it('all belong to a verb', () => {
    const used = new Set((Object.keys(verbs) as (keyof typeof verbs)[]).flatMap(settingsOf));
    expect(Object.keys(settings).filter((n) => !used.has(n as never))).toEqual([]);
  });
});

describe('precedence', () => {
  const { model } = config('data: { mean: 1, std: 2, scale: 3 }\nquantize: { std: 20, scheme: int8, io: int8, ranges: kl }\n');

  it('is flags, variables, the section of the verb, the shared sections', async () => {
    const env = { EDGEML_IO: 'uint8', EDGEML_RANGES: 'mse' };
    const { values, origins } = await resolveSettings('quantize', { ranges: 'minmax' }, model, env);
    expect(values).toEqual({ mean: 1, std: 20, scale: 3, scheme: 'int8', io: 'uint8', ranges: 'minmax' });
    expect([origins.get('ranges'), origins.get('io'), origins.get('std')]).toEqual(['flag', 'environment', 'edgeml.yaml']);
  });

  it('takes from the file only what the verb knows', async () => {
    expect((await resolveSettings('verify', {}, model, {})).values).toEqual({ mean: 1, std: 2, scale: 3 });
    expect((await resolveSettings('inspect', {}, model, {})).values).toEqual({});
  });

  it('passes over empty variables', async () => {
    expect((await resolveSettings('quantize', {}, model, { EDGEML_IO: '' })).values.io).toBe('int8');
  });

  it('finds the nearest file above the model', async () => {
    const { dir } = config('quantize: { seed: 5 }\n');
    mkdirSync(join(dir, 'a/b'), { recursive: true });
    const { values, config: used } = await resolveSettings('quantize', {}, join(dir, 'a/b/m.onnx'), {});
    expect(values.seed).toBe(5);
    expect(used).toBe(join(dir, 'edgeml.yaml'));
    writeFileSync(join(dir, 'a/edgeml.yaml'), 'quantize: { seed: 6 }\n');
    expect((await resolveSettings('quantize', {}, join(dir, 'a/b/m.onnx'), {})).values.seed).toBe(6);
    expect(findConfig(join(folder, 'p0'))).toBe(join(folder, 'p0/edgeml.yaml'));
  });
});

describe('values', () => {
  const of = async (flags: Record<string, string | string[]>) =>
    (await resolveSettings('quantize', flags, join(folder, 'm.onnx'), {})).values;

  it('are read from text', async () => {
    expect(
      await of({
        mean: '1,2.5,-3',
        std: '2',
        maxDrop: '1%',
        to: 'onnx,tflite',
        classes: 'cat, dog',
        keepFloat: ['a,b', 'op:X'],
        seed: '7',
      }),
    ).toEqual({
      mean: [1, 2.5, -3],
      std: 2,
      maxDrop: 0.01,
      to: ['onnx', 'tflite'],
      classes: ['cat', 'dog'],
      keepFloat: ['a,b', 'op:X'],
      seed: 7,
    });
    expect((await of({ maxDrop: '0.005' })).maxDrop).toBe(0.005);
    expect((await of({ maxDrop: '0' })).maxDrop).toBe(0);
  });

  it('have units of memory and time', async () => {
    const bench = async (flags: Record<string, string>) => (await resolveSettings('bench', flags, join(folder, 'm.onnx'), {})).values;
    const sizes = ['65536', '64K', '64 KiB', '1M', '0.5k'].map(async (maxRam) => (await bench({ maxRam })).maxRam);
    expect(await Promise.all(sizes)).toEqual([65536, 65536, 65536, 1048576, 512]);
    const times = ['20', '20ms', '0.5s', '800us', '10m', '2min', '24h', '2d'].map(
      async (maxLatency) => (await bench({ maxLatency })).maxLatency,
    );
    expect(await Promise.all(times)).toEqual([20, 20, 500, 0.8, 600_000, 120_000, 86_400_000, 172_800_000]);
    await expect(bench({ maxRam: '64Q' })).rejects.toThrow("--max-ram: '64Q' is not a number of bytes such as 65536, 64K or 1M.");
    await expect(bench({ maxLatency: '5weeks' })).rejects.toThrow("--max-latency: '5weeks' is not a time such as 20ms, 0.5s or 10m.");
  });

  it('may be left out where a flag has a usual one, in variables and files too', async () => {
    const main = async (flags: Record<string, string>, env: Record<string, string> = {}) =>
      (await resolveSettings('codegen', flags, join(folder, 'm.onnx'), env)).values.main;
    expect(await main({ main: 'serial' })).toBe('serial');
    expect(await main({}, { EDGEML_MAIN: '1' })).toBe('files');
    expect((await readConfig(config('codegen:\n  main: true\n').path)).verbs.codegen).toEqual({ main: 'files' });
    await expect(main({ main: 'model.tflite' })).rejects.toThrow(/Put the model before --main, or write --main files\./);
  });

  it('are shapes by input, the name parted at the last =', async () => {
    expect((await of({ inputShape: ['1,3,224,224'] })).inputShape).toEqual({ '': [1, 3, 224, 224] });
    expect((await of({ inputShape: ['x:0=1,3', 'a=b=2'] })).inputShape).toEqual({ 'x:0': [1, 3], 'a=b': [2] });
    await expect(of({ inputShape: ['x=1', 'x=2'] })).rejects.toThrow("--input-shape gives the shape of 'x' twice.");
  });

  it('of variables split lists, shapes at spaces', async () => {
    const env = { EDGEML_KEEP_FLOAT: 'a*, op:X', EDGEML_INPUT_SHAPE: 'x=1,3 y=2', EDGEML_ADAPTIVE_ROUNDING: '0', EDGEML_JSON: 'yes' };
    const { values } = await resolveSettings('quantize', {}, join(folder, 'm.onnx'), env);
    expect(values).toEqual({ keepFloat: ['a*', 'op:X'], inputShape: { x: [1, 3], y: [2] }, adaptiveRounding: false, json: true });
  });

  it.each([
    [{ EDGEML_SCHEME: 'int88' }, "EDGEML_SCHEME: 'int88' is not one of int8, int16x8, dynamic, float16. Did you mean int8?"],
    [{ EDGEML_JSON: 'maybe' }, "EDGEML_JSON: 'maybe' is not true or false."],
    [{ EDGEML_CROP_FRACTION: '1.5' }, 'EDGEML_CROP_FRACTION: 1.5 is not above 0 and at most 1.'],
    [{ EDGEML_MAX_DROP: '-1%' }, "EDGEML_MAX_DROP: '-1%' is not a share such as 1% or 0.01."],
    [{ EDGEML_MIN_SQNR: '20dB' }, "EDGEML_MIN_SQNR: '20dB' is not a number."],
    [{ EDGEML_TO: 'onnx,onnx' }, 'EDGEML_TO: ["onnx","onnx"] is a list that names one twice.'],
  ])('%j is turned down', async (env, sentence) => {
    await expect(resolveSettings('quantize', {}, join(folder, 'm.onnx'), env)).rejects.toThrow(new UsageError(sentence));
  });
});

describe('edgeml.yaml', () => {
  it('has paths relative to its own folder', async () => {
    const { dir, path } = config('model: a/m.h5\ndata: { labels: l.csv }\nquantize: { calibrate: ../images, output: out/ }\n');
    const file = await readConfig(path);
    expect(file.model).toBe(join(dir, 'a/m.h5'));
    expect(file.shared.labels).toBe(join(dir, 'l.csv'));
    expect(file.verbs.quantize).toEqual({ calibrate: join(folder, 'images'), output: join(dir, 'out/') });
  });

  it('takes settings for single inputs, singles for lists, and empty sections', async () => {
    const { path } = config(
      'data:\n  per-input: { image: { mean: 127.5 }, ids: { raw: int16 } }\nquantize: { keep-float: op:X, label-column: 3 }\ngates:\n',
    );
    const file = await readConfig(path);
    expect(file.shared.perInput).toEqual({ image: { mean: 127.5 }, ids: { raw: 'int16' } });
    expect(file.verbs.quantize).toEqual({ keepFloat: ['op:X'], labelColumn: '3' });
    expect((await readConfig(config('').path)).verbs).toEqual({ quantize: {}, verify: {}, codegen: {}, bench: {}, bundle: {}, deploy: {} });
  });

  it.each([
    [
      'data:\n  per-input:\n    x: { labels: y }\n',
      "3:10: unknown key 'labels' in data.per-input.x. It belongs under data: or quantize: or verify: or bench: or bundle: or deploy:.",
    ],
    ['quantize:\n  json: true\n', "unknown key 'json' in quantize. Known are calibrate,"],
    ['quantise: {}\n', "1:1: unknown key 'quantise'. Did you mean quantize?"],
    [
      '- a\n',
      '1:1: the file is not a mapping with keys such as model, input-shape, data, gates, quantize, verify, codegen, bench, bundle, deploy.',
    ],
    ['model:\n', '1:7: model: nothing is not text.'],
    ['input-shape: { x: [1, a] }\n', "1:23: input-shape.x.1: 'a' is not a whole number."],
    ['model: a\nmodel: b\n', '2:1: this is not valid YAML: Map keys must be unique.'],
    ['a: &a [1]\n?', 'unknown key'],
  ])('%j is turned down', async (text, sentence) => {
    const { path } = config(text);
    const error = (await readConfig(path).catch((e: unknown) => e)) as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message.startsWith(path)).toBe(true);
    expect(error.message).toContain(sentence);
  });

  it('does not multiply aliases without bound', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [of, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((p) => [p[0], p[1]]))
      lines.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`);
    const { path } = config(`${lines.join('\n')}\n`);
    await expect(readConfig(path)).rejects.toThrow(/Write the values out instead of using aliases/);
  });
});
