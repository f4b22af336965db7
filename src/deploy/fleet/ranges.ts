/** One range of a text: `[01:20]`, `[a:f]`, `[0:100:10]`. */
interface Range {
  readonly text: string;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Digits of a number with leading zeros, else 0. */
  readonly width: number;
  readonly letters: boolean;
}

/** A text with ranges, taken apart: a literal stands before, between and after them. */
export interface Template {
  readonly text: string;
  readonly literals: readonly string[];
  readonly ranges: readonly Range[];
  /** How many texts it stands for. */
  readonly count: number;
}

/** Two or three parts that are not empty: an IPv6 address in brackets never looks like that. */
const rangeLike = /\[([^[\]:]+):([^[\]:]+)(?::([^[\]:]*))?\]/g;

/** Source of a regular expression for one range, for JSON Schema. */
export const rangePattern = String.raw`\[(?:\d+:\d+|[a-z]:[a-z]|[A-Z]:[A-Z])(?::\d+)?\]`;

/** What is wrong with the ranges of a text, as the end of a sentence; undefined where nothing is. */
export function rangeFault(text: string): string | undefined {
  for (const match of text.matchAll(rangeLike)) {
    const found = readRange(match);
    if (typeof found === 'string') return found;
  }
  return undefined;
}

/** Takes a text apart in which {@link rangeFault} finds nothing wrong. */
export function templateOf(text: string): Template {
  const literals: string[] = [];
  const ranges: Range[] = [];
  let end = 0;
  for (const match of text.matchAll(rangeLike)) {
    const found = readRange(match);
    if (typeof found === 'string') throw new Error(found);
    literals.push(text.slice(end, match.index));
    ranges.push(found);
    end = match.index + match[0].length;
  }
  literals.push(text.slice(end));
  return { text, literals, ranges, count: ranges.reduce((n, r) => n * r.count, 1) };
}

/** The text at `index`, 0 to `count - 1`; the last range runs fastest. */
export function nth({ literals, ranges }: Template, index: number): string {
  let out = literals[ranges.length];
  let rest = index;
  for (let i = ranges.length - 1; i >= 0; i--) {
    const { first, step, count, width, letters } = ranges[i];
    const value = first + (rest % count) * step;
    rest = Math.floor(rest / count);
    out = literals[i] + (letters ? String.fromCharCode(value) : String(value).padStart(width, '0')) + out;
  }
  return out;
}

/** Every text that a template stands for. */
export const expand = (template: Template): string[] => Array.from({ length: template.count }, (_, i) => nth(template, i));

/** Why a value cannot run in step with its key, range by range, as the end of a sentence; undefined where it can. */
export function stepFault(key: Template, value: Template): string | undefined {
  if (key.ranges.length === 0 && value.ranges.length === 0) return undefined;
  if (value.ranges.length === 0)
    return `'${value.text}' has no range, but '${key.text}' stands for ${key.count} devices, each on its own host`;
  if (key.ranges.length === 0) return `'${value.text}' has a range, but '${key.text}' is one device: write a range into the name too`;
  if (key.ranges.length !== value.ranges.length)
    return `'${value.text}' has ${ranges(value)}, but '${key.text}' has ${key.ranges.length}: they run in step, one for one`;
  const at = key.ranges.findIndex((r, i) => r.count !== value.ranges[i].count);
  if (at < 0) return undefined;
  const [k, v] = [key.ranges[at], value.ranges[at]];
  return `${v.text} has ${members(v)}, but ${k.text} of '${key.text}' has ${k.count}: they run in step, one for one`;
}

const ranges = (t: Template): string => `${t.ranges.length} range${t.ranges.length === 1 ? '' : 's'}`;
const members = (r: Range): string => `${r.count} member${r.count === 1 ? '' : 's'}`;

function readRange([text, from, to, by]: readonly (string | undefined)[]): Range | string {
  const [first, last, step] = [from as string, to as string, by ?? '1'];
  const numbers = /^\d+$/.test(first) && /^\d+$/.test(last);
  const letters = /^([a-z]{2}|[A-Z]{2})$/.test(first + last);
  if ((!numbers && !letters) || !/^\d{1,9}$/.test(step))
    return `'${text}' is no range: write numbers such as [01:20], letters such as [a:f], and a step as in [0:100:10]`;
  if (Number(step) === 0) return `'${text}' never moves on: its step is 0`;
  if (first.length > 9 || last.length > 9) return `'${text}' has numbers of more than 9 digits`;
  const padded = [first, last].some((end) => end.length > 1 && end.startsWith('0'));
  if (padded && numbers && first.length !== last.length) {
    const width = Math.max(first.length, last.length);
    const zeros = (end: string) => end.padStart(width, '0');
    return `'${text}' has ends of different length: with leading zeros write [${zeros(first)}:${zeros(last)}], or none`;
  }
  const [low, high] = numbers ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  if (low > high) return `'${text}' runs backwards: write [${last}:${first}${by === undefined ? '' : `:${by}`}]`;
  return {
    text: text as string,
    first: low,
    step: Number(step),
    count: Math.floor((high - low) / Number(step)) + 1,
    width: padded ? first.length : 0,
    letters,
  };
}
