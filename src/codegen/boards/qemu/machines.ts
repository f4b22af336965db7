/** A timer of an emulated machine that firmware/counter.c reads: its kind there, its address, its tick. */
export interface Counter {
  readonly kind: 'CMSDK' | 'NRF51' | 'SSE' | 'MCYCLE';
  readonly address: number;
  /** Nanoseconds. */
  readonly tick: number;
}

export interface Region {
  readonly origin: number;
  readonly bytes: number;
}

/** A machine of QEMU that stands in for a processor. Instructions are counted, never cycles. */
export interface Machine {
  /** The processor, by its name in cpus.ts. */
  readonly cpu: string;
  readonly emulator: 'qemu-system-arm' | 'qemu-system-riscv32';
  /** Arguments that choose the machine. */
  readonly args: readonly string[];
  readonly about: string;
  readonly flash: Region;
  readonly ram: Region;
  readonly counter: Counter;
}

const MB = 2 ** 20;
const cmsdk = (address: number, tick: number): Counter => ({ kind: 'CMSDK', address, tick });

/** Two banks of 4 MB stand for flash and RAM: the FPGA images of the MPS2 board for one core each. */
const mps2 = (cpu: string, image: string): Machine => ({
  cpu,
  emulator: 'qemu-system-arm',
  args: ['-M', `mps2-${image}`],
  about: `Arm MPS2 ${image.toUpperCase()}`,
  flash: { origin: 0, bytes: 4 * MB },
  ram: { origin: 0x20000000, bytes: 4 * MB },
  counter: cmsdk(0x40000000, 40),
});

/** A micro:bit with more memory than the real one (256 KB and 16 KB), so that models fit which a larger part would hold. */
const microbit = (cpu: string): Machine => ({
  cpu,
  emulator: 'qemu-system-arm',
  args: ['-M', 'microbit', '-global', `nrf51-soc.flash-size=${2 * MB}`, '-global', `nrf51-soc.sram-size=${MB}`],
  about: 'BBC micro:bit (nRF51822, Cortex-M0), with 2 MB of flash and 1 MB of RAM',
  flash: { origin: 0, bytes: 2 * MB },
  ram: { origin: 0x20000000, bytes: MB },
  counter: { kind: 'NRF51', address: 0x40008000, tick: 62.5 },
});

/** The machines, one for each processor; Cortex-M0+ runs the same Armv6-M instructions as Cortex-M0, which QEMU has. */
export const machines: readonly Machine[] = [
  microbit('cortex-m0'),
  microbit('cortex-m0plus'),
  mps2('cortex-m3', 'an385'),
  mps2('cortex-m4', 'an386'),
  mps2('cortex-m7', 'an500'),
  {
    cpu: 'cortex-m33',
    emulator: 'qemu-system-arm',
    args: ['-M', 'mps2-an505'],
    about: 'Arm MPS2 AN505',
    // Secure aliases: the core starts in the secure state.
    flash: { origin: 0x10000000, bytes: 4 * MB },
    ram: { origin: 0x38000000, bytes: 4 * MB },
    counter: cmsdk(0x50000000, 50),
  },
  {
    cpu: 'cortex-m55',
    emulator: 'qemu-system-arm',
    args: ['-M', 'mps3-an547'],
    about: 'Arm MPS3 AN547',
    flash: { origin: 0, bytes: MB / 2 },
    ram: { origin: 0x21000000, bytes: 2 * MB },
    counter: { kind: 'SSE', address: 0x58100000, tick: 31.25 },
  },
  {
    cpu: 'rv32',
    emulator: 'qemu-system-riscv32',
    args: ['-M', 'virt', '-bios', 'none', '-m', '32'],
    about: 'RISC-V virt board',
    flash: { origin: 0x80000000, bytes: 16 * MB },
    ram: { origin: 0x81000000, bytes: 16 * MB },
    counter: { kind: 'MCYCLE', address: 0, tick: 1 },
  },
];

/** The machine for a processor; undefined where QEMU has none (Xtensa, `portable`). */
export const machineFor = (cpu: string): Machine | undefined => machines.find((m) => m.cpu === cpu);
