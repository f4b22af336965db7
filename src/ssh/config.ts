import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import { type ConfigLine, includedFiles, readConfigFile } from './config-file.js';
import { matchesPatterns } from './patterns.js';

/** What ssh_config files say about one host: for each keyword the words that come first. */
export interface HostConfig {
  /** By keyword in lower case. */
  readonly values: ReadonlyMap<string, ConfigLine>;
  /** `IdentityFile` is the one keyword of which every value counts. */
  readonly identityFiles: readonly ConfigLine[];
}

export interface ConfigQuery {
  /** As the user gave it. */
  readonly host: string;
  /** Where the user gave one. */
  readonly user?: string;
  readonly home: string;
}

interface State {
  readonly query: ConfigQuery;
  readonly values: Map<string, ConfigLine>;
  readonly identityFiles: ConfigLine[];
}

const maxDepth = 16;

/**
 * Looks a host up in ssh_config files: the first value that is found counts, as in ssh_config(5).
 * Of the criteria of `Match`, those about names are understood (all, host, originalhost, user, localuser); a block with
 * another one (exec, canonical, final, …) is passed over.
 * Throws UsageError, with file and line, where a file is not well formed.
 */
export function lookUpHost(files: readonly string[], query: ConfigQuery): HostConfig {
  const state: State = { query, values: new Map(), identityFiles: [] };
  for (const file of files) apply(file, true, 0, state);
  return state;
}

function apply(file: string, enclosing: boolean, depth: number, state: State): void {
  let active = enclosing;
  for (const line of readConfigFile(file)) {
    const { keyword, words, where } = line;
    if (keyword === 'host') active = enclosing && matchesPatterns(state.query.host, words);
    else if (keyword === 'match') active = enclosing && matches(line, state);
    else if (keyword === 'include') {
      if (depth === maxDepth) throw new UsageError(`${where}: files include each other more than ${maxDepth} deep. Take an Include out.`);
      const base = file.startsWith(`${state.query.home}/`) ? join(state.query.home, '.ssh') : dirname(file);
      for (const w of words) for (const path of includedFiles(w, state.query.home, base)) apply(path, active, depth + 1, state);
    } else if (active) {
      if (words.length === 0) throw new UsageError(`${where}: ${keyword} has no value. Give it one or take the line out.`);
      if (keyword === 'identityfile') state.identityFiles.push(line);
      // Of these two, only the one that comes first counts.
      else if (keyword === 'proxycommand' && state.values.has('proxyjump')) continue;
      else if (keyword === 'proxyjump' && state.values.has('proxycommand')) continue;
      else if (!state.values.has(keyword)) state.values.set(keyword, line);
    }
  }
}

function matches({ words, where }: ConfigLine, { query, values }: State): boolean {
  const host = values.get('hostname')?.words[0].replaceAll('%h', query.host) ?? query.host;
  const user = query.user ?? values.get('user')?.words[0] ?? localUser();
  const subjects: Readonly<Record<string, string>> = { host, originalhost: query.host, user, localuser: localUser() };
  if (words.length === 0) throw new UsageError(`${where}: Match has no criteria. Give it some, or write 'Match all'.`);
  for (let i = 0; i < words.length; ) {
    const negated = words[i].startsWith('!');
    const criterion = words[i].toLowerCase().replace(/^!/, '');
    if (criterion === 'all') {
      if (negated) return false;
      i++;
      continue;
    }
    const subject = subjects[criterion];
    if (subject === undefined) return false;
    if (words[i + 1] === undefined) throw new UsageError(`${where}: '${criterion}' has no pattern. Give it one.`);
    if (matchesPatterns(subject, words[i + 1].split(',')) === negated) return false;
    i += 2;
  }
  return true;
}

/** The name of who runs this; '' for a user number without a name (in containers). */
export function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? '';
  }
}

/** What the tokens of ssh_config(5) stand for, as far as paths and names use them. */
export function expand(line: ConfigLine, word: string, tokens: Readonly<Record<string, string>>, home: string): string {
  const all: Readonly<Record<string, string>> = {
    '%': '%',
    d: home,
    u: localUser(),
    l: hostname(),
    L: hostname().split('.')[0],
    ...tokens,
  };
  const text = word.replace(/%(.?)/g, (_, letter: string) => {
    if (all[letter] === undefined) throw new UsageError(`${line.where}: '%${letter}' is no token that edgeml knows. Write it out.`);
    return all[letter];
  });
  const filled = text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new UsageError(`${line.where}: the environment variable ${name} is not set. Set it or write its value.`);
    return value;
  });
  return filled === '~' || filled.startsWith('~/') ? join(home, filled.slice(1)) : filled;
}
