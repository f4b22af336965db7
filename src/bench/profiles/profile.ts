import { promises as fs } from 'node:fs';
import type { z } from 'zod';
import { UsageError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';
import type { YamlFile } from '../../yaml.js';
import type { Profile } from './schema.js';

export type { Profile } from './schema.js';

const folder = new URL('./', import.meta.url);
const largest = 1 << 18;

/**
 * Reads a profile. Throws UsageError with one line per fault: file, line, column, field and value; and where the file cannot be read.
 * @param path A YAML file as described by `schema.ts`.
 */
export async function readProfile(path: string): Promise<Profile> {
  let text: string;
  try {
    const { size } = await fs.stat(path);
    if (size > largest) throw new UsageError(`${path} has ${size} bytes; a device profile has less than 256 KB.`);
    text = await fs.readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The device profile ${path} cannot be read (${(error as Error).message}).`, { cause: error });
  }
  return parseProfile(path, text);
}

/** Checks the text of a profile; `file` is for messages. Throws UsageError as {@link readProfile} does. */
export async function parseProfile(file: string, text: string): Promise<Profile> {
  const [{ parseYaml }, { fields, profileSchema }] = await Promise.all([import('../../yaml.js'), import('./schema.js')]);
  const yaml = await parseYaml(file, text);
  const result = profileSchema.safeParse(yaml.content);
  if (result.success) return result.data;
  throw new UsageError(result.error.issues.flatMap((issue) => sentences(issue, yaml, Object.keys(fields))).join('\n'));
}

function sentences(issue: z.core.$ZodIssue, yaml: YamlFile, known: readonly string[]): string[] {
  const at = issue.path.map(String).join('.');
  const stop = (s: string) => (s.endsWith('?') ? s : `${s}.`);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const hint = issue.path.length === 0 ? didYouMean(key, known).replace(/^(?=.)/, '.') || `. Known are ${known.join(', ')}` : '';
      return stop(`${yaml.placeOfKey(issue.path, key)}: unknown field '${key}'${at ? ` in ${at}` : ''}${hint}`);
    });
  }
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    const [inner] = issue.issues;
    return [stop(`${yaml.placeOfKey(issue.path.slice(0, -1), key)}: ${at}: ${inner?.message ?? issue.message}`)];
  }
  // zod says of a field that is not there that it is of the wrong type.
  const absent = /^nothing is|received undefined$/.test(issue.message);
  const fault = absent ? `the field ${at || 'name'} is missing` : `${at ? `${at}: ` : ''}${issue.message}`;
  return [stop(`${yaml.placeOf(issue.path)}: ${fault}`)];
}

let builtIn: Promise<readonly Profile[]> | undefined;

/** The devices that edgeml knows, by name. */
export function profiles(): Promise<readonly Profile[]> {
  builtIn ??= (async () => {
    const names = (await fs.readdir(folder)).filter((f) => f.endsWith('.yaml')).sort();
    return Promise.all(names.map(async (f) => parseProfile(f, await fs.readFile(new URL(f, folder), 'utf8'))));
  })();
  return builtIn;
}

/** The file of a built-in device. Throws UsageError for an unknown device. */
export async function profileFile(word: string): Promise<URL> {
  const [profile] = await selectProfiles([word]);
  return new URL(`${profile.name}.yaml`, folder);
}

/**
 * The profiles that names, aliases, families or `all` stand for, each once, in the order of the names.
 * Throws UsageError for a word that stands for none, with the nearest that does.
 */
export async function selectProfiles(words: readonly string[], own: readonly Profile[] = []): Promise<Profile[]> {
  const all = [...own, ...(await profiles()).filter((p) => !own.some((o) => o.name === p.name))];
  const wordsOf = (p: Profile) => [p.name, ...p.aliases, ...p.families];
  const chosen = new Set<Profile>();
  for (const given of words) {
    const word = given.trim().toLowerCase();
    const named = all.filter((p) => p.name === word || p.aliases.includes(word));
    const found = word === 'all' ? all : named.length > 0 ? named : all.filter((p) => p.families.includes(word));
    if (found.length === 0) {
      const hint = didYouMean(word, ['all', ...new Set(all.flatMap(wordsOf))]).replace(/^(?=.)/, '.');
      const known = hint || `. Known are ${all.map((p) => p.name).join(', ')}, their families, and all`;
      throw new UsageError(
        `'${given}' is no device that edgeml knows${known}${hint ? '' : '.'} A device of your own goes into --profile FILE.`,
      );
    }
    for (const p of found) chosen.add(p);
  }
  return [...chosen];
}
