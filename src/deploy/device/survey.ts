import type { BundledFile } from '../../bundle/open.js';
import { runScript, type Site } from './script.js';

/** Steps of an activation after which nothing more happens. */
export const finalSteps = ['done', 'failed', 'rolled-back', 'stuck'] as const;
export type FinalStep = (typeof finalSteps)[number];

/** How far the switch to a release came: the last one that was begun. */
export interface Activation {
  /** A {@link FinalStep}, or one on the way: before, switch, after, health, golden, back. */
  readonly step: string;
  readonly why: string;
  readonly run: string;
  readonly digest: string;
  readonly version: string;
  /** The release before; '' where there was none. */
  readonly from: string;
  readonly kind: 'deploy' | 'rollback';
  /** ISO 8601, by the device's clock. */
  readonly time: string;
}

/** A switch that ended, oldest first. */
export interface HistoryEntry {
  readonly time: string;
  readonly result: string;
  readonly digest: string;
  readonly version: string;
  readonly run: string;
  readonly by: string;
  readonly why: string;
  readonly kind: 'deploy' | 'rollback';
}

/** A device as it was found. */
export interface Survey {
  /** `uname -m`. */
  readonly machine: string;
  readonly system: string;
  readonly user: string;
  readonly sha256sum: 'works' | 'missing' | 'wrong' | 'without -c';
  /** The folder on whose file system the releases lie or will lie. */
  readonly near: string;
  readonly unwritable?: string;
  /** Bytes; undefined where the device does not tell. */
  readonly freeSpace?: number;
  readonly freeRam?: number;
  /** Where `current` should be stands something else: no link, or one to somewhere else. */
  readonly strange?: string;
  /** Digest of the release that `current` points to. */
  readonly current?: string;
  readonly dangling: boolean;
  /** Complete releases: path → SHA-256, by digest. */
  readonly releases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Those that tell the chunks of their large files. */
  readonly chunked: readonly string[];
  /** Public keys that the device knows, in base64. */
  readonly trusted: readonly string[];
  /** Bytes on the disk that uploads of other bundles have left. */
  readonly leftover: number;
  /** Bytes that an earlier upload left, by path; not yet known to be right. */
  readonly partial: ReadonlyMap<string, number>;
  /** Whether folders of uploads and switches are there, which are removed when a deployment ends. */
  readonly untidy: boolean;
  readonly activation?: Activation;
  /** Whether that is going on now. */
  readonly activating: boolean;
  /** Whether a script is at work that changes something: its connection may be lost, and its lock with it. */
  readonly busy: boolean;
  readonly history: readonly HistoryEntry[];
  readonly lock?: { readonly who: string; readonly since: string };
}

/** Looks at a device without changing anything, in one round trip. `files` are those of the bundle that is to come. */
export async function survey(site: Site, files: readonly BundledFile[]): Promise<Survey> {
  const names = files.map((f) => f.path).join('\n');
  const answer = await runScript(site, ['survey'], { names }, { title: 'the look at the device' });
  const word = (key: string): string | undefined => answer.first(key) || undefined;
  const digests = (key: string): string[] => answer.all(key).flatMap(([digest = '']) => (/^[0-9a-f]{64}$/.test(digest) ? digest : []));
  const releases = new Map(digests('release').map((digest) => [digest, new Map<string, string>()]));
  for (const [digest, line = ''] of answer.all('sum')) releases.get(digest)?.set(line.slice(66), line.slice(0, 64));
  const activation = activationOf(answer.all('activation'));
  const [lock] = answer.all('lock');
  const free = /\s(\d+)\s+\d+%/.exec(answer.first('space') ?? '');
  const ram = Number(word('ram'));
  return {
    machine: word('machine') ?? 'unknown',
    system: word('system') ?? '',
    user: word('user') ?? '',
    sha256sum: (word('sha256sum') ?? 'missing') as Survey['sha256sum'],
    near: word('near') ?? '/',
    ...(word('unwritable') !== undefined && { unwritable: word('unwritable') }),
    ...(free && { freeSpace: Number(free[1]) * 1024 }),
    ...(ram > 0 && { freeRam: ram * 1024 }),
    ...(word('strange') !== undefined && { strange: word('strange') }),
    ...(word('current') !== undefined && { current: word('current') }),
    dangling: word('dangling') === 'yes',
    releases,
    chunked: digests('chunked'),
    trusted: answer.all('trusted').map(([line = '']) => line),
    leftover: answer.all('leftover').reduce((sum, [kilobytes = '']) => sum + (Number.parseInt(kilobytes, 10) || 0) * 1024, 0),
    partial: new Map(answer.all('partial').map(([path = '', bytes]) => [path, Number(bytes) || 0])),
    untidy: answer.all('rest').length > 0,
    ...(activation && { activation }),
    activating: word('activating') === 'yes',
    busy: answer.all('busy').length > 0,
    history: answer.all('history').map((f) => historyEntry(f)),
    ...(lock && { lock: { who: lock[0] ?? '', since: lock[1] ?? '' } }),
  };
}

/** The lines `key<tab>value` of the file `activation`; undefined where there are none. */
export function activationOf(lines: readonly (readonly string[])[]): Activation | undefined {
  const fields = new Map(lines.map(([key, value = '']) => [key, value]));
  const step = fields.get('step');
  if (step === undefined) return undefined;
  const field = (name: string): string => fields.get(name) ?? '';
  return {
    ...{ step, why: field('why'), run: field('run'), digest: field('digest') },
    ...{ version: field('version'), from: field('from'), time: field('time') },
    kind: field('kind') === 'rollback' ? 'rollback' : 'deploy',
  };
}

export const isFinal = (step: string): step is FinalStep => (finalSteps as readonly string[]).includes(step);

function historyEntry([
  time = '',
  result = '',
  digest = '',
  version = '',
  run = '',
  by = '',
  why = '',
  kind = '',
]: readonly string[]): HistoryEntry {
  return { time, result, digest, version, run, by, why, kind: kind === 'rollback' ? 'rollback' : 'deploy' };
}
