import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { whyUnreadable } from '../fs/unreadable.js';
import { type PublicKey, readPublicKey } from './sign/key-files.js';

/** Reads files of public keys. Throws UsageError for one that cannot be read, ModelError for one that is none. */
export function readTrusted(files: readonly string[]): Promise<PublicKey[]> {
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: Error) => {
        const why = whyUnreadable(error) ?? error.message;
        throw new UsageError(`Cannot read the public key ${file}: ${why}. 'edgeml key generate' makes a pair of keys.`, { cause: error });
      });
      return readPublicKey(text, file);
    }),
  );
}
