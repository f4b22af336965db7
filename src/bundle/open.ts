import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ModelError } from '../errors.js';
import { whyUnreadable } from '../fs/unreadable.js';
import { type Chunk, parseChunks } from './chunks.js';
import { type Manifest, parseManifest } from './manifest.js';
import { ownFiles, pathFault } from './paths.js';
import type { PublicKey } from './sign/key-files.js';
import { verify } from './sign/signature.js';
import { keyIdText } from './sign/text.js';
import { parseSums, sha256Of } from './sums.js';
import { readTar, type TarEntry } from './tar.js';

/** A file of a bundle, and where its content stands in the archive. */
export interface BundledFile extends TarEntry {
  readonly sha256: string;
}

/** A bundle that was read and checked. */
export interface Bundle {
  /** Of the archive. */
  readonly path: string;
  readonly bytes: number;
  readonly manifest: Manifest;
  /** SHA-256 of SHA256SUMS: the name of the release on devices. */
  readonly digest: string;
  /** Every file that goes to a device, SHA256SUMS and its signature first. */
  readonly files: readonly BundledFile[];
  /** Chunks of large files, by path. */
  readonly chunks: ReadonlyMap<string, readonly Chunk[]>;
  /** Key id of the signature; undefined where there is none. Whose it is was checked only against `trusted`. */
  readonly signature?: { readonly text: string; readonly keyId?: string };
}

const largestText = 16 << 20;

/**
 * Reads a bundle and checks all of it: every file against SHA256SUMS, the manifest against the files, and the signature where keys
 * are `trusted`. Throws ModelError with what is wrong: no bundle, cut off, changed, not signed by one of the keys.
 */
export async function openBundle(path: string, trusted: readonly PublicKey[] = []): Promise<Bundle> {
  const handle = await open(path).catch((error: Error) => {
    throw new ModelError(`Cannot read ${path}: ${whyUnreadable(error) ?? error.message}.`, { cause: error });
  });
  try {
    return await check(handle, path, trusted);
  } finally {
    await handle.close();
  }
}

async function check(handle: FileHandle, path: string, trusted: readonly PublicKey[]): Promise<Bundle> {
  const info = await handle.stat();
  if (!info.isFile()) throw new ModelError(`${path} is not a file. Give a bundle, which 'edgeml bundle' makes.`);
  const readAt = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const entries = new Map((await readTar(readAt, info.size, path)).map((e) => [e.path, e]));
  const text = async (name: string): Promise<string> => {
    const entry = entries.get(name);
    if (!entry) throw new ModelError(`${path} is no bundle: it holds no ${name}. Make it with 'edgeml bundle'.`);
    if (entry.bytes > largestText) throw new ModelError(`${path}: ${name} has ${entry.bytes} bytes, too many. Make the bundle anew.`);
    return Buffer.from(await readAt(entry.offset, entry.bytes)).toString('utf8');
  };
  const sums = await text(ownFiles.sums);
  const signatureText = entries.has(ownFiles.signature) ? await text(ownFiles.signature) : undefined;
  const signature = checkSignature(sums, signatureText, trusted, path);
  const listed = parseSums(sums, `${path}: ${ownFiles.sums}`);
  const names = new Set(listed.map((s) => s.path));
  const own = [ownFiles.sums, ...(signatureText === undefined ? [] : [ownFiles.signature])];
  const stray = [...entries.keys()].find((name) => !(own as string[]).includes(name) && !names.has(name));
  if (stray !== undefined) throw new ModelError(`${path} holds ${stray}, which is not in ${ownFiles.sums}. It was changed; make it anew.`);
  const files: BundledFile[] = [];
  for (const { path: name, sha256 } of listed) {
    const entry = entries.get(name);
    const fault = pathFault(name);
    if (fault) throw new ModelError(`${path}: ${ownFiles.sums} names ${JSON.stringify(name)}, which ${fault}. Make the bundle anew.`);
    if (!entry) throw new ModelError(`${path} lacks ${name}, which ${ownFiles.sums} lists. It was changed; make it anew.`);
    if ((await hashOf(handle, entry)) !== sha256)
      throw new ModelError(`${path}: ${name} is not what ${ownFiles.sums} says. It was changed or damaged; copy or make it anew.`);
    files.push({ ...entry, sha256 });
  }
  const manifest = parseManifest(await text(ownFiles.manifest), `${path}: ${ownFiles.manifest}`);
  checkManifest(manifest, files, path);
  const head = own.map((name) => {
    const entry = entries.get(name) as TarEntry;
    return { ...entry, sha256: sha256Of(name === ownFiles.sums ? sums : (signatureText as string)) };
  });
  return {
    ...{ path, bytes: info.size, manifest, digest: sha256Of(sums), files: [...head, ...files] },
    chunks: entries.has(ownFiles.chunks) ? parseChunks(await text(ownFiles.chunks)) : new Map(),
    ...(signature && { signature }),
  };
}

function checkSignature(sums: string, text: string | undefined, trusted: readonly PublicKey[], path: string): Bundle['signature'] {
  if (text === undefined) {
    if (trusted.length > 0)
      throw new ModelError(`${path} is not signed, and --trust asks for a signature. Sign it: edgeml bundle … --sign KEY.`);
    return undefined;
  }
  if (trusted.length === 0) return { text };
  return { text, keyId: keyIdText(verify(Buffer.from(sums), text, trusted, `${path}: ${ownFiles.signature}`).keyId) };
}

/** Manifest and SHA256SUMS have to tell the same; whoever reads one of them alone relies on it. */
function checkManifest({ files: told, models }: Manifest, files: readonly BundledFile[], path: string): void {
  const found = new Map(files.map((f) => [f.path, f]));
  const fail = (name: string): ModelError =>
    new ModelError(`${path}: ${ownFiles.manifest} and ${ownFiles.sums} differ about ${name}. It was changed; make it anew.`);
  for (const { path: name, sha256, bytes, executable = false } of told) {
    const file = found.get(name);
    if (!file || file.sha256 !== sha256 || file.bytes !== bytes || file.executable !== executable) throw fail(name);
  }
  if (told.length !== files.length - 1)
    throw fail(files.find((f) => f.path !== ownFiles.manifest && !told.some((t) => t.path === f.path))?.path ?? 'a file');
  for (const name of models.flatMap((m) => [m.file, ...(m.golden ? [m.golden.file] : [])])) if (!found.has(name)) throw fail(name);
}

async function hashOf(handle: FileHandle, { offset, bytes }: TarEntry): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(Math.min(bytes, 1 << 20));
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), offset + at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest('hex');
}
