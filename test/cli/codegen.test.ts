import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from './build.js';
import { because, edgeml, temporaryFolder } from './run.js';
import { writeSamples, writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let places = 0;
/** An empty working directory of its own for each test, with the models one level up. */
const place = (): string => {
  const path = at(`place-${places++}`);
  mkdirSync(path);
  return path;
};
const noCompiler = because(spawnSync('cc', ['--version']).status !== 0, 'there is no C compiler (cc)');
const strict = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wpedantic', '-Werror'];

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 20);
  await edgeml(['quantize', 'small.tflite', '--calibrate', 'samples.npy', '-q'], { cwd: folder });
  writeFileSync(at('text.tflite'), 'no model at all');
});

describe('edgeml codegen --for c', () => {
  it('writes <name>_c with sources, kernels and a main, and says what it takes', async () => {
    const cwd = place();
    const { code, stdout, stderr } = await edgeml(['codegen', '../small_int8.tflite', '--main'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual(['small_int8_c']);
    expect(readdirSync(join(cwd, 'small_int8_c')).sort()).toEqual(['edgeml', 'main.c', 'small_int8.c', 'small_int8.h']);
    expect(stdout).toMatch(/small_int8\.tflite → C99 for portable/);
    expect(stdout).toMatch(/RAM +[\d.]+ (KiB \(\d+ bytes\)|bytes) arena/);
    expect(stdout).toContain('Try it: cc -O2 small_int8_c/main.c small_int8_c/small_int8.c -lm && ./a.out IN OUT');
  });

  it.skipIf(noCompiler)('compiles without a warning and answers as many bytes as the outputs have', async () => {
    const cwd = place();
    await edgeml(['codegen', '../small_int8.tflite', '--main', '-q'], { cwd });
    const { inputs, outputs } = JSON.parse((await edgeml(['codegen', '../small_int8.tflite', '--json', '-o', 'again'], { cwd })).stdout);
    execFileSync('cc', [...strict, '-O2', 'small_int8_c/small_int8.c', 'small_int8_c/main.c', '-lm'], { cwd });
    writeFileSync(join(cwd, 'in.bin'), Buffer.alloc(inputs[0].bytes, 1));
    execFileSync('./a.out', ['in.bin', 'out.bin'], { cwd });
    expect(statSync(join(cwd, 'out.bin')).size).toBe(outputs[0].bytes);
    writeFileSync(join(cwd, 'short.bin'), Buffer.alloc(3));
    expect(spawnSync('./a.out', ['short.bin', 'none.bin'], { cwd, encoding: 'utf8' })).toMatchObject({
      status: 1,
      stderr: 'too few bytes in short.bin\n',
    });
    expect(existsSync(join(cwd, 'none.bin'))).toBe(false);
  });

  it.skipIf(noCompiler)('runs over stdin and stdout with --main serial, several times, the same as on files', async () => {
    const cwd = place();
    await edgeml(['codegen', '../small_int8.tflite', '--main', '-o', 'files', '-q'], { cwd });
    await edgeml(['codegen', '../small_int8.tflite', '--main', 'serial', '-o', 'serial', '-q'], { cwd });
    const input = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, i) => i & 255));
    writeFileSync(join(cwd, 'in.bin'), input);
    execFileSync('cc', [...strict, 'files/small_int8.c', 'files/main.c', '-o', 'files/run'], { cwd });
    execFileSync('cc', [...strict, 'serial/small_int8.c', 'serial/main.c', '-o', 'serial/run'], { cwd });
    execFileSync('files/run', ['in.bin', 'out.bin'], { cwd });
    const once = readFileSync(join(cwd, 'out.bin'));
    const { stdout } = spawnSync('serial/run', [], { cwd, input: Buffer.concat([input, input]) });
    expect(stdout.equals(Buffer.concat([once, once]))).toBe(true);
  });

  it('makes the same bytes again, keeps a changed main, and leaves files of others alone', async () => {
    const cwd = place();
    const args = ['codegen', '../small_int8.tflite', '--main', '-o', 'out', '--json'];
    const outcomes = (stdout: string): string[] => [...new Set((JSON.parse(stdout).files as { outcome: string }[]).map((f) => f.outcome))];
    expect(outcomes((await edgeml(args, { cwd })).stdout)).toEqual(['written']);
    expect(outcomes((await edgeml(args, { cwd })).stdout)).toEqual(['unchanged']);
    writeFileSync(join(cwd, 'out/main.c'), 'int main(void) { return 0; }\n');
    expect(outcomes((await edgeml(args, { cwd })).stdout).sort()).toEqual(['kept', 'unchanged']);
    writeFileSync(join(cwd, 'out/small_int8.c'), 'int mine;\n');
    const { code, stderr } = await edgeml(args, { cwd });
    expect(code).toBe(3);
    expect(stderr).toBe(
      'edgeml: out/small_int8.c was not written by edgeml and is left alone. Move it away, or give another --output or --name.\n',
    );
  });

  it('says whose main it keeps, and then not how to try it', async () => {
    const cwd = place();
    const run = (name: string, ...more: string[]) =>
      edgeml(['codegen', '../small_int8.tflite', '--name', name, '--main', '-o', 'out', ...more], { cwd });
    expect((await run('a')).stdout).toMatch(/Try it/);
    const second = (await run('b')).stdout;
    expect(second).toMatch(/out\/main\.c .* kept: it runs 'a'\n/);
    expect(second).not.toMatch(/Try it/);
    writeFileSync(join(cwd, 'out/main.c'), `${readFileSync(join(cwd, 'out/main.c'), 'utf8')}/* more */`);
    expect((await run('a')).stdout).toMatch(/out\/main\.c .* kept: it differs from what edgeml writes/);
    writeFileSync(join(cwd, 'out/main.c'), 'int main(void) { return 0; }\n');
    expect((await run('a')).stdout).toMatch(/out\/main\.c .* kept: it is not edgeml's\n/);
  });

  it('quotes the command for folders that a shell would take apart', async () => {
    const cwd = place();
    const { stdout } = await edgeml(['codegen', '../small_int8.tflite', '--name', 'n', '--main', '-o', "it's mine"], { cwd });
    const [, command] = /Try it: (cc .*) && /.exec(stdout) ?? [];
    expect(command).toBe(`cc -O2 'it'\\''s mine/main.c' 'it'\\''s mine/n.c' -lm`);
    if (!noCompiler) execFileSync('sh', ['-c', command], { cwd });
  });

  it('leaves what was generated from another model alone, and says so', async () => {
    const cwd = place();
    copyFileSync(at('small_int8.tflite'), join(cwd, 'other.tflite'));
    await edgeml(['codegen', 'other.tflite', '--name', 'net', '-o', 'out', '-q'], { cwd });
    const before = readFileSync(join(cwd, 'out/net.c'));
    const { code, stderr } = await edgeml(['codegen', '../small_int8.tflite', '--name', 'net', '-o', 'out'], { cwd });
    expect(code).toBe(3);
    expect(stderr).toBe(
      'edgeml: out/net.h was generated from other.tflite and is left alone. Give another --name or --output, or remove it.\n',
    );
    expect(readFileSync(join(cwd, 'out/net.c')).equals(before)).toBe(true);
    const tflm = ['codegen', '--for', 'tflm', '--name', 'net', '-o', 'tflm'];
    expect((await edgeml([...tflm, 'other.tflite'], { cwd })).code).toBe(0);
    expect((await edgeml([...tflm, '../small_int8.tflite'], { cwd })).stderr).toMatch(/net_model\.h was generated from other\.tflite/);
  });

  it.each(['c', 'tflm'])('says what a name became that is no identifier (%s)', async (product) => {
    const cwd = place();
    const { stderr, code } = await edgeml(['codegen', '../small_int8.tflite', '--for', product, '--name', 'my-net', '-o', 'out'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/--name my-net .* it became my_net\./);
  });

  it('tells of kernel headers that another processor left', async () => {
    const cwd = place();
    const run = (cpu: string) => edgeml(['codegen', '../small_int8.tflite', '--cpu', cpu, '-o', 'out'], { cwd });
    expect((await run('cortex-m4')).stdout).not.toMatch(/left there/);
    expect((await run('portable')).stdout).toMatch(/out\/edgeml\/ .* \d+ headers?; \d+ of earlier runs or other models left there\n/);
  });

  it.each([
    ['pico-sdk', 'cortex-m0plus'],
    ['esp-idf', 'esp32s3'],
    ['zephyr', 'cortex-m4'],
    ['platformio', 'cortex-m4'],
    ['arduino', 'cortex-m4'],
    ['cmake', 'portable'],
  ])('makes a project of %s for %s where no processor is named, and says so', async (project, cpu) => {
    const cwd = place();
    const { code, stdout } = await edgeml(['codegen', '../small_int8.tflite', '--project', project, '-o', 'out'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(`→ C99 for ${cpu}\n`);
    expect(stdout).toContain(`${cpu}, the default of ${project}: --cpu takes another`);
  });

  it('takes settings from edgeml.yaml', async () => {
    const cwd = place();
    writeFileSync(
      join(cwd, 'edgeml.yaml'),
      'model: ../small_int8.tflite\ngates:\n  max-ram: 64K\ncodegen:\n  cpu: cortex-m4\n  name: net\n',
    );
    const { code, stdout } = await edgeml(['codegen', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'edgeml.codegen/1',
      name: 'net',
      cpu: 'cortex-m4',
      output: 'net_c',
      gates: { ram: { max_bytes: 65536, met: true } },
    });
  });
});

describe('edgeml codegen --for tflm', () => {
  it('writes model, operators and settings', async () => {
    const cwd = place();
    const { code, stdout } = await edgeml(['codegen', '../small_int8.tflite', '--for', 'tflm', '--name', 'net'], { cwd });
    expect(code).toBe(0);
    expect(readdirSync(join(cwd, 'net_tflm')).sort()).toEqual(['net_model.cc', 'net_model.h', 'net_ops.h', 'net_settings.h']);
    expect(stdout).toMatch(/→ TensorFlow Lite Micro, reference kernels/);
    expect(stdout).toMatch(/operators +CONV_2D/);
  });
});

describe('bad input', () => {
  /** What a faulty call says; stdout has to be empty, and nothing may be written. */
  async function refused(args: readonly string[], code: number): Promise<string> {
    const cwd = place();
    const ran = await edgeml(args, { cwd });
    expect({ code: ran.code, files: readdirSync(cwd) }).toEqual({ code, files: [] });
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    return ran.stderr;
  }

  it.each([
    [
      ['--max-ram', '100'],
      /^edgeml: Gate --max-ram: the arena of small_int8\.tflite takes \d+ bytes, \d+ more than the 100 that are there\.\nNothing was written\.\n$/,
    ],
    [
      ['--max-flash', '1K'],
      /^edgeml: Gate --max-flash: the code of small_int8\.tflite takes \d+ bytes, \d+ more than the 1024 that are there\./,
    ],
    [['--for', 'tflm', '--max-ram', '100'], /Gate --max-ram: the arena of small_int8\.tflite takes \d+ bytes/],
  ])('a model that does not fit ends with 1: %s', async (args, message) => {
    expect(await refused(['codegen', '../small_int8.tflite', ...args], 1)).toMatch(message);
  });

  it.each([
    [['--cpu', 'cortex-m44'], "edgeml: --cpu: 'cortex-m44' is not one of portable, cortex-m0, "],
    [['--rounding', 'triple'], "edgeml: --rounding: 'triple' is not one of double, single."],
    [['--max-ram', '64Q'], "edgeml: --max-ram: '64Q' is not a number of bytes such as 65536, 64K or 1M."],
    [['--for', 'tflm', '--main'], 'edgeml: --main is for --for c; small_int8.tflite was asked for as tflm. Leave one of them out.'],
    [['--classes', 'cat,dog,bird'], 'edgeml: There are 3 class names, but no output ends in so many values: '],
    [['--for', 'tflm', '--classes', 'cat,dog,bird'], 'edgeml: There are 3 class names, but no output ends in so many values: '],
    [
      ['--project', 'pico-sdk', '--cpu', 'esp32s3'],
      'edgeml: --project pico-sdk has no board with esp32s3. With it go --cpu cortex-m0plus, cortex-m33 and portable.',
    ],
    [
      ['--project', 'esp-idf', '--cpu', 'cortex-m4'],
      'edgeml: --project esp-idf has no board with cortex-m4. With it go --cpu esp32s3, esp32',
    ],
    [['--for', 'tflm', '--project', 'platformio', '--cpu', 'cortex-m55'], 'edgeml: --project platformio has no board with cortex-m55.'],
    [['--project', 'cmake', '--main'], 'edgeml: --project cmake has a main of its own: --main is for code without a project.'],
    [['--kernels', 'cmsis-nn'], 'edgeml: --kernels is for --for tflm; small_int8.tflite was asked for as c. Leave one of them out.'],
  ])('options that make no sense end with 2: %s', async (args, message) => {
    expect(await refused(['codegen', '../small_int8.tflite', ...args], 2)).toContain(message);
  });

  it.each([
    [
      'a float model where integers are asked for',
      ['../small.tflite', '--rounding', 'single'],
      /is a float model, and --rounding is about integers/,
    ],
    [
      'a float model for integer kernels',
      ['../small.tflite', '--for', 'tflm', '--kernels', 'esp-nn'],
      /is a float model, and esp-nn has kernels for int8/,
    ],
    ['a file that is no model', ['../text.tflite'], /text\.tflite/],
    ['a file that is not there', ['../none.tflite'], /none\.tflite/],
    ['a file in place of the folder', ['../small_int8.tflite', '-o', '../text.tflite'], /is a file, not a folder/],
  ])('%s ends with 3', async (_, args, message) => {
    expect(await refused(['codegen', ...args], 3)).toMatch(message);
  });
});
