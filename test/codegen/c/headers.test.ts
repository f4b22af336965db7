import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { strict } from '../harness.js';

const kernels = fileURLToPath(new URL('../../../src/codegen/c/kernels', import.meta.url));
const headers = readdirSync(kernels).filter((f) => f.endsWith('.h'));
/** Headers for an instruction set that the compiler must know. */
const helium = headers.filter((f) => f.endsWith('_mve.h'));
const anywhere = headers.filter((f) => !helium.includes(f));

const crossCompiler = (name: string): readonly string[] => {
  const gcc = cpuNamed(name)?.gcc;
  if (!gcc) throw new Error(`'${name}' has no cross compiler`);
  return [`${gcc.prefix}gcc`, ...gcc.flags];
};

/** A compiler with its flags, and the headers that are for it. */
const compilers: readonly (readonly [title: string, command: readonly string[], headers: readonly string[]])[] = [
  ['gcc', ['gcc', '-O2'], anywhere],
  ['gcc with sanitizers', ['gcc', '-O1', '-fsanitize=address,undefined'], anywhere],
  ['clang', ['clang', '-O2'], anywhere],
  ['a Cortex-M0', crossCompiler('cortex-m0'), anywhere],
  ['a Cortex-M4', crossCompiler('cortex-m4'), anywhere],
  ['a Cortex-M55', crossCompiler('cortex-m55'), headers],
  ['RISC-V', ['riscv64-unknown-elf-gcc', '--specs=picolibc.specs', '-march=rv32imac', '-mabi=ilp32'], anywhere],
];

const isInstalled = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

describe('kernel headers', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgeml-headers-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a compiler says of a file that includes these headers; '' where it has nothing to say. */
  function complaints([command, ...flags]: readonly string[], included: readonly string[]): string {
    const file = join(folder, 'all.c');
    writeFileSync(file, included.map((h) => `#include "${h}"\n`).join(''));
    const args = [...flags, ...strict, '-I', kernels, '-c', file, '-o', join(folder, 'all.o')];
    return spawnSync(command, args, { encoding: 'utf8' }).stderr.slice(0, 4000);
  }

  for (const [title, command, included] of compilers) {
    const absent = !isInstalled(command[0]) && !process.env.CI;
    if (absent) console.warn(`There is no ${command[0]}: kernels are not compiled for ${title}.`);
    it.skipIf(absent)(`compile together for ${title}`, () => {
      expect(complaints(command, included)).toBe('');
    });
  }

  it('name their licence', () => {
    const without = headers.filter(
      (h) => !readFileSync(join(kernels, h), 'utf8').startsWith('/* SPDX-License-Identifier: Apache-2.0 */\n'),
    );
    expect(without).toEqual([]);
  });

  const sysroot = spawnSync('arm-none-eabi-gcc', ['-print-sysroot'], { encoding: 'utf8' }).stdout?.trim();
  const clang = [
    'clang',
    '--target=arm-none-eabi',
    '-mcpu=cortex-m4',
    '-mthumb',
    '-isystem',
    join(sysroot || '/usr/lib/arm-none-eabi', 'include'),
  ];

  it.each([
    ['gcc', crossCompiler('cortex-m4')],
    ['clang', clang],
  ])('are refused by the assembler of %s where blocks are larger or smaller than a computed jump reckons', (_, command) => {
    if (!isInstalled(command[0]) || !sysroot) return;
    for (const [file, keep, right] of [
      ['fully_connected_s8_dsp.h', 'edgeml_blocks_one_dsp', 108],
      ['filters_pair_s8_dsp.h', 'edgeml_blocks_two_dsp', 96],
    ] as const) {
      const text = readFileSync(join(kernels, file), 'utf8');
      for (const bytes of [right, right - 4, right + 4]) {
        const path = join(folder, 'changed.c');
        const changed = text.replaceAll(`_BYTES ${right}\n`, `_BYTES ${bytes}\n`);
        expect(changed === text).toBe(bytes === right);
        writeFileSync(path, `${changed}void *kept[] = {(void *)${keep}};\n`);
        const { status } = spawnSync(command[0], [...command.slice(1), '-O2', '-I', kernels, '-c', path, '-o', join(folder, 'changed.o')]);
        expect({ file, bytes, taken: status === 0 }).toEqual({ file, bytes, taken: bytes === right });
      }
    }
  });

  it.skipIf(!isInstalled('gcc'))('compile each alone, and twice in one file', () => {
    const wrong = anywhere.map((h) => complaints(['gcc', '-fsyntax-only'], [h, h])).filter(Boolean);
    expect(wrong).toEqual([]);
  });
});
