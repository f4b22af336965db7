import { readFileSync } from 'node:fs';
import { DeviceError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import type { Connection } from '../../ssh/types.js';

/** Where on a device a bundle lives, and in whose name it is worked on. */
export interface Site {
  readonly connection: Connection;
  /** Absolute, or below `~/`. */
  readonly root: string;
  /** Of the bundle; a folder below the root. */
  readonly name: string;
  /** Of the release that this is about; '' for none. */
  readonly digest: string;
  /** Of the lock; '' where nothing is changed. */
  readonly token: string;
}

/** Files of `sh/`. */
export type ScriptName =
  | 'activate'
  | 'assemble'
  | 'blocks'
  | 'check-release'
  | 'collect'
  | 'commit'
  | 'cut'
  | 'enrol'
  | 'follow'
  | 'lib'
  | 'lock-state'
  | 'prepare'
  | 'recheck'
  | 'start'
  | 'survey'
  | 'sweep'
  | 'unlock-stale'
  | 'verify-curve'
  | 'verify-field'
  | 'verify-hash'
  | 'verify-signature';

/** What a script said: lines of a key and values. */
export interface Answer {
  /** The values of every line with that key. */
  all(key: string): readonly (readonly string[])[];
  /** The first value of the first such line; undefined where there is none. */
  first(key: string): string | undefined;
}

/** A script ended before its end, with a word that says why, and more about it. */
export class ScriptFailure extends DeviceError {
  readonly word: string;
  readonly detail: string;
  constructor(connection: Connection, word: string, detail: string) {
    super(`${connection.name}: ${word}${detail ? ` (${detail.replaceAll('\t', ', ')})` : ''}.`);
    this.word = word;
    this.detail = detail;
  }
}

/** What hashes or writes gigabytes on a slow card may take so long, ms. */
export const longestScript = 1_800_000;

const texts = new Map<ScriptName, string>();

/** The text of a file of `sh/`. */
export function textOf(name: ScriptName): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`sh/${name}.sh`, import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}

const assignment = (name: string, value: string): string => `${name}=${quote(value)}\n`;

/** A folder of the user's on the device, as a word of a shell: `~` is the home directory of who logs in. */
export const folderWord = (folder: string): string =>
  folder === '~' ? '"$HOME"' : folder.startsWith('~/') ? `"$HOME"/${quote(folder.slice(2))}` : quote(folder);

/**
 * One line of shell that writes down which process this is, as `same_process` of lib.sh needs it: numbers of processes are given
 * again. `file` is a word of the shell.
 */
export const noteProcess = (file: string): string =>
  [
    's=$(cat /proc/$$/stat 2>/dev/null)',
    'p=$$',
    // What follows the name of the process begins with field 3; the start is field 22.
    `set -- \${s##*) }`,
    `printf 'pid\\t%s\\nstarted\\t%s\\nboot\\t%s\\n' "$p" "\${20-}" "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)" >${file}`,
  ].join('; ');

/** The folder of a release, as a word of a shell. */
export const releaseWord = ({ root, name }: Site, digest: string): string => `${folderWord(root)}/${quote(name)}/releases/${digest}`;

/** The text of scripts, one after the other, with what they need set before. */
export function scriptText(site: Site, names: readonly ScriptName[], variables: Readonly<Record<string, string>>): string {
  const head = [
    `root=${folderWord(site.root)}\n`,
    ...Object.entries({ name: site.name, digest: site.digest, token: site.token, ...variables }).map(([k, v]) => assignment(k, v)),
  ];
  return [...head, textOf('lib'), ...names.map(textOf)].join('');
}

/**
 * A shell runs what it has read: of a script that was cut off on the way, the last line up to where it was cut. Between braces nothing
 * runs before all of it is there.
 */
export const whole = (text: string): string => `{\n${text}\n}\n`;

/**
 * Runs scripts on the device, one after the other in one shell. Throws ScriptFailure where one of them says why it cannot go on,
 * DeviceError where the device has no shell that can run them, OfflineError where the connection is lost.
 */
export async function runScript(
  site: Site,
  names: readonly ScriptName[],
  variables: Readonly<Record<string, string>>,
  options: { readonly title: string; readonly timeout?: number } = { title: 'a script' },
): Promise<Answer> {
  const result = await site.connection.script(whole(scriptText(site, names, variables)), { timeout: 120_000, ...options });
  return parseAnswer(site.connection, result.stdout, result.stderr.trim() || `status ${result.code ?? result.signal}`, options.title);
}

/** Reads what stands between the marks; what a login shell prints besides is passed over. */
export function parseAnswer(connection: Connection, stdout: string, words: string, title: string): Answer {
  const match = /^edgeml-begin\n([\s\S]*?)^edgeml-end$/m.exec(stdout);
  if (!match) {
    throw new DeviceError(
      `${connection.name} did not run ${title} to its end: ${words.split('\n').slice(-2).join(' ').slice(0, 300)}. edgeml needs a POSIX shell (sh) there.`,
    );
  }
  const lines = new Map<string, string[][]>();
  for (const line of match[1].split('\n').slice(0, -1)) {
    const [key, ...values] = line.split('\t');
    const known = lines.get(key);
    if (known) known.push(values);
    else lines.set(key, [values]);
  }
  const [failure] = lines.get('fail') ?? [];
  if (failure) throw new ScriptFailure(connection, failure[0], failure.slice(1).join('\t'));
  return { all: (key) => lines.get(key) ?? [], first: (key) => lines.get(key)?.[0]?.[0] };
}
