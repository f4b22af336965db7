import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpus } from '../../src/codegen/boards/cpus.js';

/**
 * Writes src/codegen/c/kernels/sizes.json: what each kernel function takes in flash when a program uses it and nothing else,
 * by processor. Run it after a change of kernels: `npm run kernel-sizes`.
 */
const kernels = fileURLToPath(new URL('../../src/codegen/c/kernels/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'edgeml-sizes-'));

/** The functions that a header defines, outside those of other variants of the processor. */
const functionsOf = (header: string): string[] => [
  ...new Set(
    [...readFileSync(join(kernels, header), 'utf8').matchAll(/^static (?:inline )?[\w ]+?\*? ?\*?(edgeml_\w+)\(/gm)].map((m) => m[1]),
  ),
];

/** One processor for each instruction set; code-size.ts says which others are like it. */
const measured = ['cortex-m0plus', 'cortex-m3', 'cortex-m4', 'cortex-m55', 'rv32'];

/** Debian's bare-metal RISC-V compiler brings no C library of its own. */
const library: Readonly<Record<string, readonly string[]>> = { 'riscv64-unknown-elf-': ['--specs=picolibc.specs'] };

/** Sections that lie in flash, as `size -A` names them. */
const inFlash = /^\.(text|rodata|data\.rel\.ro)/;

function bytesOf(prefix: string, flags: readonly string[], header: string, name: string): number | undefined {
  const source = join(folder, 'one.c');
  const object = join(folder, 'one.o');
  writeFileSync(source, `#include "${header}"\nextern void *keep;\nvoid *keep = (void *)${name};\n`);
  try {
    execFileSync(
      `${prefix}gcc`,
      [...flags, ...(library[prefix] ?? []), '-std=c99', '-O2', '-w', '-I', kernels, '-c', source, '-o', object],
      { stdio: 'ignore' },
    );
  } catch {
    // A variant for another processor, or a macro that only looks like a function.
    return undefined;
  }
  const sections = execFileSync(`${prefix}size`, ['-A', object], { encoding: 'utf8' }).split('\n');
  return sections.reduce((sum, line) => {
    const [section, size] = line.trim().split(/\s+/);
    return inFlash.test(section) ? sum + Number(size) : sum;
  }, 0);
}

try {
  const headers = readdirSync(kernels).filter((f) => f.endsWith('.h'));
  const sizes: Record<string, Record<string, number>> = {};
  for (const { name: cpu, gcc } of cpus) {
    if (!gcc || !measured.includes(cpu)) continue;
    const table: Record<string, number> = {};
    sizes[cpu] = table;
    for (const header of headers) {
      for (const name of functionsOf(header)) {
        const bytes = bytesOf(gcc.prefix, gcc.flags, header, name);
        if (bytes !== undefined) table[name] = bytes;
      }
    }
    process.stdout.write(`${cpu}: ${Object.keys(table).length} functions\n`);
  }
  writeFileSync(join(kernels, 'sizes.json'), `${JSON.stringify(sizes, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
