import { readFileSync } from 'node:fs';
import type { Cpu } from '../boards/cpus.js';

/** Bytes of code by processor and kernel function, made by test/bench/kernel-sizes.ts with arm-none-eabi-gcc and riscv64-unknown-elf-gcc. */
type Sizes = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Processors with the same instructions as one that was measured; the others (Xtensa, any C compiler) are taken for RISC-V. */
const like: Readonly<Record<string, string>> = { 'cortex-m0': 'cortex-m0plus', 'cortex-m7': 'cortex-m4', 'cortex-m33': 'cortex-m4' };
const standIn = 'rv32';

/** What a call costs the calling function: arguments and a branch. */
const perCall = 24;

let sizes: Sizes | undefined;

/**
 * Estimates the code of a model, bytes: each kernel function once, as compiled alone with -O2 for the processor, and its calls.
 * Math and compiler library functions (expf, 64-bit division) are not counted.
 */
export function codeBytes(calls: readonly string[], cpu: Cpu): number {
  sizes ??= JSON.parse(readFileSync(new URL('./kernels/sizes.json', import.meta.url), 'utf8')) as Sizes;
  const table = sizes[like[cpu.name] ?? cpu.name] ?? sizes[standIn];
  return [...new Set(calls)].reduce((sum, name) => sum + (table[name] ?? sizes?.[standIn][name] ?? 0), perCall * calls.length);
}
