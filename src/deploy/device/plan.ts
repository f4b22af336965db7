import { parseChunks } from '../../bundle/chunks.js';
import { runsOn } from '../../bundle/elf.js';
import type { Bundle, BundledFile } from '../../bundle/open.js';
import { ownFiles } from '../../bundle/paths.js';
import { readPublicKey } from '../../bundle/sign/key-files.js';
import { parseSignature, verify } from '../../bundle/sign/signature.js';
import { keyIdText } from '../../bundle/sign/text.js';
import { DeviceError, EdgemlError } from '../../errors.js';
import { type Delta, deltaOf, type Source } from './delta.js';
import { releaseWord, type Site } from './script.js';
import type { Survey } from './survey.js';

/** How a file of a release gets there. */
export type FileWork =
  | { readonly kind: 'link'; readonly file: BundledFile; readonly digest: string; readonly path: string }
  | { readonly kind: 'delta'; readonly file: BundledFile; readonly delta: Delta }
  | { readonly kind: 'send'; readonly file: BundledFile };

/** What would change on a device. */
export interface DevicePlan {
  /**
   * `none`: it has the release, and it works. `confirm`: it has it, but the switch was cut short. `switch`: the release is there from
   * before. `update`: files have to be sent.
   */
  readonly kind: 'none' | 'confirm' | 'switch' | 'update';
  /** The release that works now, to which a failure switches back; undefined for none. */
  readonly from?: string;
  readonly to: string;
  readonly work: readonly FileWork[];
  /** Bytes to send at the most; an earlier upload that was cut may have left some of them. */
  readonly send: number;
  /** Bytes that are there from older releases. */
  readonly reuse: number;
  /** Releases that will be removed afterwards; before, where space is short. */
  readonly remove: readonly string[];
  /** Too little space: bytes. */
  readonly tight?: { readonly need: number; readonly free: number };
}

/** A device that cannot take the release: why, and what to do. Trying again changes nothing. */
export class RefusedError extends DeviceError {}

/** Room for folders, journals and the file system itself. */
const spareBytes = 1 << 20;

/** Throws RefusedError where the device cannot take any release: what it lacks, and what stands in the way. */
export function requireUsable({ connection, root, name }: Site, device: Survey): void {
  const fail = (what: string): RefusedError => new RefusedError(`${connection.name} ${what}`);
  if (device.sha256sum !== 'works') {
    const faults = {
      missing: 'has no sha256sum',
      wrong: 'has a sha256sum that gives wrong digests',
      'without -c': 'has a sha256sum that cannot compare (-c)',
    };
    const what = faults[device.sha256sum];
    throw fail(`${what}, without which nothing that arrives can be checked. Install coreutils or busybox there.`);
  }
  if (device.strange !== undefined) {
    throw fail(`has something at ${device.strange} that edgeml did not put there. Move it away, or deploy under another --name.`);
  }
  if (device.unwritable !== undefined) {
    throw fail(
      `does not let ${device.user || 'the user'} write in ${device.unwritable}, where ${root}/${name} is to be. Give another folder with --root, or change its permissions.`,
    );
  }
}

/** Throws RefusedError where the device does not meet what the bundle requires. */
export function requireFit({ connection }: Site, device: Survey, { manifest }: Bundle): void {
  const { architecture, ram_bytes: ram } = manifest.requires;
  if (architecture && !runsOn(device.machine, architecture)) {
    throw new RefusedError(
      `${connection.name} is a machine of the kind ${device.machine}, and ${manifest.name} ${manifest.version} is made for ${architecture.join(', ')}. Make a bundle for it.`,
    );
  }
  if (device.freeRam !== undefined && device.freeRam < ram) {
    throw new RefusedError(
      `${connection.name} has ${device.freeRam} bytes of memory available, and ${manifest.name} ${manifest.version} needs ${ram}. End what runs there, or take a smaller model.`,
    );
  }
}

/** Throws RefusedError where the device knows keys and none of them signed the bundle. It checks that itself as well. */
export function requireSignature({ connection }: Site, device: Survey, bundle: Bundle, sums: Uint8Array): void {
  if (device.trusted.length === 0) return;
  const host = connection.name;
  const what = `${bundle.manifest.name} ${bundle.manifest.version}`;
  if (!bundle.signature) {
    throw new RefusedError(`${host} takes only signed bundles, and ${what} is not signed. Sign it: edgeml bundle … --sign KEY.`);
  }
  try {
    const known = device.trusted.map((line) => readPublicKey(line, `a key that ${host} knows`));
    const { keyId } = parseSignature(bundle.signature.text);
    if (!known.some((k) => k.keyId.equals(keyId))) {
      const ids = known.map((k) => keyIdText(k.keyId)).join(', ');
      throw new RefusedError(
        `${host} knows the key ${ids}, and ${what} is signed with ${keyIdText(keyId)}. Sign it with a key that the device knows, or bring the new one with a bundle that such a key has signed (--introduce).`,
      );
    }
    verify(sums, bundle.signature.text, known);
  } catch (error) {
    if (!(error instanceof EdgemlError) || error instanceof RefusedError) throw error;
    throw new RefusedError(`${host} does not take ${what}: ${error.message}`, { cause: error });
  }
}

/** Steps of an activation at which `current` may point to its release, and nobody knows that it works. */
const open: readonly string[] = ['switch', 'after', 'health', 'golden', 'back', 'rolled-back', 'stuck'];

/** Whether `current` points to a release whose switch to it never came to a good end. */
export function isUnproven({ activation, current, history }: Survey): boolean {
  if (current === undefined) return false;
  if (activation?.digest === current && open.includes(activation.step)) return true;
  // What was tried since then may have overwritten what the activation told.
  const last = history.findLast((h) => h.result === 'done');
  return last !== undefined && last.digest !== current;
}

/** The release to go back to where `to` does not work: the one that works now, or worked last. */
export function fallbackOf(device: Survey, to: string): string | undefined {
  const { current, history, releases } = device;
  if (current !== undefined && current !== to && !isUnproven(device)) return releases.has(current) ? current : undefined;
  return history.findLast((h) => h.result === 'done' && h.digest !== to && releases.has(h.digest))?.digest;
}

/** The version of a release, as far as the device's history tells; '' where it does not. */
export const versionOf = ({ history }: Survey, digest: string | undefined): string =>
  history.findLast((h) => h.digest === digest)?.version ?? '';

export interface PlanOptions {
  /** Releases to keep. */
  readonly keep: number;
  /** The release is there and was found damaged: its files are sent again, and none is taken from it. */
  readonly damaged?: boolean;
}

/**
 * What a deployment would do. Reads the chunks of older releases where large files have to be sent. Where there is too little space,
 * `tight` says by how much: removing old releases may make room.
 * What {@link requireUsable} and its like look at is not looked at again.
 */
export async function planUpdate(site: Site, device: Survey, bundle: Bundle, { keep, damaged }: PlanOptions): Promise<DevicePlan> {
  const to = bundle.digest;
  const from = fallbackOf(device, to);
  const common = { ...(from !== undefined && { from }), to, remove: removable(device, to, keep) };
  if (device.releases.has(to) && !damaged) {
    const proven = device.current === to && !isUnproven(device) && device.history.some((h) => h.result === 'done' && h.digest === to);
    const kind = proven ? 'none' : device.current === to ? 'confirm' : 'switch';
    return { kind, ...common, work: [], send: 0, reuse: bundle.files.reduce((sum, f) => sum + f.bytes, 0) };
  }
  const releases = new Map([...device.releases].filter(([digest]) => digest !== to));
  const work = await workOf(site, { ...device, releases, chunked: device.chunked.filter((d) => d !== to) }, bundle);
  const send = work.reduce(
    (sum, w) => sum + (w.kind === 'link' ? 0 : w.kind === 'delta' ? w.file.bytes - w.delta.reused : w.file.bytes),
    0,
  );
  const total = bundle.files.reduce((sum, f) => sum + f.bytes, 0);
  const tight = spaceLacking(device, work);
  return { kind: 'update', ...common, work, send, reuse: total - send, ...(tight && { tight }) };
}

async function workOf(site: Site, device: Survey, bundle: Bundle): Promise<FileWork[]> {
  const there = new Map<string, { digest: string; path: string }>();
  for (const [digest, files] of device.releases) for (const [path, sha256] of files) there.set(sha256, { digest, path });
  const missing = bundle.files.some((f) => bundle.chunks.has(f.path) && !there.has(f.sha256));
  const sources = missing ? await chunksThere(site, device) : [];
  return bundle.files.map((file): FileWork => {
    const known = there.get(file.sha256);
    if (known) return { kind: 'link', file, ...known };
    const chunks = bundle.chunks.get(file.path);
    const delta = chunks && sources.length > 0 ? deltaOf(chunks, sources) : undefined;
    return delta ? { kind: 'delta', file, delta } : { kind: 'send', file };
  });
}

/** Chunks of releases on the device, the current one first. */
async function chunksThere(site: Site, device: Survey): Promise<Source[]> {
  const order = [...device.chunked].sort((a, b) => Number(b === device.current) - Number(a === device.current));
  const sources: Source[] = [];
  for (const digest of order) {
    const { code, stdout } = await site.connection.exec(`cat ${releaseWord(site, digest)}/${ownFiles.chunks}`, {
      title: 'the reading of chunks',
      timeout: 120_000,
    });
    if (code === 0) sources.push({ digest, files: parseChunks(stdout) });
  }
  return sources;
}

/** What is needed and what is free, where that is less. */
function spaceLacking({ freeSpace, partial, leftover }: Survey, work: readonly FileWork[]): DevicePlan['tight'] {
  if (freeSpace === undefined) return undefined;
  // A file that is put together takes its own size beside what is sent for it.
  const need = work.reduce(
    (sum, w) => sum + (w.kind === 'link' ? 0 : w.file.bytes + (w.kind === 'delta' ? w.file.bytes - w.delta.reused : 0)),
    0,
  );
  const sent = work.reduce((sum, w) => sum + (w.kind === 'link' ? 0 : (partial.get(w.file.path) ?? 0)), 0);
  const left = Math.max(0, need - sent) + spareBytes;
  // What uploads of other bundles have left goes before anything is sent.
  return left <= freeSpace + leftover ? undefined : { need: left, free: freeSpace };
}

/** Throws RefusedError where there is too little space. */
export function requireSpace({ connection, root }: Site, { tight }: DevicePlan): void {
  if (!tight) return;
  throw new RefusedError(
    `${connection.name} has ${tight.free} bytes free at ${root}, and ${tight.need} are needed. Free some space there, or give another --root.`,
  );
}

/**
 * Digests of releases beyond the `keep` that worked last; the one that is current, its fallback and the new one stay. Those that
 * never worked go first.
 */
export function removable(device: Survey, to: string, keep: number): string[] {
  const used = device.history.flatMap((h) => (h.result === 'done' ? h.digest : []));
  const age = (digest: string): number => used.lastIndexOf(digest);
  const stay = new Set([to, device.current, fallbackOf(device, to)]);
  const others = [...device.releases.keys()].filter((d) => !stay.has(d)).sort((a, b) => age(b) - age(a));
  const room = Math.max(0, keep - [...stay].filter((d) => d !== undefined && (d === to || device.releases.has(d))).length);
  return others.slice(room);
}
