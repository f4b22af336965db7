import type { Latency } from '../bench/types.js';

/** Decimals that leave about three significant digits. */
const decimalsOf = (x: number): number => (x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);

/** About three significant digits: 0.05, 1.23, 12.3, 123, 1234. */
export function digits(x: number): string {
  if (x === 0) return '0';
  return Math.abs(x) < 0.1 ? String(Number(x.toPrecision(2))) : x.toFixed(decimalsOf(Math.abs(x)));
}

type Unit = readonly [factor: number, name: string];

/** The largest unit in which the value is at least 1; the smallest one otherwise. Units go from small to large. */
const unitFor = (x: number, units: readonly Unit[]): Unit => units.findLast(([factor]) => Math.abs(x) >= factor * 0.9995) ?? units[0];

const timeUnits: readonly Unit[] = [
  [1e-3, 'µs'],
  [1, 'ms'],
  [1e3, 's'],
];
const energyUnits: readonly Unit[] = [
  [1, 'µJ'],
  [1e3, 'mJ'],
  [1e6, 'J'],
];
const countUnits: readonly Unit[] = [
  [1, ''],
  [1e3, 'k'],
  [1e6, 'M'],
  [1e9, 'G'],
  [1e12, 'T'],
];
const memoryUnits: readonly Unit[] = [
  [1, 'B'],
  [1024, 'KiB'],
  [1024 ** 2, 'MiB'],
  [1024 ** 3, 'GiB'],
];

const inUnit = (x: number, [factor, name]: Unit): string => `${digits(x / factor)} ${name}`.trimEnd();

/** Milliseconds as people read them: "850 µs", "12.3 ms", "1.24 s". */
export const duration = (ms: number): string => inUnit(ms, unitFor(ms, timeUnits));

/** Microjoules as people read them: "850 µJ", "4.64 mJ". */
export const energy = (uj: number): string => inUnit(uj, unitFor(uj, energyUnits));

/** Numbers of operations: "2.66 M". */
export const count = (n: number): string => (Math.abs(n) < 1000 ? String(Math.round(n)) : inUnit(n, unitFor(n, countUnits)));

/** Bytes in units of 1024, as memories of microcontrollers are sold: "29.4 KiB". */
export const memory = (bytes: number): string =>
  Math.abs(bytes) < 1024 ? `${Math.round(bytes)} B` : inUnit(bytes, unitFor(bytes, memoryUnits));

/** {@link memory} in few characters, as `du -h` prints it: "29.4K". */
export const shortMemory = (bytes: number): string => memory(bytes).replace(/ (.)(iB)?$/, '$1');

/** A formatted number without zeros that say nothing, for ticks and for sizes that are round: "8 MiB", "2.5 s". */
export const round = (text: string): string => text.replace(/\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/, '$1');

/** Inferences per second: "10.2/s". */
export const rate = (ms: number): string => `${1000 / ms < 1000 ? digits(1000 / ms) : count(1000 / ms)}/s`;

/** A share of 1: "11 %", and "0.4 %" where the digit tells something. */
export const percent = (share: number): string => {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  return `${share > 0 && share < 0.0095 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
};

/** The range in the unit and with the decimals of the middle: ["12.3 ms", "10.1–15.0"]. */
export function latencyParts({ p10, p50, p90 }: Latency): readonly [middle: string, range: string] {
  const [factor] = unitFor(p50, timeUnits);
  const decimals = decimalsOf(p50 / factor);
  const show = (ms: number): string => (ms / factor).toFixed(decimals);
  return [duration(p50), `${show(p10)}–${show(p90)}`];
}

/** "12.3 ms (10.1–15.0)"; without the range where it is the middle itself. */
export function latency(l: Latency): string {
  const [middle, range] = latencyParts(l);
  return l.p10 === l.p90 ? middle : `${middle} (${range})`;
}

/** Control characters and marks that turn the direction of writing come from names in files; neither belongs on a page. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\u{fffd}');

/** A name cut in its middle: the ends of names of layers and models tell more. */
export function elide(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - Math.max(0, length - 1 - head))}`;
}
