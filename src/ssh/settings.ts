import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { type ConfigQuery, expand, type HostConfig, localUser, lookUpHost } from './config.js';
import type { ConfigLine } from './config-file.js';
import { parsePort, parseTarget } from './target.js';

/** What a connection may be told beside its target; each goes before ~/.ssh/config, and what the target says goes before both. */
export interface SshOptions {
  readonly user?: string;
  readonly port?: number;
  /** Private keys to offer, in order. */
  readonly identityFiles?: readonly string[];
  /** Offer no keys of the agent but those that `identityFiles` name. */
  readonly identitiesOnly?: boolean;
  /** Socket of the agent; false for none. Default: IdentityAgent of the configuration, then SSH_AUTH_SOCK. */
  readonly agent?: string | false;
  /** Hosts to go through, separated by commas, the nearest first; 'none' for a direct connection. */
  readonly jump?: string;
  /** Files of known hosts; the first of them gets new keys. */
  readonly knownHostsFiles?: readonly string[];
  /**
   * Take the key of a host that is not known yet, and remember it; 'once' takes it and does not. A key that has changed is refused
   * all the same.
   */
  readonly acceptNewHostKeys?: boolean | 'once';
  /** Default: ~/.ssh/config and /etc/ssh/ssh_config. */
  readonly configFiles?: readonly string[];
  /** Asks for the passphrase of a key file; undefined gives up. Default: the variable EDGEML_SSH_PASSPHRASE. */
  readonly passphrase?: (file: string) => Promise<string | undefined>;
  /** From the first packet to being logged in, ms. Default 20 000. */
  readonly handshakeTimeout?: number;
  /** Default: the user's home directory. */
  readonly home?: string;
}

/** Everything that a connection to one host needs to know. */
export interface Settings {
  /** For messages: `user@host`, with the port where it is not 22. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Under which the host stands in files of known hosts. */
  readonly hostKeyName: string;
  /** Whether that name is an alias, which has no port. */
  readonly aliased: boolean;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agent?: string;
  readonly knownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  /** Hosts to go through, the nearest first. */
  readonly jumps: readonly string[];
}

/** In the order in which ssh(1) offers them. */
const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** Settings of the connection to `target`. Throws UsageError where target, options or configuration make no sense. */
export function settingsFor(target: string, options: SshOptions = {}): Settings {
  const given = parseTarget(target);
  const home = options.home ?? homedir();
  const files = options.configFiles ?? [join(home, '.ssh', 'config'), '/etc/ssh/ssh_config'];
  const query: ConfigQuery = { host: given.host, user: given.user ?? options.user, home };
  const config = lookUpHost(files, query);
  const user = given.user ?? options.user ?? word(config, 'user') ?? localUser();
  const port = given.port ?? options.port ?? portOf(config) ?? 22;
  const hostName = config.values.get('hostname');
  const host = hostName ? expand(hostName, hostName.words[0], { h: given.host, n: given.host }, home) : given.host;
  const alias = word(config, 'hostkeyalias');
  const tokens = { h: host, n: given.host, p: String(port), r: user, k: alias ?? host };
  const paths = (line: ConfigLine): string[] => line.words.map((w) => expand(line, w, tokens, home));
  const proxy = config.values.get('proxycommand');
  if (options.jump === undefined && proxy && proxy.words[0].toLowerCase() !== 'none') {
    throw new UsageError(`${proxy.where}: edgeml does not run a ProxyCommand. Use ProxyJump, or give the host to go through with --jump.`);
  }
  const name = `${user}@${host}${port === 22 ? '' : `:${port}`}`;
  return {
    name: given.host === host ? name : `${given.host} (${name})`,
    ...{ host, port, user, hostKeyName: (alias ?? host).toLowerCase(), aliased: alias !== undefined },
    identityFiles: identities(options, config, paths, home),
    identitiesOnly: options.identitiesOnly ?? word(config, 'identitiesonly')?.toLowerCase() === 'yes',
    agent: agentOf(options, config, paths),
    knownHostsFiles: options.knownHostsFiles ?? knownHostsFiles(config, paths, home),
    hashKnownHosts: word(config, 'hashknownhosts')?.toLowerCase() === 'yes',
    jumps: jumpsOf(options.jump ?? word(config, 'proxyjump')),
  };
}

const word = (config: HostConfig, keyword: string): string | undefined => config.values.get(keyword)?.words[0];

function portOf(config: HostConfig): number | undefined {
  const line = config.values.get('port');
  return line && parsePort(line.words[0], () => new UsageError(`${line.where}: '${line.words[0]}' is no port. Write 1 to 65535.`));
}

type Paths = (line: ConfigLine) => string[];

/** Those that were asked for have to be there; the usual ones are offered where they are. */
function identities(options: SshOptions, config: HostConfig, paths: Paths, home: string): string[] {
  for (const file of options.identityFiles ?? []) {
    if (!existsSync(file)) throw new UsageError(`There is no key ${file}. Give the file of a private key.`);
  }
  if (options.identityFiles?.length) return [...options.identityFiles];
  const named = config.identityFiles.flatMap(paths);
  const all = named.length > 0 ? named.filter((f) => f !== 'none') : defaultIdentities.map((n) => join(home, '.ssh', n));
  return [...new Set(all)].filter((f) => existsSync(f) || existsSync(`${f}.pub`));
}

function agentOf(options: SshOptions, config: HostConfig, paths: Paths): string | undefined {
  if (options.agent !== undefined) return options.agent || undefined;
  const line = config.values.get('identityagent');
  const named = line && (line.words[0] === 'SSH_AUTH_SOCK' ? undefined : line.words[0]);
  if (line === undefined || named === undefined) return process.env.SSH_AUTH_SOCK || undefined;
  if (named.toLowerCase() === 'none') return undefined;
  if (/^\$\w+$/.test(named)) return process.env[named.slice(1)] || undefined;
  return paths(line)[0];
}

function knownHostsFiles(config: HostConfig, paths: Paths, home: string): string[] {
  const user = config.values.get('userknownhostsfile');
  const system = config.values.get('globalknownhostsfile');
  const files = [
    ...(user ? paths(user) : [join(home, '.ssh', 'known_hosts'), join(home, '.ssh', 'known_hosts2')]),
    ...(system ? paths(system) : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ];
  return files.filter((f) => f !== 'none');
}

function jumpsOf(text: string | undefined): string[] {
  if (text === undefined || text.toLowerCase() === 'none' || text === '') return [];
  const jumps = text.split(',').map((j) => j.trim());
  for (const jump of jumps) parseTarget(jump);
  return jumps;
}
