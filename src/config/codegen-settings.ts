import { cpus } from '../codegen/boards/cpus.js';
import { sdks } from '../codegen/boards/projects/types.js';
import type { Setting } from './kinds.js';

/** What `edgeml codegen` writes. */
export const generation = {
  for: {
    type: { kind: 'choice', words: ['c', 'tflm'] },
    value: 'what',
    about: 'c: standalone C99; tflm: arrays, resolver and settings for TensorFlow Lite Micro (default: c)',
  },
  name: {
    type: { kind: 'text' },
    value: 'name',
    about: "what files and functions are called (default: the model's file name)",
    elsewhere: {
      bundle: { value: 'name', about: "what is deployed is called so, and its folder on devices (default: the first model's file name)" },
      deploy: { value: 'name', about: "what is deployed is called so, and its folder on devices (default: the model's file name)" },
      fleet: { value: 'name', about: 'which bundle it is about (default: the only one that was deployed from here)' },
    },
  },
  cpu: {
    type: { kind: 'choice', words: cpus.map((c) => c.name) },
    value: 'core',
    about: `processor to choose kernels for: ${cpus.map((c) => c.name).join(', ')} (default: portable)`,
  },
  project: {
    type: { kind: 'choice', words: sdks },
    value: 'sdk',
    about: `a folder that builds with ${sdks.slice(0, -1).join(', ')} or plain ${sdks.at(-1)}, with a main that runs the model`,
  },
} as const satisfies Record<string, Setting>;

export const plainC = {
  rounding: {
    type: { kind: 'choice', words: ['double', 'single'] },
    value: 'how',
    about: 'double: bit exact with TensorFlow Lite Micro and CMSIS-NN; single: rounds once, as XNNPACK does (default: double)',
  },
  main: {
    type: { kind: 'choice', words: ['files', 'serial'] },
    value: 'files|serial',
    bare: 'files',
    about: 'also a small main.c: `./a.out IN OUT`, or with serial the same over a UART',
  },
} as const satisfies Record<string, Setting>;

export const micro = {
  kernels: {
    type: { kind: 'choice', words: ['reference', 'cmsis-nn', 'esp-nn'] },
    value: 'library',
    about: 'what TensorFlow Lite Micro is built with; the size of the arena depends on it (default: that of --cpu)',
  },
} as const satisfies Record<string, Setting>;

/** Gates of `codegen` and `bench`. */
export const sizes = {
  maxFlash: { type: { kind: 'bytes' }, value: 'bytes', about: 'most bytes of flash for weights and code, e.g. 512K' },
  maxRam: { type: { kind: 'bytes' }, value: 'bytes', about: 'most bytes of RAM for the arena, e.g. 64K' },
} as const satisfies Record<string, Setting>;
