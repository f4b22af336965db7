import { z } from 'zod';
import { nearest } from '../suggest.js';
import { flagOf, type Kind, perInputSettings, type Setting, type SettingName, settings } from './settings.js';

const show = (v: unknown): string => (typeof v === 'string' ? `'${v}'` : v === null ? 'nothing' : (JSON.stringify(v) ?? String(v)));

/** The end of a sentence about a word that is not in a list. */
export function didYouMean(word: unknown, words: readonly string[]): string {
  const meant = typeof word === 'string' ? nearest(word, words) : undefined;
  return meant ? `. Did you mean ${meant}?` : '';
}

/** Messages are ends of sentences, after the place: "--seed: 'x' is not a whole number". */
const is = (fault: string) => ({ error: (issue: { input?: unknown }) => `${show(issue.input)} is ${fault}` });

const oneOf = (words: readonly string[]) =>
  z.enum(words as [string, ...string[]], {
    error: ({ input }) => `${show(input)} is not one of ${words.join(', ')}${didYouMean(input, words)}`,
  });

const text = z.string(is('not text')).min(1, is('empty'));
const number = z.number(is('not a number'));
const integer = z.int(is('not a whole number'));
/** YAML reads 1 and true as other types; as a name they are meant as they are written. */
const name = z.union([text, z.number().transform(String), z.boolean().transform(String)], is('not a name'));
const shape = z.array(integer.min(1, is('not a dimension, which is 1 or more')), is('not a shape such as 1,3,224,224')).min(1, is('empty'));

/** A list, of which one member may stand alone. */
const list = (item: z.ZodType<string>) =>
  z.preprocess((v) => (Array.isArray(v) ? v : [v]), z.array(item).min(1, { error: 'the list is empty' }));

const noShare = is('not a share such as 1% or 0.01');
const share = z
  .union([z.number(), z.string().regex(/^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/, noShare)], noShare)
  .transform((v) => (typeof v === 'string' ? Number.parseFloat(v) / 100 : v))
  .refine((v) => v >= 0 && v < 1, is('not below 1, the whole: one percent is 1% or 0.01'));

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const noBytes = is('not a number of bytes such as 65536, 64K or 1M');
const bytes = z
  .union([z.number(), z.string().regex(/^\s*\d+(\.\d+)?\s*[kmg]?(i?b)?\s*$/i, noBytes)], noBytes)
  .transform((v) => {
    if (typeof v === 'number') return v;
    const [, amount, unit] = /^\s*([\d.]+)\s*([kmg]?)/i.exec(v) as RegExpExecArray;
    return Math.floor(Number(amount) * units[unit.toLowerCase()]);
  })
  .refine((v) => Number.isInteger(v) && v > 0, noBytes);

const milliseconds: Readonly<Record<string, number>> = {
  ...{ us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 },
};
const noDuration = is('not a time such as 20ms, 0.5s or 10m');
const duration = z
  .union([z.number(), z.string().regex(/^\s*(\d+\.?\d*|\.\d+)\s*(us|µs|ms|s|m|min|h|d)\s*$/, noDuration)], noDuration)
  .transform((v) => {
    if (typeof v === 'number') return v;
    const [, amount, unit] = /([\d.]+)\s*(\D+?)\s*$/.exec(v) as RegExpExecArray;
    return Number(amount) * milliseconds[unit];
  })
  .refine((v) => v > 0, noDuration);

const noPeriod = {
  error: ({ input }: { input?: unknown }) =>
    typeof input === 'number' || /^\s*[\d.]+\s*$/.test(String(input))
      ? `${show(input)} has no unit: write ${String(input).trim()}s, ${String(input).trim()}m or ${String(input).trim()}h`
      : `${show(input)} is not a time such as 30s, 10m or 24h`,
};
const period = z
  .string(noPeriod)
  .regex(/^\s*(\d+\.?\d*|\.\d+)\s*(ms|s|m|min|h|d)\s*$/, noPeriod)
  .transform((v) => {
    const [, amount, unit] = /([\d.]+)\s*(\D+?)\s*$/.exec(v) as RegExpExecArray;
    return Number(amount) * milliseconds[unit];
  });

/** The schema of a value as edgeml.yaml holds it; its output is the value that the code takes. */
export function schemaOf(type: Kind): z.ZodType {
  switch (type.kind) {
    case 'switch':
      return z.boolean(is('not true or false'));
    case 'text':
      return name;
    case 'path':
      return text;
    case 'choice':
      return oneOf(type.words);
    case 'choices':
      return list(oneOf(type.words)).refine((all) => new Set(all).size === all.length, is('a list that names one twice'));
    case 'names':
    case 'patterns':
      return list(name);
    case 'paths':
      return list(text);
    case 'integer':
      return integer.min(type.min, is(`below ${type.min}`));
    case 'number': {
      const { above = -Infinity, max = Infinity } = type;
      return number.refine(
        (v) => v > above && v <= max,
        is(max === Infinity ? `not above ${above}` : `not above ${above} and at most ${max}`),
      );
    }
    case 'numbers':
      return z.union([z.number(), z.array(z.number()).min(1, is('empty'))], is('not a number or a list of numbers, one per channel'));
    case 'share':
      return share;
    case 'bytes':
      return bytes;
    case 'duration':
      return duration;
    case 'period':
      return period;
    case 'shapes':
      return z.preprocess(
        (v) => (Array.isArray(v) ? { '': v } : v),
        z.record(z.string(), shape, is('not a shape or shapes by input name')),
      );
    case 'per-input':
      return z.record(z.string(), section(perInputSettings), is('not a mapping from input names to settings'));
  }
}

/** An object of settings by their keys in edgeml.yaml; any other key is an issue of code `unrecognized_keys`. */
export const section = (names: readonly SettingName[]) =>
  z.strictObject(Object.fromEntries(names.map((n) => [flagOf(n), schemaOfSetting(n).optional()])), is('not a mapping'));

/** Words that turn a flag on which may stand without a value. */
const on = [true, 'true', '1', 1, 'yes', 'on'];

/** The schema of a setting's value; one whose flag may stand without a value takes `true` for that. */
export function schemaOfSetting(name: SettingName): z.ZodType {
  const setting: Setting = settings[name];
  const schema = schemaOf(setting.type);
  return setting.bare === undefined ? schema : z.preprocess((v) => (on.includes(v as never) ? setting.bare : v), schema);
}
