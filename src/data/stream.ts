import type { Dataset, Sample } from './types.js';

/**
 * The samples of a dataset in order, the next `ahead` of them (default 4) being decoded while one is used: at most `ahead` + 1 are in
 * memory. Throws what {@link Dataset.read} throws, when the sample's turn comes.
 */
export async function* samplesOf(data: Dataset, ahead = 4): AsyncGenerator<Sample> {
  const pending: Promise<Sample>[] = [];
  let next = 0;
  for (let i = 0; i < data.size; i++) {
    while (next < data.size && pending.length <= ahead) {
      const read = data.read(next++);
      // Its turn may never come if the caller stops early; without a handler that would end the process.
      read.catch(() => {});
      pending.push(read);
    }
    yield await pending.shift()!;
  }
}
