import { ModelError, UsageError } from '../../errors.js';
import { listZip, readZipEntry } from '../../formats/bytes/zip.js';
import type { TflmPort } from './types.js';

/** A list of class names is small; more is something else. */
const mostBytes = 1 << 20;

/** Where a zip archive's end is looked for, at most: its record and a comment. */
const archiveEnd = 22 + 65_536;

/**
 * Class names: those given, or those that came with the file. TFLite's metadata appends files as a zip archive, of which a text
 * file with as many lines as an output has values is taken for them.
 * Throws UsageError where names are given that no output has room for.
 */
export function classNames(
  given: readonly string[] | undefined,
  bytes: Uint8Array,
  outputs: readonly TflmPort[],
): readonly string[] | undefined {
  const fits = (n: number) => outputs.some((o) => o.shape.at(-1) === n);
  if (given && given.length > 0) {
    if (fits(given.length)) return given;
    const shapes = outputs.map((o) => `'${o.name}' [${o.shape.join(', ')}]`).join(', ');
    throw new UsageError(`There are ${given.length} class names, but no output ends in so many values: ${shapes}.`);
  }
  return attached(bytes).find((lines) => lines.length > 1 && fits(lines.length));
}

/** Lines of the text files in the archive behind the flatbuffer; none where it is not sound, for names are an extra. */
function attached(bytes: Uint8Array): string[][] {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-archiveEnd);
  if (end.indexOf('PK\x05\x06', 0, 'latin1') < 0) return [];
  try {
    return listZip(bytes, 'metadata')
      .filter((entry) => /\.txt$/i.test(entry.name) && entry.size <= mostBytes)
      .map((entry) =>
        new TextDecoder()
          .decode(readZipEntry(bytes, entry, 'metadata', mostBytes))
          .trimEnd()
          .split(/\r?\n/),
      );
  } catch (e) {
    if (e instanceof ModelError) return [];
    throw e;
  }
}
