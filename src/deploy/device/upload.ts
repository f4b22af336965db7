import { sha256Of } from '../../bundle/sums.js';
import { DeviceError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import type { Ranges } from './ranges.js';
import { folderWord, noteProcess, runScript, ScriptFailure, type Site } from './script.js';

/** What the device has of a file that is to be sent. */
export interface Had {
  readonly bytes: number;
  readonly sha256: string;
}

/** Exit status of an upload that found the lock gone; `cat` has none like it. */
const lockLost = 79;

export interface SendOptions {
  /** Told how many bytes are there. */
  readonly onProgress?: (bytes: number) => void;
  /** Told how many more went over the network. */
  readonly onSent?: (bytes: number) => void;
}

/** Into so many blocks is a file parted to find how much of it is right. */
const blocks = 16;

/**
 * Sends a file into the folder of a release that is on its way, going on where an earlier try ended. What is there counts by its
 * digest, not by its length. Returns the bytes that were sent. `part` is `tree/PATH` or `parts/PATH`.
 * Throws DeviceError with the device's words where it cannot be written there, OfflineError where the connection is lost.
 */
export async function send(
  site: Site,
  source: Ranges,
  part: string,
  had: Had | undefined,
  { onProgress, onSent }: SendOptions = {},
): Promise<number> {
  const start = had === undefined || had.bytes === 0 ? 0 : await goOnFrom(site, source, part, had);
  if (start === source.bytes && source.bytes > 0) return 0;
  const path = part.slice(part.indexOf('/') + 1);
  const base = `${folderWord(site.root)}/${quote(site.name)}`;
  const incoming = `${base}/incoming/${site.digest}`;
  const writer = sha256Of(part).slice(0, 16);
  // Whoever lost the lock must not write any more; and the process that writes leaves its number: when the connection is lost, it may
  // still be writing while the next one looks. What it says is read here.
  const command = [
    `test "$(cat ${base}/lock/token 2>/dev/null)" = ${site.token} || exit ${lockLost}`,
    `{ ${noteProcess(`${incoming}/writers/${writer}`)}; } || exit 1`,
    'LC_ALL=C',
    'export LC_ALL',
    `exec cat ${start > 0 ? '>>' : '>'} ${incoming}/${part.slice(0, part.indexOf('/'))}/${quote(path)}`,
  ].join('; ');
  const { connection } = site;
  let told = 0;
  const result = await connection.exec(`sh -c ${quote(command)}`, {
    title: `the upload of ${path}`,
    stdin: source.read(start),
    onProgress(bytes) {
      onProgress?.(start + bytes);
      onSent?.(bytes - told);
      told = bytes;
    },
  });
  if (result.code === lockLost) throw new ScriptFailure(connection, 'lock-lost', '');
  if (result.code === 0) return source.bytes - start;
  const words = result.stderr.trim().split('\n').slice(-1)[0] || `status ${result.code ?? result.signal}`;
  if (/no space left|quota exceeded/i.test(words)) throw new ScriptFailure(connection, 'space', words);
  throw new DeviceError(`${connection.name} cannot write ${path}: ${words}. Check the permissions of ${site.root} there.`);
}

/** How many bytes of what is there are a beginning of what is to be sent; what is beyond them is cut off. */
async function goOnFrom(site: Site, source: Ranges, part: string, had: Had): Promise<number> {
  if (had.bytes <= source.bytes && (await source.hash(0, had.bytes)) === had.sha256) return had.bytes;
  const block = Math.max(1 << 16, Math.ceil(had.bytes / blocks));
  const there = await runScript(
    site,
    ['blocks'],
    { part, block: String(block) },
    { title: 'the look at what was sent before', timeout: 600_000 },
  );
  let keep = 0;
  for (const [sha256] of there.all('block')) {
    if (keep + block > Math.min(had.bytes, source.bytes) || (await source.hash(keep, keep + block)) !== sha256) break;
    keep += block;
  }
  await runScript(site, ['cut'], { part, keep: String(keep) }, { title: 'cutting what was sent before', timeout: 600_000 });
  return keep;
}
