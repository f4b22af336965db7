import { UsageError } from '../errors.js';

/** A word for a POSIX shell, in quotes where it needs them. Throws UsageError where it holds a NUL, which no argument can. */
export function quote(word: string): string {
  if (word.includes('\0'))
    throw new UsageError(`${JSON.stringify(word)} holds a NUL character, which no command can be given. Take it out.`);
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line from words. */
export const commandLine = (words: readonly string[]): string => words.map(quote).join(' ');
