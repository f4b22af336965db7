import { UsageError } from '../../../errors.js';
import { type Cpu, cpuNamed, cpus } from '../../boards/cpus.js';
import type { Kernels } from '../types.js';
import type { Abi } from './layout.js';

/** The processor and build of TensorFlow Lite Micro that the arena is planned for. */
export interface Target {
  readonly abi: Abi;
  readonly kernels: Kernels;
  /** CMSIS-NN uses DSP instructions. */
  readonly dsp: boolean;
  /** CMSIS-NN uses Helium. */
  readonly mve: boolean;
  /** ESP-NN has assembly for ESP32-S3, which needs scratch memory. */
  readonly s3: boolean;
  /** Structures as the newest version has them, rather than those that SDKs ship. */
  readonly newer: boolean;
  /** As the Python package is built: with USE_TFLM_COMPRESSION and an allocator that records. */
  readonly python: boolean;
}

const defaults: Readonly<Record<Kernels, string>> = { reference: 'portable', 'cmsis-nn': 'cortex-m4', 'esp-nn': 'esp32s3' };

/** The processor of that name, or the usual one for the kernels. Throws UsageError where it is unknown or does not fit the kernels. */
export function cpuFor(kernels: Kernels, name: string | undefined): Cpu {
  const cpu = cpuNamed(name ?? defaults[kernels]);
  if (!cpu) throw new UsageError(`'${name}' is no processor that is known here; choose one of ${cpus.map((c) => c.name).join(', ')}.`);
  if (kernels === 'cmsis-nn' && !isArm(cpu) && cpu.name !== 'portable') {
    throw new UsageError(`CMSIS-NN is for Arm Cortex-M, not for ${cpu.name}; choose --kernels reference or another processor.`);
  }
  if (kernels === 'esp-nn' && isArm(cpu)) {
    throw new UsageError(`ESP-NN is for Espressif's processors, not for ${cpu.name}; choose --kernels cmsis-nn or reference.`);
  }
  return cpu;
}

export const isArm = (cpu: Cpu): boolean => cpu.name.startsWith('cortex-');

/** A 32-bit target of this processor; an unnamed one has the larger enumerations of the two conventions. */
export const targetFor = (kernels: Kernels, cpu: Cpu): Target => ({
  abi: { pointer: 4, enumeration: isArm(cpu) ? 1 : 4 },
  kernels,
  dsp: cpu.dsp || cpu.name === 'portable',
  mve: cpu.mve,
  s3: cpu.name === 'esp32s3' || cpu.name === 'portable',
  newer: false,
  python: false,
});
