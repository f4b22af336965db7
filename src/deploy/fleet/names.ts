import { nth, rangeFault, rangePattern, templateOf } from './ranges.js';

/** The longest name of a device, group or label: names become parts of file names. */
const longest = 100;

const letters = 'A-Za-z0-9_.-';
const plain = new RegExp(`^(?!\\d+$)(?!all$)[A-Za-z0-9][${letters}]{0,${longest - 1}}$`);

/** A name of a group or label. Digits alone are an address to a network, and 'all' is every device. */
export const namePattern = plain;
/** A name of a device, or of several by ranges. */
export const rangedNamePattern = new RegExp(`^(?!\\d+$)(?!all$)(?=[A-Za-z0-9[])(?:[${letters}]|${rangePattern})+$`);
/** The same, or a pattern with `*` and `?`. */
export const hostReferencePattern = new RegExp(`^(?:[*?${letters}]|${rangePattern})+$`);

/** Why a text is no name, as the end of a sentence; undefined where it is one. */
export function nameFault(name: string): string | undefined {
  if (plain.test(name)) return undefined;
  if (name === 'all') return "'all' stands for every device: choose another name";
  if (/^\d+$/.test(name)) return `'${name}' is digits alone, which a network takes for an address: put a letter into the name`;
  if (name.length > longest) return `a name of ${name.length} characters is too long: ${longest} is the most`;
  return `'${name}' is no name: use letters, digits, '.', '_' and '-', beginning with a letter or a digit`;
}

/** The same for a name with ranges, by its first and its last: only 'all' may hide between them. */
export function rangedNameFault(name: string): string | undefined {
  // How a key that is no text arrives: `[1:3]:` without quotes.
  if (/^[[{] .* [\]}]$/.test(name)) return `'${name}' is a list or a mapping to YAML: put quotes around the name`;
  const fault = rangeFault(name);
  if (fault) return fault;
  const template = templateOf(name);
  if (template.literals.some((l) => /[[\]]/.test(l))) return `'${name}' has brackets that are no range: write a range as [01:20]`;
  return nameFault(nth(template, template.count - 1)) ?? nameFault(nth(template, 0));
}
