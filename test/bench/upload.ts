import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { acquire } from '../../src/deploy/device/lock.js';
import { Ranges } from '../../src/deploy/device/ranges.js';
import { send } from '../../src/deploy/device/upload.js';
import { connect } from '../../src/ssh/connect.js';
import { commandLine } from '../../src/ssh/quote.js';
import type { SshOptions } from '../../src/ssh/settings.js';
import { hasSshd, type Server, Servers } from '../ssh/server.js';
import { median } from './measure.js';

const usage = `usage: tsx test/bench/upload.ts [--megabytes N] [--rounds N] [--target RATIO] [--json]

One large file to a real sshd on loopback: our upload and OpenSSH's scp with its default settings, in turns, each a process of its
own, timed from before it connects until its connection is closed. The files are in TMPDIR (in memory, the disk has no part in it).
Ends with 1 where the median ratio is below the target.
  --megabytes  size of the file of random bytes; default 500
  --rounds     of each; default 5
  --target     least ratio of our MB/s to scp's; default 0.9`;

interface Job {
  readonly target: string;
  readonly options: SshOptions;
  readonly from: string;
  readonly to: string;
}

/** Seconds of one upload. It runs in a process of its own, as scp does: what ran before has warmed nothing up. */
async function upload({ target, options, from, to }: Job): Promise<number> {
  const start = performance.now();
  const connection = await connect(target, options);
  // As a deployment sends a file: into the folder of a release that is on its way.
  const lock = await acquire({ connection, root: dirname(to), name: 'bench', digest: 'new' }, { who: 'bench', wait: 0 });
  const base = `${lock.site.root}/bench/incoming/new`;
  await connection.exec(commandLine(['mkdir', '-p', `${base}/tree`, `${base}/writers`]));
  await send(lock.site, new Ranges(from, [{ offset: 0, bytes: statSync(from).size }]), `tree/${basename(to)}`, undefined);
  await lock.release();
  await connection.close();
  return (performance.now() - start) / 1000;
}

function ours(job: Job): number {
  const command = [...process.execArgv, fileURLToPath(import.meta.url), '--job', JSON.stringify(job)];
  return Number(execFileSync(process.execPath, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

function scp({ host, port, target }: Server, { options, from, to }: Job): number {
  const start = performance.now();
  const known = `UserKnownHostsFile=${options.knownHostsFiles?.[0]}`;
  const login = ['-F', 'none', '-i', options.identityFiles?.[0] as string, '-o', known, '-P', String(port)];
  execFileSync('scp', ['-q', ...login, from, `${target.split('@')[0]}@${host}:${to}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  return (performance.now() - start) / 1000;
}

function randomFile(path: string, megabytes: number): void {
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(1e6);
  for (let i = 0; i < megabytes; i++) writeSync(file, randomFillSync(bytes));
  closeSync(file);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '5' },
      target: { type: 'string', default: '0.9' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      job: { type: 'string' },
    },
  });
  if (values.job !== undefined) {
    console.log(await upload(JSON.parse(values.job)));
    return 0;
  }
  const [megabytes, rounds, least] = [values.megabytes, values.rounds, values.target].map(Number);
  if (values.help || !hasSshd || !(megabytes > 0 && rounds > 0 && least >= 0)) {
    console.error(usage);
    return values.help || !hasSshd ? 0 : 2;
  }
  const servers = new Servers();
  try {
    const server = await servers.add();
    const [from, to] = [join(servers.folder, 'from'), join(servers.folder, 'to')];
    const job = { target: server.target, options: servers.options([server]), from, to };
    randomFile(from, megabytes);
    const rates: { readonly scp: number; readonly edgeml: number }[] = [];
    const sent = join(servers.folder, 'bench/incoming/new/tree/to');
    const rate = (measure: () => number, file: string): number => {
      for (const old of [to, sent]) rmSync(old, { force: true });
      const seconds = measure();
      if (statSync(file).size !== megabytes * 1e6) throw new Error(`${file} has ${statSync(file).size} bytes`);
      return megabytes / seconds;
    };
    for (let i = 0; i < rounds; i++) {
      rates.push({ scp: rate(() => scp(server, job), to), edgeml: rate(() => ours(job), sent) });
      const { scp: theirs, edgeml } = rates[i];
      if (!values.json)
        console.log(`scp ${theirs.toFixed(0)} MB/s, edgeml ${edgeml.toFixed(0)} MB/s, ratio ${(edgeml / theirs).toFixed(2)}`);
    }
    const middle = { scp: median(rates.map((r) => r.scp)), edgeml: median(rates.map((r) => r.edgeml)) };
    const ratio = median(rates.map((r) => r.edgeml / r.scp));
    if (values.json) console.log(JSON.stringify({ schema: 1, megabytes, rates, median: { ...middle, ratio } }, null, 1));
    else {
      const verdict = ratio >= least ? 'met' : 'NOT MET';
      const rate = `scp ${middle.scp.toFixed(0)} MB/s, edgeml ${middle.edgeml.toFixed(0)} MB/s`;
      console.log(`median of ${rounds}: ${rate}, ratio ${ratio.toFixed(2)} (target ${least}: ${verdict})`);
    }
    return ratio >= least ? 0 : 1;
  } finally {
    await servers.close();
  }
}

process.exitCode = await main();
