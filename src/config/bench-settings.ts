import { rankings } from '../bench/rank.js';
import { runtimes } from '../bench/types.js';
import { cpus } from '../codegen/boards/cpus.js';
import type { Setting } from './kinds.js';

/** Cores that QEMU emulates: those with a cross compiler. */
const cores = cpus.filter((c) => c.gcc).map((c) => c.name);

/** Where a model is estimated or measured. */
export const where = {
  device: {
    type: { kind: 'names' },
    value: 'names',
    about: "devices by name, a family (cortex-m, esp32, pi, jetson …) or all: estimated ('edgeml bench --device list' shows them)",
  },
  profile: { type: { kind: 'paths' }, value: 'file', about: 'a device profile of your own (YAML); repeatable' },
  runtime: { type: { kind: 'choices', words: runtimes }, value: 'names', about: `only these runtimes: ${runtimes.join(', ')}` },
  host: { type: { kind: 'switch' }, about: 'measure on this machine: onnxruntime, LiteRT, edgeml C' },
  emulate: {
    type: { kind: 'names' },
    value: 'cores',
    about: `count instructions of edgeml C in QEMU: ${cores.join(', ')}; m4 is short for cortex-m4`,
  },
  on: { type: { kind: 'patterns' }, value: 'user@host', about: 'measure on a device over SSH; repeatable' },
} as const satisfies Record<string, Setting>;

export const measuring = {
  runs: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'measure at least so many runs, and at least a second (default: 50)' },
  threads: { type: { kind: 'integer', min: 1 }, value: 'n', about: "threads of the runtimes (default: the runtime's own choice)" },
  saveProfile: { type: { kind: 'path' }, value: 'file', about: 'write the profile of --device, brought to what --on measured' },
} as const satisfies Record<string, Setting>;

/** The same for every verb that connects to devices. */
export const connecting = {
  identity: { type: { kind: 'path' }, value: 'file', about: 'private key to log in with (default: those of ~/.ssh/config and the agent)' },
  jump: { type: { kind: 'text' }, value: 'hosts', about: 'hosts to go through, separated by commas (default: ProxyJump of ~/.ssh/config)' },
  acceptNewHostKeys: {
    type: { kind: 'switch' },
    about: 'take the key of a host that is not in known_hosts yet, and remember it; a changed key is refused all the same',
  },
} as const satisfies Record<string, Setting>;

export const latency = {
  maxLatency: { type: { kind: 'duration' }, value: 'time', about: 'longest median of an inference, e.g. 20ms' },
} as const satisfies Record<string, Setting>;

export const showing = {
  perLayer: { type: { kind: 'switch' }, about: 'show where the time and the memory go, layer by layer' },
  rank: {
    type: { kind: 'choice', words: rankings },
    value: rankings.join('|'),
    bare: 'smallest',
    about: 'best first: the smallest device that fits and keeps to the gates, or by latency, energy or ram',
  },
  html: { type: { kind: 'path' }, value: 'file', about: 'also write one self-contained HTML page' },
  markdown: { type: { kind: 'switch' }, only: 'flags', about: 'print Markdown, for a pull request' },
} as const satisfies Record<string, Setting>;
