import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SshOptions } from '../../src/ssh/settings.js';
import { Daemon } from './daemon.js';
import { guard } from './guard.js';

export { hasSshd } from './daemon.js';
export { processes } from './processes.js';

/** Who the tests log in as: sshd that does not run as root serves only the user who started it. */
export const user = userInfo().username;

export interface ServerOptions {
  /** Further lines of sshd_config; the first value of a keyword counts. */
  readonly config?: readonly string[];
  /** What is put in front of PATH for commands. */
  readonly path?: readonly string[];
  /** Further variables of the environment of commands. */
  readonly env?: Readonly<Record<string, string>>;
  /** Host keys to make. Default ed25519. */
  readonly hostKeys?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
}

/** What a client needs to know of a server, or of something in front of it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** `user@127.0.1.n:port`. */
  readonly target: string;
  /** The line of a file of known hosts: `[127.0.1.n]:port type key`. */
  knownHost(type?: string): string;
}

/** A real sshd on an address of its own on loopback. */
export interface Server extends Address {
  /** Its HOME, where `~` is for commands. They start in the tester's own home directory, which sshd takes from the system. */
  readonly home: string;
  /** Of the sshd that listens. */
  readonly pid: number | undefined;
  /** What sshd logged (LogLevel DEBUG1). */
  log(): string;
  /** SIGKILL for the server and every session of it; commands that run there go on, as when a device's sshd dies. */
  kill(): void;
  /** SIGSTOP for the server and every session: connections stay open and nothing answers. Commands go on. */
  freeze(): void;
  /** SIGCONT after {@link freeze}. */
  thaw(): void;
  /** Starts it again after {@link kill}, with the same keys. */
  start(): Promise<void>;
}

/**
 * Ends the servers of the folder $1 with all that runs in their sessions, then the commands that a session has left behind,
 * which have a HOME in it, and removes it.
 */
const clear = `
tree() {
  set -- "$1" $(cat /proc/"$1"/task/"$1"/children 2> /dev/null)
  kill -9 "$1" 2> /dev/null
  shift
  for child; do tree "$child"; done
}
for file in "$1"/server-*/pid; do [ ! -f "$file" ] || tree "$(cat "$file")"; done
for file in $(grep -alsF "HOME=$1/" /proc/[0-9]*/environ); do
  pid=\${file%/environ}
  kill -9 "\${pid#/proc/}" 2> /dev/null
done
# What is killed may write for a moment yet.
rm -rf "$1" 2> /dev/null || { sleep 1; rm -rf "$1"; }`;

let next = 1;

/** A fleet of sshd in a folder of its own, with one key that all of them accept. However the tests end, nothing is left of it. */
export class Servers {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgeml-sshd-'));
  /** The private key that the servers accept. */
  readonly key = join(this.folder, 'id_client');
  readonly #guard = guard(clear, [this.folder]);

  constructor() {
    makeKey(this.key, 'ed25519');
    writeFileSync(join(this.folder, 'authorized_keys'), readFileSync(`${this.key}.pub`));
  }

  /** Lets one more public key in. */
  authorize(publicKeyFile: string): void {
    appendFileSync(join(this.folder, 'authorized_keys'), readFileSync(publicKeyFile));
  }

  /** Starts one more server on 127.0.1.n. */
  async add(options: ServerOptions = {}): Promise<Server> {
    const n = next++;
    // Test files run in processes of their own at the same time: the process number keeps their ports apart.
    const port = 2200 + ((process.pid * 37 + n * 211) % 30000);
    const host = `127.0.1.${1 + (n % 250)}`;
    const folder = join(this.folder, `server-${n}`);
    const home = join(folder, 'home');
    mkdirSync(home, { recursive: true });
    const types = options.hostKeys ?? ['ed25519'];
    const keyFile = (type: string): string => join(folder, `host_${type}`);
    await Promise.all(types.map((type) => promisify(execFile)('ssh-keygen', keyWords(keyFile(type), type))));
    const path = [...(options.path ?? []), process.env.PATH ?? '/usr/bin:/bin'].join(':');
    // Not the tester's own: what their shell runs at each start would be part of the test.
    const env = Object.entries({ HOME: home, PATH: path, ...options.env }).map(([k, v]) => `"${k}=${v}"`);
    const daemon = new Daemon(folder, [
      ...(options.config ?? []),
      ...[`ListenAddress ${host}:${port}`, 'UsePAM no', 'MaxStartups 200', 'StrictModes no', 'PasswordAuthentication no'],
      ...['KbdInteractiveAuthentication no', 'PermitRootLogin yes', 'LogLevel DEBUG1', 'Subsystem sftp internal-sftp'],
      ...[`AuthorizedKeysFile ${join(this.folder, 'authorized_keys')}`, `SetEnv ${env.join(' ')}`],
      ...types.map((type) => `HostKey ${keyFile(type)}`),
    ]);
    await daemon.start();
    const knownHost = (type: string = types[0]): string => {
      const [kind, key] = readFileSync(`${keyFile(type)}.pub`, 'utf8').split(' ');
      return `[${host}]:${port} ${kind} ${key}`;
    };
    return {
      ...{ host, port, target: `${user}@${host}:${port}`, home, knownHost },
      get pid() {
        return daemon.pid;
      },
      log: () => readFileSync(daemon.log, 'utf8'),
      kill: () => daemon.signal('SIGKILL'),
      freeze: () => daemon.signal('SIGSTOP'),
      thaw: () => daemon.signal('SIGCONT'),
      start: () => daemon.start(),
    };
  }

  /** Options for a connection that know those servers, and nothing of who runs the tests. */
  options(servers: readonly Pick<Address, 'knownHost'>[], more: SshOptions = {}): SshOptions {
    const knownHosts = join(this.folder, `known_hosts-${next++}`);
    writeFileSync(knownHosts, servers.map((s) => `${s.knownHost()}\n`).join(''));
    return { ...{ identityFiles: [this.key], agent: false, knownHostsFiles: [knownHosts], configFiles: [], home: this.folder }, ...more };
  }

  /** Ends all servers, with whatever still runs there, and removes the folder. */
  close(): Promise<void> {
    return this.#guard.release();
  }
}

/** Makes a pair of keys, `file` and `file.pub`. */
export function makeKey(file: string, type: string, passphrase = '', comment = 'test'): void {
  execFileSync('ssh-keygen', keyWords(file, type, passphrase, comment));
}

const keyWords = (file: string, type: string, passphrase = '', comment = 'test'): string[] => [
  ...['-q', '-t', type, '-N', passphrase, '-C', comment, '-f', file],
];
