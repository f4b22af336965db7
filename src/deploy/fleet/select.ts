import { UsageError } from '../../errors.js';
import { matchesPattern } from '../../ssh/patterns.js';
import { didYouMean } from '../../suggest.js';
import type { DeviceSpec } from './device.js';
import { expand, rangeFault, templateOf } from './ranges.js';

const kinds = ['host', 'group', 'label'] as const;
type Kind = (typeof kinds)[number];

/** One term of an expression: `pi`, `&site-a`, `!label:broken`, `cam-*`. */
interface Term {
  /** As it is written. */
  readonly text: string;
  readonly sign: '' | '&' | '!';
  /** Where its words are sought; undefined for everywhere. */
  readonly kind?: Kind;
  readonly word: string;
}

const mostSought = 5_000;
const mostOfRange = 100_000;

/**
 * The devices that an expression chooses, in their own order: `pi,lab-*` is those of either, `&site-a` keeps only what is in it
 * too, `!staging` takes out. Whatever the order of the terms, those without a sign come first and those with `!` last; where none is
 * without a sign, all devices are the start. A term is the name of a device, a group or a label, `all`, a glob, or a range of names;
 * `host:`, `group:` and `label:` before it say which.
 * Throws UsageError for a term that matches no device, and where none is left.
 */
export function select(devices: readonly DeviceSpec[], expression: string): DeviceSpec[] {
  const terms = expression.split(',').map((text) => readTerm(text.trim(), expression));
  const matched = terms.map((term) => ({ ...term, devices: membersOf(devices, term) }));
  const faults = matched.filter((t) => t.devices.size === 0).map((t) => unmatched(devices, t));
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const of = (sign: Term['sign']) => matched.filter((t) => t.sign === sign).map((t) => t.devices);
  const [added, kept, removed] = [of(''), of('&'), of('!')];
  const chosen = devices.filter(
    (d) => (added.length === 0 || added.some((s) => s.has(d))) && kept.every((s) => s.has(d)) && !removed.some((s) => s.has(d)),
  );
  if (chosen.length > 0) return chosen;
  const counts = matched.map((t) => `'${t.text}' matches ${t.devices.size}`).join(', ');
  throw new UsageError(`'${expression}' selects none of ${devices.length} devices: ${counts}.`);
}

function readTerm(text: string, expression: string): Term {
  const [, sign, rest] = /^([&!]?)\s*(.*)$/s.exec(text) as RegExpExecArray;
  const [, kind, word] = /^(?:(host|group|label):)?(.*)$/s.exec(rest) as RegExpExecArray;
  // Nothing is what a variable that is not set leaves behind: it must not choose all.
  if (word === '') {
    const what = text === '' ? 'has a term that is empty' : `has nothing behind '${text}'`;
    throw new UsageError(
      `The selection '${expression}' ${what}. Write names of devices, groups or labels with commas between them, or all.`,
    );
  }
  const fault = rangeFault(word);
  if (fault) throw new UsageError(`The selection '${expression}': ${fault}.`);
  return { text, sign: sign as Term['sign'], ...(kind && { kind: kind as Kind }), word };
}

const wordsOf = (d: DeviceSpec, kind: Kind): readonly string[] => (kind === 'host' ? [d.name] : kind === 'group' ? d.groups : d.labels);

/** The devices that a term matches, whatever its sign; none where one of a range is no device. */
function membersOf(devices: readonly DeviceSpec[], { kind, word }: Term): Set<DeviceSpec> {
  if (word === 'all' && !kind) return new Set(devices);
  const names = namesOf(word);
  if (names && (kind ?? 'host') === 'host') {
    const byName = new Map(devices.map((d) => [d.name, d]));
    return new Set(names.every((n) => byName.has(n)) ? names.map((n) => byName.get(n) as DeviceSpec) : []);
  }
  const is = /[*?]/.test(word) ? (w: string) => matchesPattern(w, word) : (w: string) => w === word;
  return new Set(devices.filter((d) => (kind ? [kind] : kinds).some((k) => wordsOf(d, k).some(is))));
}

/** The names of a term with ranges; undefined where it has none. */
function namesOf(word: string): string[] | undefined {
  const template = templateOf(word);
  if (template.ranges.length === 0) return undefined;
  return template.count > mostOfRange ? [word] : expand(template);
}

function unmatched(devices: readonly DeviceSpec[], { text, kind, word }: Term): string {
  const words = (k: Kind) => [...new Set(devices.flatMap((d) => wordsOf(d, k)))];
  const missing = namesOf(word)?.find((n) => !devices.some((d) => d.name === n));
  if (missing !== undefined)
    return `'${text}' names '${missing}', which is no device.${didYouMean(missing, words('host').slice(0, mostSought))}`;
  const what = kind === 'host' ? 'device' : (kind ?? 'device, group or label');
  const all = kind ? words(kind) : ['all', ...kinds.flatMap(words)];
  // `tag:x` is sought under the prefix that was meant.
  const prefixed = word.includes(':') ? kinds.flatMap((k) => words(k).map((w) => `${k}:${w}`)) : [];
  const hint = didYouMean(word, [...all, ...prefixed].slice(0, mostSought));
  const is = /[*?]/.test(word) ? `matches no ${what}` : `is no ${what}`;
  return `'${text}' ${is}.${hint || known(words, kind)}`;
}

function known(words: (kind: Kind) => readonly string[], kind?: Kind): string {
  const list = (k: Kind): string | undefined => {
    const all = words(k);
    if (all.length === 0) return undefined;
    const shown = all.slice(0, 10).join(', ');
    return `${k === 'host' ? 'devices' : `${k}s`} ${shown}${all.length > 10 ? ` and ${all.length - 10} more` : ''}`;
  };
  const lists = (kind ? [kind] : (['group', 'label', 'host'] as const)).flatMap((k) => list(k) ?? []);
  return lists.length > 0 ? ` There are the ${lists.join('; the ')}.` : '';
}
