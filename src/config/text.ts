import { UsageError } from '../errors.js';
import type { Kind } from './settings.js';

/** A flag as commander hands it over: a switch, a value, or the values of a repeatable one. */
export type Given = boolean | string | readonly string[];

const numeral = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** A number where the text is one, else the text, which the schema then turns down with a sentence. */
const number = (text: string): number | string => (numeral.test(text.trim()) ? Number(text) : text);

const split = (text: string, at = ','): string[] =>
  text
    .split(at)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const truth: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
};

/**
 * Text of a flag or an environment variable as the value that edgeml.yaml would hold. Lists are split at commas;
 * shapes are separated by spaces in an environment variable. Throws UsageError naming `where` for a shape that cannot be read.
 */
export function fromText(type: Kind, given: Given, where: string): unknown {
  if (typeof given === 'boolean') return given;
  if (type.kind === 'shapes') return shapes(typeof given === 'string' ? split(given, ' ') : given, where);
  if (type.kind === 'patterns' || type.kind === 'paths') return typeof given === 'string' ? split(given) : given;
  const text = typeof given === 'string' ? given : given.join(',');
  switch (type.kind) {
    case 'switch':
      return truth[text.toLowerCase()] ?? text;
    case 'integer':
    case 'number':
    case 'share':
    case 'bytes':
    case 'duration':
      return number(text);
    case 'numbers': {
      const all = split(text).map(number);
      return all.length === 1 ? all[0] : all;
    }
    case 'choices':
    case 'names':
      return split(text);
    default:
      return text;
  }
}

/** `x=1,3,224,224` by name, `1,3,224,224` under ''. A name may hold `=` itself: the last one parts it from the shape. */
function shapes(texts: readonly string[], where: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const name = at < 0 ? '' : text.slice(0, at);
    if (Object.hasOwn(out, name))
      throw new UsageError(`${where} gives ${name ? `the shape of '${name}'` : 'a shape without a name'} twice.`);
    out[name] = split(text.slice(at + 1)).map(number);
  }
  return out;
}
