import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { matchesPattern } from './patterns.js';

/** A line of an ssh_config file. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** For messages: `FILE line N`. */
  readonly where: string;
}

const maxBytes = 1 << 20;

/** The lines of an ssh_config file; none where there is no such file. Throws UsageError where it cannot be read. */
export function readConfigFile(path: string): ConfigLine[] {
  const text = readText(path, 'settings for SSH');
  return (text ?? '').split('\n').flatMap((line, i) => parseLine(line, `${path} line ${i + 1}`) ?? []);
}

/** A text file; undefined where there is none. Throws UsageError where it is there and cannot be read. `what` is told in the message. */
export function readText(path: string, what: string): string | undefined {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new UsageError(`${path} has ${size} bytes, too many for ${what}. Give another file.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot read ${path} (${what}): ${message}. Give another file or change its permissions.`, { cause: error });
  }
}

/** `Keyword words…` or `Keyword=words…`; words may stand in double quotes, and a `#` begins a comment. */
function parseLine(line: string, where: string): ConfigLine | undefined {
  const match = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+|$)(.*)$/.exec(line.replace(/\r$/, ''));
  if (!match) return undefined;
  const words: string[] = [];
  const word = /\s*(?:"([^"]*)"|(#)|((?:[^\s"#]|(?<=\S)#)+)|("))/y;
  for (let m = word.exec(match[2]); m; m = word.exec(match[2])) {
    if (m[2]) break;
    if (m[4]) throw new UsageError(`${where}: a quotation mark is not closed. Close it.`);
    words.push(m[1] ?? m[3]);
  }
  return { keyword: match[1].toLowerCase(), words, where };
}

/** The files that the argument of an `Include` names, in order; `*` and `?` stand for parts of names. */
export function includedFiles(argument: string, home: string, folder: string): string[] {
  const path = argument.startsWith('~/') ? join(home, argument.slice(2)) : argument.startsWith('/') ? argument : join(folder, argument);
  const parts = path.split('/').filter(Boolean);
  return parts.reduce<string[]>((paths, part) => paths.flatMap((p) => entries(p, part)), ['/']);
}

function entries(folder: string, part: string): string[] {
  if (!/[*?]/.test(part)) return [join(folder, part)];
  try {
    const names = readdirSync(folder).filter((n) => matchesPattern(n, part) && (!n.startsWith('.') || part.startsWith('.')));
    return names.sort().map((n) => join(folder, n));
  } catch {
    // As for ssh: what is not there, or is no folder, includes nothing.
    return [];
  }
}
