import { UsageError } from '../errors.js';
import { didYouMean } from '../suggest.js';

/** Names as `uname -m` prints them, by ELF's e_machine (System V ABI, generic part: Machine) and word size. */
const machines: Readonly<Record<number, (bits: 32 | 64) => string>> = {
  3: () => 'i686',
  40: () => 'armv7l',
  62: () => 'x86_64',
  183: () => 'aarch64',
  243: (bits) => `riscv${bits}`,
};

/** The architecture that a program or library is compiled for, from the first 20 bytes of its file; undefined for other files. */
export function architectureOf(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 20 || bytes.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const machine = bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
  return machines[machine]?.(bytes[4] === 2 ? 64 : 32);
}

const known = [
  'aarch64',
  'armv8l',
  'armv7l',
  'armv6l',
  'x86_64',
  'i686',
  'riscv64',
  'riscv32',
  'mips',
  'mips64',
  'ppc64le',
  's390x',
  'loongarch64',
];
const others: Readonly<Record<string, string>> = {
  arm64: 'aarch64',
  amd64: 'x86_64',
  x64: 'x86_64',
  i386: 'i686',
  armhf: 'armv7l',
  arm: 'armv6l',
};

/** The name that `uname -m` prints for an architecture. Throws UsageError for a word that is none. */
export function knownArchitecture(name: string): string {
  const found = others[name] ?? name;
  if (known.includes(found)) return found;
  throw new UsageError(
    `'${name}' is no architecture.${didYouMean(name, [...known, ...Object.keys(others)])} Known are ${known.join(', ')}.`,
  );
}

/** Other names of the same, and machines that run programs of an older one. */
const runs: Readonly<Record<string, readonly string[]>> = {
  aarch64: ['arm64'],
  arm64: ['aarch64'],
  x86_64: ['amd64', 'i686', 'i386'],
  armv8l: ['armv7l', 'armv6l', 'arm', 'armhf'],
  armv7l: ['armv6l', 'arm', 'armhf'],
  armv6l: ['arm'],
  i686: ['i386'],
};

/** Whether a machine (as `uname -m` prints it) runs what is made for one of `wanted`. */
export const runsOn = (machine: string, wanted: readonly string[]): boolean =>
  wanted.includes(machine) || (runs[machine] ?? []).some((name) => wanted.includes(name));
