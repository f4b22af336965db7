import { existsSync, promises as fs } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../errors.js';
import type { YamlFile } from '../yaml.js';
import {
  flagOf,
  perInputSettings,
  type Setting,
  type SettingName,
  settings,
  settingsOf,
  sharedSections,
  type Values,
  verbSections,
} from './settings.js';

/** edgeml.yaml as read. Paths are as a user would write them from the working directory. */
export interface ConfigFile {
  readonly path: string;
  readonly model?: string;
  /** What holds for every verb. */
  readonly shared: Values;
  /** What a verb's own section says; it goes before `shared`. */
  readonly verbs: Readonly<Record<string, Values>>;
}

const fileName = 'edgeml.yaml';
const largest = 1 << 20;

/** The edgeml.yaml of a folder or of the nearest one above it; undefined where there is none. */
export function findConfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, fileName);
    if (existsSync(path)) return shorten(path);
    if (dirname(at) === at) return undefined;
  }
}

/** A path as a user would write it: relative where it is below the working directory. */
export function shorten(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short) ? path : short;
}

const inFile = (names: readonly SettingName[]): SettingName[] =>
  names.filter((n) => !('only' in settings[n] && settings[n].only === 'flags'));

const top = sharedSections.model;
const sections: Readonly<Record<string, readonly SettingName[]>> = {
  data: inFile(sharedSections.data),
  gates: inFile(sharedSections.gates),
  ...Object.fromEntries(Object.entries(verbSections).map(([name, verbs]) => [name, inFile([...new Set(verbs.flatMap(settingsOf))])])),
};

/** Reads and checks an edgeml.yaml. Throws UsageError with one line per fault: file, line, column, key and value. */
export async function readConfig(path: string): Promise<ConfigFile> {
  const [{ parseYaml }, { z }, { schemaOf, section }] = await Promise.all([import('../yaml.js'), import('zod'), import('./schema.js')]);
  const file = await parseYaml(path, await readText(path));
  const schema = z.strictObject(
    {
      model: schemaOf({ kind: 'path' }).optional(),
      ...Object.fromEntries(top.map((n) => [flagOf(n), schemaOf(settings[n].type).optional()])),
      ...Object.fromEntries(Object.entries(sections).map(([name, names]) => [name, section(names).nullish()])),
    },
    { error: () => `the file is not a mapping with keys such as ${topKeys.join(', ')}` },
  );
  const result = schema.safeParse(file.content);
  if (!result.success) {
    const { didYouMean } = await import('./schema.js');
    throw new UsageError(result.error.issues.flatMap((issue) => sentences(issue, file, didYouMean)).join('\n'));
  }
  const found = result.data as Record<string, Record<string, unknown>>;
  const folder = dirname(resolve(path));
  const model = found.model as unknown as string | undefined;
  return {
    path,
    ...(model !== undefined && { model: shorten(resolve(folder, model)) }),
    shared: valuesOf({ ...Object.fromEntries(top.map((n) => [flagOf(n), found[flagOf(n)]])), ...found.data, ...found.gates }, folder),
    verbs: Object.fromEntries(Object.keys(verbSections).map((name) => [name, valuesOf(found[name] ?? {}, folder, sections[name])])),
  };
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await fs.stat(path);
    if (size > largest) throw new UsageError(`${path} has ${size} bytes; a file of settings has less than 1 MB.`);
    bytes = await fs.readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read (${(error as Error).message}).`, { cause: error });
  }
  return bytes.toString('utf8');
}

const topKeys = ['model', ...top.map(flagOf), ...Object.keys(sections)];

function keysAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return topKeys;
  return (path.length === 1 ? (sections[String(path[0])] ?? []) : perInputSettings).map(flagOf);
}

/** One line per fault that the schema found. */
function sentences(issue: z.core.$ZodIssue, file: YamlFile, didYouMean: (word: unknown, words: readonly string[]) => string): string[] {
  const at = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') {
    return [`${file.placeOf(issue.path)}: ${at ? `${at}: ` : ''}${issue.message}${issue.message.endsWith('?') ? '' : '.'}`];
  }
  return issue.keys.map((key) => {
    const homes = Object.keys(sections).filter((name) => sections[name].map(flagOf).includes(key));
    const remedy =
      didYouMean(key, keysAt(issue.path)) ||
      (homes.length > 0 ? `. It belongs under ${homes.map((h) => `${h}:`).join(' or ')}` : `. Known are ${keysAt(issue.path).join(', ')}`);
    return `${file.placeOfKey(issue.path, key)}: unknown key '${key}'${at ? ` in ${at}` : ''}${remedy}${remedy.endsWith('?') ? '' : '.'}`;
  });
}

/** A trailing slash, which says that a folder is meant, stays. */
const inFolder = (folder: string, path: string): string => shorten(resolve(folder, path)) + (/[/\\]$/.test(path) ? '/' : '');

/** Keys as in the file to names as in the code; paths made relative to the file's folder. */
const unflagged = (Object.keys(settings) as SettingName[]).filter((n) => !('flag' in settings[n]));

function valuesOf(given: Readonly<Record<string, unknown>>, folder: string, names: readonly SettingName[] = unflagged): Values {
  const byKey = new Map(names.map((n) => [flagOf(n), n]));
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = byKey.get(key);
    if (!name || value === undefined) continue;
    const { kind } = settings[name].type;
    if (kind === 'path') {
      const { plain = [] } = settings[name] as Setting;
      out[name] = plain.includes(value as string) ? value : inFolder(folder, value as string);
    } else if (kind === 'paths') out[name] = (value as string[]).map((path) => inFolder(folder, path));
    else if (kind === 'per-input')
      out[name] = Object.fromEntries(
        Object.entries(value as object).map(([input, v]) => [input, valuesOf(v as Record<string, unknown>, folder)]),
      );
    else out[name] = value;
  }
  return out as Values;
}
