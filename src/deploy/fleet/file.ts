import { promises as fs } from 'node:fs';
import { homedir } from 'node:os';
import { UsageError } from '../../errors.js';
import { whyUnreadable } from '../../fs/unreadable.js';
import type { DeviceSpec } from './device.js';

/** A fleet file as read. */
export interface Fleet {
  readonly path: string;
  /** In the order of the file, ranges expanded. */
  readonly devices: readonly DeviceSpec[];
  /** Names of the groups, in the order of the file. */
  readonly groups: readonly string[];
  /** Sentences, with their place, about what is allowed and hardly meant. */
  readonly warnings: readonly string[];
}

const largest = 4 << 20;

/**
 * Reads a fleet file. Throws UsageError with one line per fault: file, line, column, key and value; and where it cannot be read.
 * @param path A YAML file as described in docs/fleet.md.
 */
export async function readFleet(path: string): Promise<Fleet> {
  let text: string;
  try {
    const { size } = await fs.stat(path);
    if (size > largest)
      throw new UsageError(`${path} has ${size} bytes; a fleet file has at most 4 MB. Ranges such as cam-[001:500] make it short.`);
    text = await fs.readFile(path, 'utf8');
    if (text.includes('\0'))
      throw new UsageError(`${path} is no text file, and a fleet file is YAML. docs/fleet.md shows what stands in one.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = whyUnreadable(error) ?? (error as Error).message;
    throw new UsageError(`Cannot read the fleet file ${path}: ${why}. docs/fleet.md shows what stands in one.`, { cause: error });
  }
  return parseFleet(text, path);
}

/**
 * Checks the text of a fleet file. Throws UsageError as {@link readFleet} does.
 * @param path For messages, and what paths in the file are relative to.
 * @param home What `~/` of such paths stands for.
 */
export async function parseFleet(text: string, path: string, home = homedir()): Promise<Fleet> {
  const [{ parseYaml }, { readContent }] = await Promise.all([import('../../yaml.js'), import('./content.js')]);
  const yaml = await parseYaml(path, text).catch((error: unknown) => {
    throw withHint(error, text);
  });
  return readContent(yaml, path, home);
}

/** The most frequent slip: YAML takes the brackets of a range for its own where it stands between brackets or braces. */
function withHint(error: unknown, text: string): unknown {
  const [, line] = (error instanceof UsageError && /:(\d+):\d+: this is not valid YAML/.exec(error.message)) || [];
  if (!line || !/[[{].*\[\w+:\w+\]/.test((text.split('\n')[Number(line) - 1] ?? '').slice(0, 2000))) return error;
  return new UsageError(`${(error as Error).message} Between [ ] and { } a text with a range needs quotes.`, { cause: error });
}
