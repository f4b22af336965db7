import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBundle } from '../../src/bundle/build.js';
import { parseJournal } from '../../src/deploy/journal/journal.js';
import type { RolloutReport } from '../../src/deploy/rollout/types.js';
import { noise, writeSmallModel } from '../cli/small-model.js';
import { Fleet } from '../deploy/bed/fleet.js';
import { projectRoot } from '../shared.js';

const usage = `usage: npm run bench:deploy [-- --devices N] [--sick N] [--upload-only] [--fleet-only]

Deploys to many real OpenSSH servers on loopback with the command line, and prints time, memory, and whether waves and thresholds were
obeyed; then sends one large file beside scp (test/bench/upload.ts). Ends with 1 where something was not obeyed or is too slow.
  --devices  default 100
  --sick     devices on which no release is healthy; default 7`;

const limit = 100;

interface Row {
  readonly what: string;
  readonly report: RolloutReport;
  readonly seconds: number;
  /** Peak resident memory of edgeml, MB. */
  readonly peak: number;
  readonly faults: readonly string[];
}

/** Runs `edgeml deploy` in a process of its own. */
function deploy(what: string, folder: string, bundle: string, args: readonly string[]): Row {
  const peakFile = join(folder, 'peak');
  const hook = fileURLToPath(new URL('peak.mjs', import.meta.url));
  const words = [
    '--import',
    hook,
    join(projectRoot, 'bin/edgeml.js'),
    'deploy',
    bundle,
    '--fleet',
    join(folder, 'fleet.yaml'),
    '--json',
    ...args,
  ];
  const start = performance.now();
  const done = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, EDGEML_BENCH_PEAK: peakFile },
    maxBuffer: 2 ** 26,
  });
  const seconds = (performance.now() - start) / 1000;
  if (done.stdout === '') throw new Error(done.stderr);
  const report = JSON.parse(done.stdout) as RolloutReport;
  return { what, report, seconds, peak: Number(readFileSync(peakFile, 'utf8')) / 1024, faults: waveFaults(report.journal) };
}

/** Moments at which more devices were begun or had ended than the wave that was under way takes. */
function waveFaults(journal: string): string[] {
  const faults: string[] = [];
  const begun = new Set<string>();
  let [until, wave] = [0, 0];
  for (const e of parseJournal(readFileSync(journal, 'utf8'))) {
    if (e.event === 'wave') [until, wave] = [e.until, e.wave];
    if (e.event === 'try') begun.add(e.device);
    if (begun.size > until) faults.push(`${begun.size} devices in wave ${wave}, which takes ${until}`);
  }
  return faults;
}

const count = ({ devices }: RolloutReport, status: string): number => devices.filter((d) => d.status === status).length;

function print({ what, report, seconds, peak, faults }: Row, expected: string, holds: boolean): boolean {
  const sent = report.devices.reduce((sum, d) => sum + d.sent_bytes, 0);
  const all = ['updated', 'unchanged', 'rolled-back', 'failed', 'refused', 'offline', 'pending'].flatMap((s) =>
    count(report, s) ? [`${count(report, s)} ${s}`] : [],
  );
  console.log(
    `${what}: ${all.join(', ')} in ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MB, ${(sent / 1e6).toFixed(1)} MB sent, exit ${report.exit_code}`,
  );
  if (report.stopped) console.log(`  ${report.stopped}`);
  console.log(`  waves ${faults.length === 0 ? 'obeyed' : `NOT obeyed: ${faults[0]}`}; ${expected}: ${holds ? 'yes' : 'NO'}`);
  return faults.length === 0 && holds;
}

async function fleetBench(n: number, sick: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-bench-'));
  const begun = performance.now();
  const fleet = await Fleet.start(n);
  try {
    console.log(`${n} sshd on loopback in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    const ssh = fleet.ssh();
    const hosts = fleet.devices.map(
      (d) => `  ${d.name}: { user: ${d.target.split('@')[0]}, host: ${d.server.host}, port: ${d.server.port} }`,
    );
    const shared = `defaults:\n  identity: ${ssh.identityFiles?.[0]}\n  known-hosts: ${ssh.knownHostsFiles?.[0]}\n  health: { command: 'test ! -e "$HOME/sick"', retries: 0 }\n`;
    writeFileSync(join(folder, 'fleet.yaml'), `${shared}hosts:\n${hosts.join('\n')}\n`);
    await writeSmallModel(join(folder, 'small.tflite'));
    const bundle = async (version: string, seed: number): Promise<string> => {
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(noise(seed, 250_000).buffer));
      const options = { name: 'app', version, golden: false as const, add: [join(folder, 'weights.bin')] };
      return (await createBundle([join(folder, 'small.tflite')], join(folder, `${version}.edgeml`), options)).path;
    };
    const [first, second, third] = [await bundle('1', 1), await bundle('2', 2), await bundle('3', 3)];
    const waves = ['--waves', '1,10%,100%', '--state', join(folder, 'state')];
    let good = true;
    const all = deploy('deploy, 1 MB each', folder, first, waves);
    good = print(all, 'all updated', count(all.report, 'updated') === n) && good;
    const again = deploy('the same again', folder, first, waves);
    good =
      print(again, 'nothing sent', count(again.report, 'unchanged') === n && again.report.devices.every((d) => d.sent_bytes === 0)) && good;
    // Spread over the fleet, none of them in the first wave.
    const step = Math.floor((n - 2) / sick);
    for (let i = 0; i < sick; i++) writeFileSync(join(fleet.devices[1 + i * step].home, 'sick'), '');
    const stopped = deploy(`${sick} sick, --max-failures 3`, folder, second, [...waves, '--max-failures', '3', '--concurrency', '4']);
    const failed = count(stopped.report, 'rolled-back');
    good =
      print(
        stopped,
        'stopped after 4 failures (and those under way)',
        failed >= 4 && failed <= 7 && count(stopped.report, 'pending') > 0,
      ) && good;
    const share = deploy(`${sick} sick, --max-failures 5%`, folder, third, [...waves, '--max-failures', '5%', '--min-sample', '50']);
    const reached = share.report.devices.filter((d) => d.status !== 'pending').length;
    const tooMany = count(share.report, 'rolled-back') > 0.05 * reached;
    good =
      print(share, 'stopped above 5 %, and not before 50 devices', reached >= 50 && tooMany && share.report.stopped !== undefined) && good;
    const through = deploy(`${sick} sick, --max-failures ${sick}`, folder, third, [...waves, '--max-failures', String(sick)]);
    const done = count(through.report, 'updated') + count(through.report, 'unchanged');
    good = print(through, 'all others have it', count(through.report, 'rolled-back') === sick && done === n - sick) && good;
    return good;
  } finally {
    await fleet.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: String(limit) },
    sick: { type: 'string', default: '7' },
    'upload-only': { type: 'boolean', default: false },
    'fleet-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(usage);
else {
  const obeyed = values['upload-only'] || (await fleetBench(Number(values.devices), Number(values.sick)));
  const fast =
    values['fleet-only'] ||
    spawnSync(process.execPath, [...process.execArgv, fileURLToPath(new URL('upload.ts', import.meta.url))], { stdio: 'inherit' })
      .status === 0;
  process.exitCode = obeyed && fast ? 0 : 1;
}
