import type { Chunk } from '../../bundle/chunks.js';
import type { Range } from './ranges.js';

/** A stretch of a file that is to be: from a file of an older release on the device, or from what is sent. */
export type Step =
  | { readonly kind: 'copy'; readonly digest: string; readonly path: string; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'sent'; readonly offset: number; readonly bytes: number };

/** How a file is put together, and which of its bytes have to be sent. */
export interface Delta {
  readonly steps: readonly Step[];
  /** Offsets in the new file. */
  readonly send: readonly Range[];
  readonly reused: number;
}

/** A release on the device, and the chunks of its large files. */
export interface Source {
  readonly digest: string;
  readonly files: ReadonlyMap<string, readonly Chunk[]>;
}

/** More than so many stretches cost the device more than they save; busybox reads a file from its beginning for each. */
const mostSteps = 1000;

/**
 * Finds the chunks of a new file in files of older releases. undefined where nothing would be saved. That a chunk is what its hash
 * says is not trusted: the whole file is hashed on the device.
 */
export function deltaOf(chunks: readonly Chunk[], sources: readonly Source[]): Delta | undefined {
  const places = new Map<string, { digest: string; path: string; offset: number }>();
  for (const { digest, files } of sources) {
    for (const [path, known] of files) {
      let offset = 0;
      for (const { bytes, hash } of known) {
        const key = `${hash} ${bytes}`;
        if (!places.has(key)) places.set(key, { digest, path, offset });
        offset += bytes;
      }
    }
  }
  const steps: { -readonly [K in keyof Step]: Step[K] }[] = [];
  const send: { offset: number; bytes: number }[] = [];
  let [at, sent, reused] = [0, 0, 0];
  for (const { bytes, hash } of chunks) {
    const last = steps.at(-1);
    const place = places.get(`${hash} ${bytes}`);
    if (place) {
      if (last?.kind === 'copy' && follows(last as Extract<Step, { kind: 'copy' }>, place)) last.bytes += bytes;
      else steps.push({ kind: 'copy', ...place, bytes } as Step);
      reused += bytes;
    } else {
      if (last?.kind === 'sent') {
        last.bytes += bytes;
        (send.at(-1) as { bytes: number }).bytes += bytes;
      } else {
        steps.push({ kind: 'sent', offset: sent, bytes });
        send.push({ offset: at, bytes });
      }
      sent += bytes;
    }
    at += bytes;
  }
  return reused === 0 || steps.length > mostSteps ? undefined : { steps: steps as Step[], send, reused };
}

const follows = (last: Extract<Step, { kind: 'copy' }>, next: { digest: string; path: string; offset: number }): boolean =>
  last.digest === next.digest && last.path === next.path && last.offset + last.bytes === next.offset;

/** As the script `assemble` reads them. */
export const stepLines = (steps: readonly Step[]): string =>
  steps.map((s) => (s.kind === 'copy' ? ['copy', s.digest, s.path, s.offset, s.bytes] : ['sent', s.offset, s.bytes]).join('\t')).join('\n');
