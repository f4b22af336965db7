import { z } from 'zod';
import { cpus } from '../../codegen/boards/cpus.js';
import { didYouMean } from '../../suggest.js';
import { runtimes } from '../types.js';

const show = (v: unknown): string => (typeof v === 'string' ? `'${v}'` : v === undefined || v === null ? 'nothing' : JSON.stringify(v));
/** Messages are ends of sentences, after the place and the field. */
const is = (fault: string) => ({ error: (issue: { input?: unknown }) => `${show(issue.input)} is ${fault}` });
/** The end of a sentence about a word that is not in a list. */
export const hintFor = (word: string, words: readonly string[]): string => didYouMean(word, words).replace(/^(?=.)/, '.');
const text = z.string(is('not text')).min(1, is('empty'));
const oneOf = <T extends string>(words: readonly T[]) =>
  z.enum(words as readonly [T, ...T[]], {
    error: ({ input }) => `${show(input)} is not one of ${words.join(', ')}${hintFor(String(input), words)}`,
  });

/** An amount with its unit, in the unit of factor 1: `quantity('a frequency', 'MHz', { kHz: 1e-3, MHz: 1, GHz: 1e3 })`. */
function quantity(what: string, example: string, units: Readonly<Record<string, number>>) {
  const names = Object.keys(units);
  const fault = ({ input }: { input?: unknown }) => {
    const unit = typeof input === 'string' ? /^\s*\d+(?:\.\d+)?\s*(\S+)\s*$/.exec(input)?.[1] : undefined;
    if (typeof input === 'number') return `${input} has no unit: write ${what} such as ${example} (${names.join(', ')})`;
    return unit
      ? `'${unit}' is no unit of ${what}: use ${names.join(', ')}, for example ${example}`
      : `${show(input)} is not ${what} such as ${example}`;
  };
  return z.string({ error: fault }).transform((v, ctx) => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(\S+)\s*$/.exec(v);
    const factor = match ? units[match[2]] : undefined;
    if (!match || factor === undefined || !(Number(match[1]) > 0)) {
      ctx.addIssue({ code: 'custom', message: fault({ input: v }) });
      return z.NEVER;
    }
    return Number(match[1]) * factor;
  });
}

const frequency = quantity('a frequency', '120 MHz', { kHz: 1e-3, MHz: 1, GHz: 1e3 });
const bytes = quantity('a size', '640 KB', { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }).transform(Math.floor);
const power = quantity('a power', '48 mW', { uW: 1e-3, mW: 1, W: 1e3 });
const rate = quantity('a rate', '7.3 GMAC/s', { 'MMAC/s': 1e6, 'GMAC/s': 1e9, 'TMAC/s': 1e12 });
const time = quantity('a time', '20 us', { us: 1e-3, ms: 1 });
const positive = z.number(is('not a number')).positive(is('not above 0'));
const byRuntime = <T extends z.ZodType>(value: T) => z.partialRecord(oneOf(runtimes), value);
const name = text.regex(/^[a-z0-9][a-z0-9.-]*$/, is("not a name of lower-case letters, digits, '-' and '.'"));

export const fields = {
  /** What `--device` takes. */
  name,
  title: text,
  aliases: z.array(name).default([]),
  /** Groups that `--device` takes as well. */
  families: z.array(name).default([]),
  core: text,
  /** A name of codegen's processors; absent where no C of ours is compiled for a bare core. */
  cpu: oneOf(cpus.map((c) => c.name)).optional(),
  /** MHz. */
  clock: frequency,
  /** Bytes that an application can have. */
  ram: bytes,
  flash: bytes,
  cache: text.optional(),
  /** Where weights are read from: flash in the chip, flash outside behind a cache (executed in place), RAM. */
  weights: oneOf(['flash', 'xip', 'ram']),
  /** Cycles for a byte of weights read in order, without what is fetched ahead. */
  fetch: z.number(is('not a number')).min(0, is('below 0')).default(0),
  simd: text.optional(),
  /** mW while a model runs. */
  power,
  runtimes: z.array(oneOf(runtimes)).min(1, is('empty')),
  /** For cores without published results of MLPerf Tiny. */
  cycles_per_instruction: byRuntime(positive).optional(),
  /** For processors with an operating system: rates for large layers, and what any layer costs. */
  engines: byRuntime(z.strictObject({ float: rate, int8: rate, layer: time }, is('not a mapping with float, int8 and layer'))).optional(),
  /** Measured over estimated, by runtime, from a measurement on the device. */
  calibration: byRuntime(
    z.strictObject({ factor: positive, spread: positive.default(1.15) }, is('not a mapping with factor and spread')),
  ).optional(),
  /** Where the figures are from, by field. */
  sources: z.record(z.string(), text).default({}),
} as const;

export const profileSchema = z.strictObject(fields, is('not a mapping')).superRefine((p, ctx) => {
  for (const [i, runtime] of p.runtimes.entries()) {
    const path = ['runtimes', i];
    const micro = runtime.startsWith('tflm') || runtime === 'edgeml-c';
    if (micro && !p.cpu)
      ctx.addIssue({ code: 'custom', path, message: `${runtime} needs cpu, one of ${cpus.map((c) => c.name).join(', ')}` });
    if (!micro && !p.engines?.[runtime])
      ctx.addIssue({ code: 'custom', path, message: `${runtime} needs its rates under engines.${runtime}: float, int8 and layer` });
    if (runtime === 'tflm-cmsis-nn' && p.cpu && !p.cpu.startsWith('cortex-'))
      ctx.addIssue({ code: 'custom', path, message: `${runtime} is for Arm Cortex-M, not for ${p.cpu}` });
    if (runtime === 'tflm-esp-nn' && !p.cycles_per_instruction?.[runtime])
      ctx.addIssue({ code: 'custom', path, message: `${runtime} needs cycles_per_instruction.${runtime}` });
  }
});

/** A device as its YAML describes it: MHz, bytes, mW, MAC/s and ms. */
export type Profile = Readonly<z.output<typeof profileSchema>>;
