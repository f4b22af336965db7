import { ModelError } from '../../errors.js';
import { listZip, readZipEntry } from '../../formats/bytes/zip.js';
import { checkLabels, labelsFit } from '../labels.js';
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
  if (given && given.length > 0) {
    checkLabels(given, outputs);
    return given;
  }
  return attached(bytes).find((lines) => lines.length > 1 && labelsFit(lines.length, outputs));
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
