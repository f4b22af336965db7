import type { Source } from '../../../src/formats/types.js';

/** A file that exists in memory only. */
export const inMemory = (bytes: Uint8Array, path = 'model.keras'): Source => ({
  path,
  bytes,
  readSibling: () => {
    throw new Error('a Keras model has no siblings');
  },
});
