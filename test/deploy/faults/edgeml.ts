import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../ssh/server.js';
import type { Fleet } from '../bed/fleet.js';

/** A command line to run. */
export interface Edgeml {
  readonly bin: string;
  /** Whose settings of ssh count: a folder without any. */
  readonly home: string;
}

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  kill(): void;
}

/** A device of the fleet file. */
export interface Listed {
  readonly name: string;
  readonly address: Address;
  readonly root: string;
}

/** A run that takes longer hangs. */
const longest = 180_000;

/** Runs it in a folder with a `fleet.yaml`, as its users do: a process of its own. */
export function runEdgeml({ bin, home }: Edgeml, folder: string, args: readonly string[]): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(EDGEML_|SSH_|NO_COLOR|FORCE_COLOR|VITEST|NODE_OPTIONS)/.test(name));
  const child = spawn(process.execPath, [bin, ...args, '--fleet', 'fleet.yaml', '--json'], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), longest);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk;
    });
  }
  const ended = new Promise<Ran>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, ...texts });
    });
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}

/** What a release has to pass: fractions of a second each, and a line for each check that came to its end. */
const health = `sleep 0.2; test -s "$EDGEML_RELEASE/data/weights.bin" && echo "$EDGEML_DIGEST $(date +%s%N)" >> "$HOME/health.log"`;

export function writeFleetFile(folder: string, fleet: Fleet, devices: readonly Listed[]): void {
  const { identityFiles, knownHostsFiles } = fleet.ssh(
    {},
    devices.map((d) => d.address),
  );
  const document = {
    defaults: {
      ...{ identity: identityFiles, 'known-hosts': knownHostsFiles, keep: 2 },
      health: { command: health, timeout: '30s', retries: 0 },
      hooks: { before: 'sleep 0.1', after: 'sleep 0.2' },
    },
    hosts: Object.fromEntries(
      devices.map(({ name, address: { host, port, target }, root }) => [name, { host, port, user: target.split('@')[0], root }]),
    ),
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'fleet.yaml'), JSON.stringify(document, undefined, 2));
}

/** Times of the checks of a release that passed, ms since 1970. */
export function checksIn(log: string, digest: string): number[] {
  return log.split('\n').flatMap((line) => {
    const [of, time] = line.split(' ');
    return of === digest ? [Number(time) / 1e6] : [];
  });
}
