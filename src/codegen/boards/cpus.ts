/** What the generator has to know of a processor: which kernels run there, and how a compiler is told. */
export interface Cpu {
  readonly name: string;
  readonly about: string;
  /** Armv7E-M or Armv8-M DSP instructions (SMLAD, SXTB16, SSAT): kernels `*_dsp.h`. */
  readonly dsp: boolean;
  /** Armv8.1-M vector extension (Helium): kernels `*_mve.h`; such a core has `dsp` as well. */
  readonly mve: boolean;
  /** A floating-point unit for single precision. */
  readonly fpu: boolean;
  /** A cross compiler and its flags for the core; absent where the compiler at hand is the right one. */
  readonly gcc?: { readonly prefix: string; readonly flags: readonly string[] };
}

const arm = (flags: string) => ({ prefix: 'arm-none-eabi-', flags: ['-mthumb', ...flags.split(' ')] });
const m = (name: string, about: string, has: { dsp?: boolean; mve?: boolean; fpu?: boolean }, flags: string): Cpu => ({
  name,
  about,
  dsp: has.dsp ?? false,
  mve: has.mve ?? false,
  fpu: has.fpu ?? false,
  gcc: arm(flags),
});

/** The processors that `--cpu` takes, smallest first. */
export const cpus: readonly Cpu[] = [
  { name: 'portable', about: 'any C99 compiler', dsp: false, mve: false, fpu: false },
  m('cortex-m0', 'Armv6-M', {}, '-mcpu=cortex-m0'),
  m('cortex-m0plus', 'Armv6-M: RP2040 (Raspberry Pi Pico)', {}, '-mcpu=cortex-m0plus'),
  m('cortex-m3', 'Armv7-M', {}, '-mcpu=cortex-m3'),
  m('cortex-m4', 'Armv7E-M with DSP', { dsp: true, fpu: true }, '-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16'),
  m('cortex-m7', 'Armv7E-M with DSP, dual issue', { dsp: true, fpu: true }, '-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-sp-d16'),
  m(
    'cortex-m33',
    'Armv8-M with DSP: RP2350 (Pico 2), nRF5340',
    { dsp: true, fpu: true },
    '-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16',
  ),
  m('cortex-m55', 'Armv8.1-M with Helium', { dsp: true, mve: true, fpu: true }, '-mcpu=cortex-m55 -mfloat-abi=hard'),
  {
    name: 'rv32',
    about: 'RISC-V RV32IMC: ESP32-C3 and C6',
    dsp: false,
    mve: false,
    fpu: false,
    gcc: { prefix: 'riscv64-unknown-elf-', flags: ['-march=rv32imac', '-mabi=ilp32'] },
  },
  { name: 'esp32', about: 'Xtensa LX6', dsp: false, mve: false, fpu: true },
  { name: 'esp32s3', about: 'Xtensa LX7', dsp: false, mve: false, fpu: true },
];

/** How a compiler is called for the processor. */
export function compilerLine({ name, gcc }: Cpu): string {
  if (gcc) return [`${gcc.prefix}gcc`, ...gcc.flags].join(' ');
  return name === 'portable' ? 'cc' : `xtensa-${name}-elf-gcc`;
}

/** The processor of that name; undefined where there is none. */
export const cpuNamed = (name: string): Cpu | undefined => cpus.find((c) => c.name === name);
