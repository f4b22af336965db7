import type { Bundle } from '../../bundle/open.js';
import { mapConcurrently } from '../../concurrent.js';
import { stepLines } from './delta.js';
import type { DevicePlan, FileWork } from './plan.js';
import { Ranges } from './ranges.js';
import { type Answer, longestScript, runScript, ScriptFailure, type ScriptName, type Site } from './script.js';
import { type Had, send } from './upload.js';

/** Public keys in base64, with their ids. */
export type NewKeys = readonly { readonly id: string; readonly line: string }[];

/** As the script `enrol` reads them. */
export const keyLines = (keys: NewKeys): string => keys.map((k) => `${k.id}\t${k.line}`).join('\n');

/** What scripts need that check releases. */
export const checks: readonly ScriptName[] = ['verify-hash', 'verify-field', 'verify-curve', 'verify-signature', 'check-release', 'enrol'];

export interface TransferOptions {
  /** That the device is to know from now on. */
  readonly newKeys: NewKeys;
  /** Told how many bytes of all files to be sent are there. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Told how many more bytes went over the network. */
  readonly onSent?: (bytes: number) => void;
  /** Told when everything is there and is looked at. */
  readonly onCheck?: () => void;
}

/** What was moved to get a release there. */
export interface Transferred {
  /** Bytes of files that went over the network. */
  readonly sent: number;
  /** Bytes that were there from older releases. */
  readonly reused: number;
  /** Bytes that an earlier try, which was cut off, had sent. */
  readonly resumed: number;
}

/** Files below this are sent several at a time: each takes a round trip or two, whatever its size. */
const small = 256 * 1024;
const atOnce = 4;

/**
 * Brings the files of a release to the device and makes a release of them. What was reused and turns out damaged is sent whole, once.
 * Throws what {@link send} and the scripts throw.
 */
export async function transfer(site: Site, bundle: Bundle, plan: DevicePlan, options: TransferOptions): Promise<Transferred> {
  let work = plan.work;
  let sum: Transferred = { sent: 0, reused: 0, resumed: 0 };
  for (let again = false; ; again = true) {
    const moved = await moveAll(site, bundle, work, options);
    // What the second round finds was sent by the first.
    sum = { sent: sum.sent + moved.sent, resumed: again ? sum.resumed : moved.resumed, reused: moved.reused };
    try {
      options.onCheck?.();
      await commit(site, bundle, options);
      return sum;
    } catch (error) {
      const damaged = error instanceof DamagedFiles ? error.paths : undefined;
      if (!damaged || again) throw error;
      await dropDamaged(site, damaged);
      work = plan.work.map((w): FileWork => (damaged.includes(w.file.path) ? { kind: 'send', file: w.file } : w));
    }
  }
}

/** Files that are not what SHA256SUMS says, though all of them came to an end. */
class DamagedFiles extends ScriptFailure {
  readonly paths: readonly string[];
  constructor(site: Site, paths: readonly string[]) {
    super(site.connection, 'damaged', paths.join(', '));
    this.paths = paths;
  }
}

type ToSend = Exclude<FileWork, { kind: 'link' }>;

const wholeOf = (w: ToSend): string => `tree/${w.file.path}`;
const partOf = (w: ToSend): string => (w.kind === 'delta' ? `parts/${w.file.path}` : wholeOf(w));

async function moveAll(site: Site, bundle: Bundle, work: readonly FileWork[], options: TransferOptions): Promise<Transferred> {
  const toSend = work.filter((w): w is ToSend => w.kind !== 'link');
  const answer = await prepare(site, work, toSend);
  const had = new Map(answer.all('have').map(([path, bytes, sha256]): [string, Had] => [path, { bytes: Number(bytes), sha256 }]));
  const sources = new Map(toSend.map((w) => [w, sourceOf(bundle, w)]));
  const total = [...sources.values()].reduce((sum, s) => sum + s.bytes, 0);
  const there = new Map<ToSend, number>();
  let sent = 0;
  const tell = (w: ToSend, bytes: number): void => {
    there.set(w, bytes);
    options.onProgress?.(
      [...there.values()].reduce((a, b) => a + b, 0),
      total,
    );
  };
  const one = async (w: ToSend): Promise<void> => {
    const source = sources.get(w) as Ranges;
    // An earlier try had put it together, and what was sent for it is gone.
    if (w.kind === 'delta' && had.get(wholeOf(w))?.sha256 === w.file.sha256) return tell(w, source.bytes);
    const bytes = await send(site, source, partOf(w), had.get(partOf(w)), {
      onProgress: (there) => tell(w, there),
      onSent: options.onSent,
    });
    // Several run at one time: added after the wait, not around it.
    sent += bytes;
    tell(w, source.bytes);
    if (w.kind === 'delta' && !(await assemble(site, w))) {
      const whole: ToSend = { kind: 'send', file: w.file };
      const again = await send(site, sourceOf(bundle, whole), partOf(whole), undefined, { onSent: options.onSent });
      sent += again;
    }
  };
  await mapConcurrently(
    toSend.filter((w) => (sources.get(w) as Ranges).bytes < small),
    atOnce,
    one,
  );
  for (const w of toSend) if ((sources.get(w) as Ranges).bytes >= small) await one(w);
  const reused = work.reduce((sum, w) => sum + (w.kind === 'link' ? w.file.bytes : w.kind === 'delta' ? w.delta.reused : 0), 0);
  return { sent, reused, resumed: Math.max(0, total - sent) };
}

function prepare(site: Site, work: readonly FileWork[], toSend: readonly ToSend[]): Promise<Answer> {
  const folders = new Set(work.flatMap(({ file }) => (file.path.includes('/') ? [file.path.slice(0, file.path.lastIndexOf('/'))] : [])));
  const links = work.flatMap((w) =>
    w.kind === 'link' ? [[w.digest, w.path, w.file.executable ? 'yes' : 'no', w.file.path].join('\t')] : [],
  );
  const parts = new Set(toSend.flatMap((w) => [partOf(w), wholeOf(w)]));
  const variables = { folders: [...folders].join('\n'), links: links.join('\n'), parts: [...parts].join('\n') };
  // What is there from an earlier try is hashed, which takes its time on a slow card.
  return runScript(site, ['prepare'], variables, { title: 'the preparation of the upload', timeout: longestScript });
}

const sourceOf = (bundle: Bundle, w: ToSend): Ranges => {
  const parts = w.kind === 'delta' ? w.delta.send : [{ offset: 0, bytes: w.file.bytes }];
  return new Ranges(
    bundle.path,
    parts.map(({ offset, bytes }) => ({ offset: w.file.offset + offset, bytes })),
  );
};

async function assemble(site: Site, { file, delta }: Extract<FileWork, { kind: 'delta' }>): Promise<boolean> {
  const variables = { path: file.path, sha256: file.sha256, steps: stepLines(delta.steps) };
  const answer = await runScript(site, ['assemble'], variables, { title: `putting ${file.path} together`, timeout: longestScript });
  return answer.first('assembled') === 'yes';
}

async function commit(site: Site, bundle: Bundle, { newKeys }: TransferOptions): Promise<void> {
  const programs = bundle.files.filter((f) => f.executable).map((f) => f.path);
  const variables = { programs: programs.join('\n'), newkeys: keyLines(newKeys) };
  try {
    await runScript(site, [...checks, 'commit'], variables, {
      title: 'the check of what arrived',
      timeout: longestScript,
    });
  } catch (error) {
    if (error instanceof ScriptFailure && error.word === 'damaged') throw new DamagedFiles(site, error.detail.split('\t'));
    throw error;
  }
}

async function dropDamaged(site: Site, paths: readonly string[]): Promise<void> {
  for (const path of paths) await runScript(site, ['cut'], { part: `tree/${path}`, keep: '0' }, { title: 'removing what is damaged' });
}
