import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compilerLine, cpus } from '../../../src/codegen/boards/cpus.js';
import { withoutTwin } from '../../../src/codegen/c/emit/guard.js';
import { generateC } from '../../../src/codegen/c/index.js';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { because, temporaryFolder } from '../../cli/run.js';
import { processor } from '../harness.js';

const root = temporaryFolder();
const noCross = because(spawnSync('arm-none-eabi-gcc', ['--version']).status !== 0, 'there is no arm-none-eabi-gcc');
const noCompiler = because(spawnSync('cc', ['--version']).status !== 0, 'there is no C compiler (cc)');

/** Kernels of the cores take sums that become smaller. */
const quant = { scale: Float32Array.of(2 ** -8), zeroPoint: Int32Array.of(0) };
const activation = (name: string, channels: number): Value => ({ name, dtype: 'int8', shape: [1, 4, 4, channels], quant });

/** A convolution, int8, or one for each channel, whose Helium kernel has no twin in C. */
function convolution(depthwise: boolean): Graph {
  const [x, y] = [activation('x', 16), activation('y', 16)];
  const shape = depthwise ? [1, 3, 3, 16] : [16, 3, 3, 16];
  const w: Value = { name: 'w', dtype: 'int8', shape, data: new Int8Array(shape.reduce((a, b) => a * b)).fill(1), quant };
  const attrs = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], activation: 'none' };
  const op = depthwise ? 'DepthwiseConv2D' : 'Conv2D';
  return {
    name: 'one',
    inputs: [x],
    outputs: [y],
    nodes: [{ name: 'y', op, inputs: [x, w], outputs: [y], attrs: depthwise ? attrs : { ...attrs, groups: 1 } }],
  };
}

/** What a compiler says of `net.c`, '' where it takes it. */
function complaints(cpu: string, command: readonly string[], depthwise = false): string {
  const folder = join(root, `${cpu}${depthwise}`);
  for (const [path, text] of generateC(convolution(depthwise), { name: 'net', cpu: processor(cpu) }).files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [compiler, ...flags] = command;
  return spawnSync(compiler, [...flags, '-O1', '-c', 'net.c', '-o', 'net.o'], { cwd: folder, encoding: 'utf8' }).stderr;
}

const lineOf = (cpu: string): string[] => {
  const text = generateC(convolution(false), { name: 'net', cpu: processor(cpu) }).files.get('net.c') as string;
  return (/Compile it with\n \* {3}(.*) -O2 -c net\.c\n/.exec(text) as RegExpExecArray)[1].split(' ');
};

describe('the documentation', () => {
  it('has the flags of every core', () => {
    const docs = readFileSync(new URL('../../../docs/codegen.md', import.meta.url), 'utf8');
    const absent = cpus.filter((c) => c.gcc && !docs.includes(`| \`${c.name}\` | \`${compilerLine(c)}\``));
    expect(absent.map((c) => c.name)).toEqual([]);
  });
});

describe.skipIf(noCross)('code for a core', () => {
  it.each(['cortex-m0plus', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55'])(
    'is taken with the flags it names: %s',
    (cpu) => {
      for (const depthwise of [false, true]) expect(complaints(cpu, lineOf(cpu), depthwise)).toBe('');
    },
  );

  it.each([
    ['cortex-m4', [], '-mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16'],
    ['cortex-m4', ['-mcpu=cortex-m3', '-mthumb'], '-mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16'],
    ['cortex-m55', [], '-mthumb -mcpu=cortex-m55 -mfloat-abi=hard'],
    ['cortex-m55', ['-mcpu=cortex-m33', '-mthumb'], '-mthumb -mcpu=cortex-m55 -mfloat-abi=hard'],
  ])('says with which flags it is to be compiled: %s with %s', (cpu, flags, told) => {
    for (const depthwise of [false, true]) {
      expect(complaints(cpu, ['arm-none-eabi-gcc', ...flags], depthwise)).toContain(`#error "net.c is for ${cpu}: compile with ${told}"`);
    }
  });

  it('takes the twins in C on a core of a computer', () => {
    expect(complaints('cortex-m4', ['arm-none-eabi-gcc', '-mcpu=cortex-a7', '-marm'])).toBe('');
    expect(complaints('cortex-m55', ['arm-none-eabi-gcc', '-mcpu=cortex-a7', '-mthumb'])).toBe('');
  });
});

describe.skipIf(noCompiler)('code for a core on this computer', () => {
  it('has twins in C of all of Helium but what is said to have none', () => {
    const kernels = new URL('../../../src/codegen/c/kernels/', import.meta.url);
    const helium = readdirSync(kernels).filter((f) => f.endsWith('_mve.h'));
    const taken = helium.filter((f) => spawnSync('cc', ['-fsyntax-only', '-x', 'c', fileURLToPath(new URL(f, kernels))]).status === 0);
    expect(taken).toEqual(helium.filter((f) => !withoutTwin.includes(f)));
    expect(taken.length).toBeGreaterThan(0);
  });

  it('is taken where the kernels have twins in C, and else says what is missing', () => {
    expect(complaints('cortex-m4', ['cc'])).toBe('');
    expect(complaints('cortex-m55', ['cc'])).toBe('');
    expect(complaints('cortex-m55', ['cc'], true)).toContain('compile with -mthumb -mcpu=cortex-m55 -mfloat-abi=hard');
  });

  it('aligns by the means of C11 where the compiler is not GNU', () => {
    const text = generateC(convolution(false), { name: 'net', cpu: processor('portable') }).files.get('net.c') as string;
    const macro = (/#ifndef EDGEML_ALIGNED[\s\S]*?\n#endif\n#endif\n/.exec(text) as RegExpExecArray)[0];
    const path = join(root, 'aligned.c');
    writeFileSync(
      path,
      `${macro}EDGEML_ALIGNED(16) char a[3];\nEDGEML_ALIGNED(16) static const char b[3] = {0};\nconst char *at(void) { return b; }\n`,
    );
    const { stdout, stderr } = spawnSync('cc', ['-std=c11', '-U__GNUC__', '-S', '-o', '-', path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.match(/\.(p2)?align\s+(16|4)\b/g)?.length).toBe(2);
  });
});
