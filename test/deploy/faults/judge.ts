import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rateBytesPerSecond, type Subject } from './devices.js';
import { checksIn, type Ran } from './edgeml.js';
import { doneIn, type Told } from './journal.js';
import { activationIn, currentOf } from './releases.js';
import type { Baseline } from './result.js';
import type { Goal } from './watch.js';

/** For processes to end that a device has left running, ms. */
const patience = 10_000;

/** Content that may be sent again: what was not acknowledged, for which edgeml allows itself a third of a second of the link. */
const onTheWay = rateBytesPerSecond / 3;

/** What is wrong after a first run that did not finish. Nothing is wrong with the release: devices that are not done wait, or were lost. */
export function judgeFirst(ran: Ran, told: Told | undefined): string[] {
  const { devices = [], exitCode } = told?.run ?? {};
  return [
    ...(ran.signal === null && exitCode === undefined ? ['the first run ended and its journal does not say so'] : []),
    ...devices
      .filter((d) => ['failed', 'refused', 'rolled-back'].includes(d.status))
      .map((d) => `${d.name} was called ${d.status}: ${d.why}`),
  ];
}

/** What is wrong after a second run. */
export function judgeSecond(ran: Ran, told: Told | undefined, devices: number): string[] {
  const done = doneIn(told);
  return [
    ...(ran.code === 0 ? [] : [`the second run ended with ${ran.code ?? ran.signal}: ${ran.stderr.trim() || whys(told)}`]),
    ...(done.length === devices ? [] : [`after the second run the journal calls done only ${done.join(', ') || 'none'}`]),
    ...(told?.run.exitCode === 0 ? [] : [`after the second run the journal ends with ${told?.run.exitCode}`]),
  ];
}

const whys = (told: Told | undefined): string => told?.run.devices.map((d) => `${d.name} ${d.status} ${d.why ?? ''}`).join('; ') ?? '';

/** What is wrong with a device in the end: it runs the new release, and nothing is left of what was done there. */
export async function judgeEnd(subject: Subject, { old, next }: Goal): Promise<string[]> {
  const { base, name } = subject;
  const step = activationIn(base).get('step');
  const left = readdirSync(base).filter((entry) => !['activation', 'current', 'history', 'releases'].includes(entry));
  const kept = readdirSync(join(base, 'releases')).sort();
  const until = performance.now() + patience;
  while (subject.processes().length > 0 && performance.now() < until) await sleep(50);
  const stray = subject.processes().map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 100));
  return [
    ...(currentOf(base) === next ? [] : [`${name} does not run the new release in the end`]),
    ...(step === 'done' ? [] : [`${name} calls its switch ${step} in the end`]),
    ...(hasEnded(base, next) ? [] : [`${name} has no end of the switch in its history`]),
    ...(checksOn(subject, next).length > 0 ? [] : [`${name}: nobody checked the new release`]),
    ...(left.length === 0 ? [] : [`${name} has left behind: ${left.join(', ')}`]),
    ...(kept.join() === [old, next].sort().join() ? [] : [`${name} keeps ${kept.length} releases`]),
    ...(stray.length === 0 ? [] : [`${name} still runs: ${stray.join('; ')}`]),
  ];
}

const hasEnded = (base: string, digest: string): boolean => {
  const lines = readFileSync(join(base, 'history'), 'utf8').split('\n');
  return lines.some((line) => line.split('\t').slice(1, 3).join() === `done,${digest}`);
};

/** What is wrong with what a device was sent: a further connection costs no more than all handshakes and scripts of an undisturbed run. */
export function judgeBytes({ name, relay }: Subject, { bytes, content }: Baseline): string[] {
  const again = relay.bytesToDevice - bytes - (relay.connections - 1) * (bytes - content);
  return again > onTheWay ? [`${name} was sent ${again} bytes of content again`] : [];
}

/** Times of checks of a release there that passed, ms since 1970. */
export function checksOn({ device }: Subject, digest: string): number[] {
  const log = join(device.home, 'health.log');
  return existsSync(log) ? checksIn(readFileSync(log, 'utf8'), digest) : [];
}
