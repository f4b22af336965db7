import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutReport } from '../../src/deploy/rollout/types.js';
import { Fleet } from '../deploy/bed/fleet.js';
import { hasSshd } from '../ssh/server.js';
import { ensureBuilt } from './build.js';
import { bin, edgeml, temporaryFolder } from './run.js';
import { writeSmallModel } from './small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const run = (args: readonly string[], env: Record<string, string> = {}) => edgeml(args, { cwd: folder, env: { HOME: folder, ...env } });

beforeAll(async () => {
  await ensureBuilt();
  await writeSmallModel(at('small.tflite'));
});

describe('edgeml key and edgeml bundle', () => {
  it('make keys, encrypted or not, and never write over one', async () => {
    const plain = await run(['key', 'generate', '--no-password', '-o', 'plain.key', '--json']);
    expect(JSON.parse(plain.stdout)).toMatchObject({
      schema: 'edgeml.key/1',
      secret: 'plain.key',
      public: 'plain.key.pub',
      encrypted: false,
    });
    expect(statSync(at('plain.key')).mode & 0o777).toBe(0o600);
    const again = await run(['key', 'generate', '--no-password', '-o', 'plain.key']);
    expect(again).toMatchObject({ code: 3, stdout: '' });
    expect(again.stderr).toBe(
      'edgeml: plain.key is there already, and a key that is lost is lost. Move it away, or give another name with --output.\n',
    );
    const nobody = await run(['key', 'generate', '-o', 'other.key']);
    expect(nobody).toMatchObject({ code: 2, stdout: '' });
    expect(nobody.stderr).toMatch(/There is no terminal to ask for a password\. Set EDGEML_KEY_PASSWORD, or give --no-password/);
    expect(existsSync(at('other.key'))).toBe(false);
    // In a terminal: typed twice, without being shown.
    const words = (line: string): string => `sleep 1; printf '${line}\\n'`;
    const command = `(${words('correct horse')}; ${words('correct horse')}; sleep 5) | script -qec "${process.execPath} ${bin} key generate -o typed.key --json" /dev/null`;
    const typed = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } });
    expect(typed.stdout).toMatch(/Password to encrypt the secret key with: \r\n[\s\S]*The same again: \r\n[\s\S]*"encrypted": true/);
    expect(typed.stdout).not.toContain('horse');
    expect(readFileSync(at('typed.key'), 'utf8')).toMatch(/^untrusted comment: minisign encrypted secret key\n/);
    const typo = await run(['key', 'genrate']);
    expect([typo.code, typo.stderr]).toEqual([
      2,
      "edgeml: There is no 'edgeml key genrate'. Did you mean 'generate'? There is: edgeml key generate.\n",
    ]);
  });

  it('sign, show what is in a bundle, and refuse what is not signed by the key', async () => {
    const made = await run([
      'bundle',
      'small.tflite',
      '--name',
      'app',
      '--bundle-version',
      '1.0',
      '--sign',
      'plain.key',
      '-o',
      'a.edgeml',
      '--json',
    ]);
    expect(made.stderr).toBe('');
    const { digest, manifest } = JSON.parse(made.stdout);
    expect(manifest).toMatchObject({ name: 'app', version: '1.0' });
    const shown = await run(['inspect', 'a.edgeml', '--trust', 'plain.key.pub']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^a\.edgeml {2}[\d.]+ kB {2}app 1\.0\n/);
    expect(shown.stdout).toContain(`  digest  ${digest}; every file is what SHA256SUMS says\n  signed with the key `);
    await run(['key', 'generate', '--no-password', '-o', 'stranger.key']);
    const strange = await run(['inspect', 'a.edgeml', '--trust', 'stranger.key.pub']);
    expect(strange).toMatchObject({ code: 3, stdout: '' });
    expect(strange.stderr).toMatch(
      /^edgeml: a\.edgeml: SHA256SUMS\.minisig was made with the key [0-9A-F]+, which is not known \(known: [0-9A-F]+\)/,
    );
    const named = await run(['bundle', 'small.tflite']);
    expect(named.code).toBe(0);
    expect(readdirSync(folder).some((f) => /^small-0\.0\.0\+[0-9a-f]{8}\.edgeml$/.test(f))).toBe(true);
  });

  it('ask for the password of a key in the environment, and say when it is wrong', async () => {
    // Cheap limits: what is tested is the way of the password, not the cost of guessing it.
    const { formatSecretKey, generateKeyPair } = await import('../../src/bundle/sign/key-files.js');
    writeFileSync(
      at('locked.key'),
      await formatSecretKey(generateKeyPair().secret, { password: 'pass', limits: { opslimit: 32768, memlimit: 1 << 20 } }),
    );
    const sign = (env: Record<string, string>) => run(['bundle', 'small.tflite', '--sign', 'locked.key', '-o', 'locked.edgeml', '-q'], env);
    expect(await sign({ EDGEML_KEY_PASSWORD: 'pass' })).toMatchObject({ code: 0, stdout: 'locked.edgeml\n', stderr: '' });
    const wrong = await sign({ EDGEML_KEY_PASSWORD: 'word' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toBe('edgeml: The password for locked.key is wrong. Give the one that it was made with.\n');
  });
});

describe('the command line of deployments', () => {
  it.each([
    [['deploy', 'small.tflite'], 2, 'No device was named. Give --to user@host, or a file of devices with --fleet fleet.yaml.'],
    [
      ['deploy', 'small.tflite', '--to', 'a', '--only', 'b'],
      2,
      '--only selects devices of a fleet file, and --to names them already: leave one out.',
    ],
    [
      ['deploy', 'small.tflite', '--to', 'a', '--waves', 'some'],
      2,
      "--waves: 'some' is no wave. Write numbers of devices or shares that grow, up to all of them, such as 1,10%,100%.",
    ],
    [
      ['deploy', 'small.tflite', '--to', 'a', '--max-failures', 'x'],
      2,
      "--max-failures: 'x' is neither a number of devices nor a share. Write it as 3 or 10%.",
    ],
    [
      ['deploy', 'small.tflite', '--to', 'a', '--root', 'tmp'],
      2,
      "--root: 'tmp' is no folder of its own on a device. Write an absolute path, or one below ~/ such as ~/edgeml.",
    ],
    [['deploy', 'absent.edgeml', '--to', 'a'], 3, 'Cannot read absent.edgeml: there is no such file.'],
    [
      ['deploy', 'a.edgeml', '--to', 'a', '--trust', 'none.pub'],
      2,
      "Cannot read the public key none.pub: there is no such file. 'edgeml key generate' makes a pair of keys.",
    ],
    [
      ['deploy', 'a.edgeml', '--fleet', 'none.yaml'],
      2,
      'Cannot read the fleet file none.yaml: there is no such file. docs/fleet.md shows what stands in one.',
    ],
    [
      ['deploy', 'small.tflite', '--to', 'a', '--fleet', 'b.yaml'],
      2,
      '--to names single devices and --fleet a file of them: give one of the two. --only selects devices of a file.',
    ],
    [['deploy', 'small.tflite', '--to', 'a', '--pause', '10'], 2, "--pause: '10' has no unit: write 10s, 10m or 10h."],
    [['deploy', 'small.tflite', '--to', 'a', '--identity', 'nope'], 2, '--identity: there is no key nope. Give the file of a private key.'],
    [
      ['deploy', 'a.edgeml', '--to', 'a', '--bundle-version', '2'],
      2,
      "a.edgeml is a bundle already, and --bundle-version shapes a bundle. Give that to 'edgeml bundle', or deploy the model.",
    ],
    [
      ['deploy', 'a.edgeml', '--to', 'a', '--dry-run'],
      2,
      "unknown option '--dry-run'. --plan shows what would change, and changes nothing.",
    ],
    [
      ['deploy', 'a.edgeml', '--to', 'a', '--state', '/proc/x'],
      3,
      /^Cannot make the folder \/proc\/x\/rollouts\/.*: .*\. Give another --state\.$/,
    ],
    [['bundle', 'small.tflite', '--version', '2'], 2, "unknown option '--version'. 'edgeml bundle --help' lists what there is."],
    [
      ['fleet', 'resume', '--only', 'x'],
      2,
      "'edgeml fleet resume' takes no --only: it goes on with the devices and the release of its rollout. Leave it out.",
    ],
    [['fleet', 'status', 'app', '--to', 'a'], 2, "'edgeml fleet status' takes no 'app'. To say which bundle it is about: --name app."],
    [
      ['fleet', 'status', '--to', 'a', '--name', '../x'],
      2,
      "--name: '../x' is no name of a bundle: letters, digits, . _ and -, at most 64, a letter or digit first.",
    ],
    [
      ['fleet', 'statsu'],
      2,
      "There is no 'edgeml fleet statsu'. Did you mean 'status'? There are status, history, rollback, resume and stop.",
    ],
    [
      ['fleet', 'resume', '--state', 'nowhere'],
      2,
      /^There is no rollout to go on with in .*nowhere\. 'edgeml fleet history' shows those there are; --state names another folder\.$/,
    ],
  ] as const)('%j ends with a sentence', async (args, code, sentence) => {
    const done = await run(args);
    expect({ code: done.code, stdout: done.stdout }).toEqual({ code, stdout: '' });
    const said = done.stderr.replace(/^edgeml: /, '').trimEnd();
    if (typeof sentence === 'string') expect(said.slice(0, sentence.length)).toBe(sentence);
    else expect(said).toMatch(sentence);
  });
});

describe.skipIf(!hasSshd)('edgeml deploy and edgeml fleet', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start(3);
    const ssh = fleet.ssh();
    const hosts = fleet.devices.map(
      (d, i) =>
        `  cam-${i + 1}: { user: ${d.target.split('@')[0]}, host: ${d.server.host}, port: ${d.server.port}, variables: { API_TOKEN: sesame${i} } }`,
    );
    writeFileSync(
      at('fleet.yaml'),
      `defaults:\n  identity: ${ssh.identityFiles?.[0]}\n  known-hosts: ${ssh.knownHostsFiles?.[0]}\n  health: { command: 'echo "token is $API_TOKEN"; test ! -e "$HOME/sick"', retries: 0 }\nhosts:\n${hosts.join('\n')}\n`,
    );
  });
  afterAll(() => fleet?.close());
  const bundle = async (version: string): Promise<string> => {
    const file = `v${version}.edgeml`;
    expect(
      (await run(['bundle', 'small.tflite', '--name', 'app', '--bundle-version', version, '--golden', 'none', '-o', file, '-q'])).code,
    ).toBe(0);
    return file;
  };

  it('plan, deploy with a line per device, and tell it as text, JSON and JUnit', async () => {
    const file = await bundle('1');
    const plan = await run(['deploy', file, '--fleet', 'fleet.yaml', '--plan']);
    expect(plan.code).toBe(0);
    // A fleet file that holds what looks like a secret is taken, with a word about it.
    expect(plan.stderr).toMatch(/^(edgeml: warning: fleet\.yaml:\d+:\d+: API_TOKEN looks like a secret: .*\n){3}$/);
    expect(plan.stdout).toMatch(
      /^plan for app 1 [0-9a-f]{12}, [\d.]+ kB\n\n {2}cam-1 {2}update {2}nothing → [0-9a-f]{12} {2}[\d.]+ kB to send {2}wave 1\n {6}send, check, switch, health\n/,
    );
    expect(plan.stdout).toMatch(
      /\n {2}3 devices: 3 would change, 0 cannot be updated now · .* to send · waves of 1, 3\n {2}Nothing was changed\.\n$/,
    );

    const done = await run(['deploy', file, '--fleet', 'fleet.yaml', '--junit', 'report.xml']);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(
      /\nwave 1 of 2, up to 1 device\n✓ cam-1: updated, [\d.]+ kB sent\nwave 2 of 2, up to 3 devices\n(✓ cam-[23]: updated, [\d.]+ kB sent\n){2}$/,
    );
    expect(done.stdout).toMatch(
      /^deployed app 1 [0-9a-f]{12}\n\n {2}✓ cam-1 {2}updated {2}nothing → [0-9a-f]{12} \(1\) {2}[\d.]+ kB sent {2}[\d.]+ s\n/,
    );
    expect(done.stdout).toMatch(/\n {2}3 devices: 3 updated · [\d.]+ kB sent · [\d.]+ s\n {2}journal .*journal\.jsonl\n$/);
    expect(readFileSync(at('report.xml'), 'utf8')).toMatch(
      /^<\?xml .*\n<testsuites name="edgeml deploy" tests="3" failures="0" skipped="0"[\s\S]*<testcase classname="app" name="cam-3" time="[\d.]+"\/>/,
    );

    const again = await run(['deploy', file, '--fleet', 'fleet.yaml', '--json']);
    const report = JSON.parse(again.stdout) as RolloutReport;
    expect(report).toMatchObject({
      schema: 'edgeml.rollout/1',
      kind: 'deploy',
      name: 'app',
      exit_code: 0,
      bundle: { version: '1', signed: false },
    });
    expect(report.devices.map((d) => [d.name, d.status, d.sent_bytes])).toEqual(
      ['cam-1', 'cam-2', 'cam-3'].map((n) => [n, 'unchanged', 0]),
    );

    const status = await run(['fleet', 'status', '--fleet', 'fleet.yaml']);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^app\n\n {2}cam-1 {2}✓ {2}1 {2}[0-9a-f]{12} {2}since \d{4}-\d\d-\d\d \d\d:\d\dZ .*free\n/);
  });

  it('end with 5 where a device is sick, keep secrets to themselves, and go on with what is left', async () => {
    writeFileSync(join(fleet.devices[2].home, 'sick'), '');
    const file = await bundle('2');
    const done = await run(['deploy', file, '--fleet', 'fleet.yaml', '--junit', 'sick.xml']);
    expect(done.code).toBe(5);
    expect(done.stdout).toMatch(
      /\n {2}↩ cam-3 {2}rolled back {2}([0-9a-f]{12}) → (?!\1)[0-9a-f]{12} .*\n {6}the health check ended with status 1: token is \*\*\* \(tried once\)\n/,
    );
    expect(done.stdout).toMatch(/'edgeml fleet resume \S+' does what is left\.\n$/);
    expect(readFileSync(at('sick.xml'), 'utf8')).toMatch(/failures="1"[\s\S]*<failure type="rolled-back" message="the health check ended/);
    const runs = readdirSync(at('.edgeml/rollouts')).sort();
    const journal = readFileSync(at(`.edgeml/rollouts/${runs.at(-1)}/journal.jsonl`), 'utf8');
    for (const text of [journal, done.stdout, done.stderr, readFileSync(at('sick.xml'), 'utf8')]) expect(text).not.toContain('sesame');

    const { rmSync } = await import('node:fs');
    rmSync(join(fleet.devices[2].home, 'sick'));
    const resumed = await run(['fleet', 'resume', '--json']);
    expect(resumed.code).toBe(0);
    const tries = (JSON.parse(resumed.stdout) as RolloutReport).devices.map((d) => [d.name, d.status, d.tries]);
    expect(tries).toEqual([
      ['cam-1', 'updated', 1],
      ['cam-2', 'updated', 1],
      ['cam-3', 'updated', 2],
    ]);
    const history = await run(['fleet', 'history']);
    expect(history.stdout).toMatch(
      /^ {2}run +bundle {2}begun \(UTC\) +devices\n {2}\S+-app-[0-9a-f]{4} {2}app 2 +\d{4}-\d\d-\d\d \d\d:\d\d +3\/3 {2}done\n/,
    );
    const nothing = await run(['fleet', 'resume', '--state', '.edgeml']);
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
  });

  it('roll back the devices that are selected', async () => {
    const done = await run(['fleet', 'rollback', '--fleet', 'fleet.yaml', '--only', 'cam-[1:2]', '--json']);
    expect(done.code).toBe(0);
    const report = JSON.parse(done.stdout) as RolloutReport;
    expect(report.devices.map((d) => [d.name, d.status, d.version])).toEqual([
      ['cam-1', 'updated', '1'],
      ['cam-2', 'updated', '1'],
    ]);
    const status = JSON.parse((await run(['fleet', 'status', '--fleet', 'fleet.yaml', '--json'])).stdout);
    expect(status.devices.map((d: { version: string }) => d.version)).toEqual(['1', '1', '2']);
  });

  it('stop after the devices under way on Ctrl-C, and on fleet stop', async () => {
    const file = await bundle('3');
    const args = ['deploy', file, '--fleet', 'fleet.yaml', '--before', 'sleep 2', '--concurrency', '1', '--waves', '100%'];
    const stopped = await edgeml(args, {
      cwd: folder,
      env: { HOME: folder },
      during: (child) => void sleep(1500).then(() => child.kill('SIGINT')),
    });
    expect(stopped.code).toBe(5);
    expect(stopped.stderr).toMatch(
      /^edgeml: stopping; devices under way come to their end \(Ctrl-C again ends edgeml at once, they are safe all the same\)$/m,
    );
    expect(stopped.stdout).toMatch(/stopped: It was stopped by SIGINT\./);
    expect(stopped.stdout).toMatch(/✓ cam-1 {2}updated/);
    expect(stopped.stdout).toMatch(/· cam-3 {2}not reached/);
    const [run1, run2] = await Promise.all([
      run(['fleet', 'resume', '--concurrency', '1']),
      sleep(1000).then(() => run(['fleet', 'stop'])),
    ]);
    expect(run2).toMatchObject({ code: 0, stderr: '' });
    expect(run2.stdout).toMatch(/^\S+ stops when the devices under way have come to their end\.\n$/);
    expect(run1.code).toBe(5);
    expect(run1.stdout).toMatch(/stopped: It was stopped with 'edgeml fleet stop'\./);
    expect((await run(['fleet', 'resume'])).code).toBe(0);
  });

  it('lose nothing when they are killed: the run is gone on with', async () => {
    const file = await bundle('4');
    const child = spawn(process.execPath, [bin, 'deploy', file, '--fleet', 'fleet.yaml', '--before', 'sleep 1', '--waves', '100%'], {
      ...{ cwd: folder, stdio: 'ignore', env: { ...process.env, HOME: folder } },
    });
    await sleep(1500);
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    const cut = await run(['fleet', 'history', '--json']);
    expect(JSON.parse(cut.stdout).runs[0]).toMatchObject({
      ended: false,
      running: false,
      devices: [{ name: 'cam-1' }, { name: 'cam-2' }, { name: 'cam-3' }],
    });
    const resumed = await run(['fleet', 'resume', '--json']);
    expect(resumed.code).toBe(0);
    expect((JSON.parse(resumed.stdout) as RolloutReport).devices.map((d) => d.status)).toEqual(['updated', 'updated', 'updated']);
    for (const d of fleet.devices)
      expect(readFileSync(join(d.home, 'edgeml/app/current/manifest.json'), 'utf8')).toContain('"version": "4"');
  });

  it('take devices and keys from edgeml.yaml', async () => {
    mkdirSync(at('project'));
    writeFileSync(
      at('project/edgeml.yaml'),
      'model: ../small.tflite\ndeploy:\n  fleet: ../fleet.yaml\n  only: cam-1\n  trust: ../plain.key.pub\n',
    );
    const done = await edgeml(['deploy', '--name', 'app', '--golden', 'none', '--plan'], { cwd: at('project'), env: { HOME: folder } });
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toBe('edgeml: --trust asks for a signature, and the bundle of a model is signed with --sign KEY: give both.\n');
    const signed = await edgeml(['deploy', '--name', 'app', '--golden', 'none', '--sign', '../plain.key', '--plan', '--json'], {
      cwd: at('project'),
      env: { HOME: folder },
    });
    expect(signed.code).toBe(0);
    expect(JSON.parse(signed.stdout).devices.map((d: { name: string; action: string }) => [d.name, d.action])).toEqual([
      ['cam-1', 'update'],
    ]);
  });
});
