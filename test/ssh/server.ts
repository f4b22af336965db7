import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SshOptions } from '../../src/ssh/settings.js';

/** Where Debian and others keep it: it is on the PATH of root only. */
const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find((path) => existsSync(path));

/** Whether tests against a real OpenSSH server can run; where they cannot, says so, and in CI that is a failure. */
export const hasSshd = sshd !== undefined && process.platform === 'linux';
if (!hasSshd) {
  const how = 'apt-get install openssh-server openssh-client';
  if (process.env.CI === 'true') throw new Error(`There is no sshd: ${how}`);
  console.warn(`skipped: tests over SSH need a real OpenSSH server on Linux (${how})`);
}

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

/** A real sshd on an address of its own on loopback. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** `user@127.0.1.n:port`. */
  readonly target: string;
  /** The line of a file of known hosts: `[127.0.1.n]:port type key`. */
  knownHost(type?: string): string;
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

let next = 1;

/** A fleet of sshd in a folder of its own, with one key that all of them accept. */
export class Servers {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgeml-sshd-'));
  /** The private key that the servers accept. */
  readonly key = join(this.folder, 'id_client');
  readonly #running: Daemon[] = [];
  readonly #endAll = (): void => {
    for (const server of this.#running) server.signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor() {
    process.on('exit', this.#endAll);
    makeKey(this.key, 'ed25519');
    writeFileSync(join(this.folder, 'authorized_keys'), readFileSync(`${this.key}.pub`));
  }

  /** Lets one more public key in. */
  authorize(publicKeyFile: string): void {
    appendFileSync(join(this.folder, 'authorized_keys'), readFileSync(publicKeyFile));
  }

  /** Starts one more server on 127.0.1.n, */
  async add(options: ServerOptions = {}): Promise<Server> {
    const n = next++;
    // Test files run in processes of their own at the same time: the process number keeps their ports apart.
    const port = 2200 + ((process.pid * 37 + n * 211) % 30000);
    const host = `127.0.1.${1 + (n % 250)}`;
    const folder = join(this.folder, `server-${n}`);
    mkdirSync(folder);
    const types = options.hostKeys ?? ['ed25519'];
    for (const type of types) makeKey(join(folder, `host_${type}`), type);
    const log = join(folder, 'log');
    const path = [...(options.path ?? []), process.env.PATH ?? '/usr/bin:/bin'].join(':');
    // Not the tester's own: what their shell runs at each start would be part of the test.
    const env = Object.entries({ HOME: folder, PATH: path, ...options.env }).map(([k, v]) => `"${k}=${v}"`);
    const lines = [
      ...(options.config ?? []),
      ...[`ListenAddress ${host}:${port}`, 'UsePAM no', 'MaxStartups 200', 'StrictModes no', 'PasswordAuthentication no'],
      ...['KbdInteractiveAuthentication no', 'PermitRootLogin yes', `PidFile ${join(folder, 'pid')}`, 'LogLevel DEBUG1'],
      ...[`AuthorizedKeysFile ${join(this.folder, 'authorized_keys')}`, 'Subsystem sftp internal-sftp', `SetEnv ${env.join(' ')}`],
      ...types.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    ];
    writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
    const daemon = new Daemon(['-D', '-E', log, '-f', join(folder, 'sshd_config')], log, host, port);
    this.#running.push(daemon);
    await daemon.start();
    return {
      ...{ host, port, target: `${user}@${host}:${port}` },
      knownHost: (type = types[0]) =>
        `[${host}]:${port} ${readFileSync(join(folder, `host_${type}.pub`), 'utf8')
          .split(' ', 2)
          .join(' ')}`,
      log: () => readFileSync(log, 'utf8'),
      kill: () => daemon.signal('SIGKILL'),
      freeze: () => daemon.signal('SIGSTOP'),
      thaw: () => daemon.signal('SIGCONT'),
      start: () => daemon.start(),
    };
  }

  /** Options for a connection that know those servers, and nothing of who runs the tests. */
  options(servers: readonly Server[], more: SshOptions = {}): SshOptions {
    const knownHosts = join(this.folder, `known_hosts-${next++}`);
    writeFileSync(knownHosts, servers.map((s) => `${s.knownHost()}\n`).join(''));
    return { ...{ identityFiles: [this.key], agent: false, knownHostsFiles: [knownHosts], configFiles: [], home: this.folder }, ...more };
  }

  /** Ends all servers and removes the folder. */
  async close(): Promise<void> {
    process.off('exit', this.#endAll);
    await Promise.all(this.#running.map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes a pair of keys, `file` and `file.pub`. */
export function makeKey(file: string, type: string, passphrase = '', comment = 'test'): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', comment, '-f', file]);
}

class Daemon {
  readonly #args: readonly string[];
  readonly #log: string;
  readonly #host: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  constructor(args: readonly string[], log: string, host: string, port: number) {
    this.#args = args;
    this.#log = log;
    this.#host = host;
    this.#port = port;
  }

  async start(): Promise<void> {
    // The port is free when the server that was killed is gone, which is a moment later.
    await this.#ended();
    // sshd separates privileges in this folder, which the package's own start script makes.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const child = spawn(sshd as string, this.#args, { stdio: 'ignore' });
    appendFileSync(this.#log, '');
    this.#process = child;
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) throw new Error(`sshd ended: ${readFileSync(this.#log, 'utf8').slice(-1000)}`);
      if (await answers(this.#host, this.#port)) return;
      await sleep(25);
    }
    throw new Error(`sshd does not answer on ${this.#host}:${this.#port}: ${readFileSync(this.#log, 'utf8').slice(-1000)}`);
  }

  signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined || this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    for (const p of [pid, ...descendants(pid)]) {
      try {
        process.kill(p, signal);
      } catch {
        // It ended between being listed and being told.
      }
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** Sessions of sshd make groups of their own, so that they are found by their parents. */
function descendants(pid: number): number[] {
  const all = processes();
  const below = (p: number): number[] => all.filter((q) => q.parent === p && /sshd/.test(q.name)).flatMap((q) => [q.pid, ...below(q.pid)]);
  return below(pid);
}

/** All processes of this machine; small images have no ps. */
export function processes(): { readonly pid: number; readonly parent: number; readonly name: string; readonly args: string }[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // It ended since the folder was read.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      // PID (NAME) STATE PARENT …, where the name may hold anything.
      const [, command = '', parent = '0'] = /\((.*)\) \S (\d+)/s.exec(read(`/proc/${name}/stat`)) ?? [];
      const args = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      return { pid: Number(name), parent: Number(parent), name: command, args };
    });
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ host, port });
    socket.once('data', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
