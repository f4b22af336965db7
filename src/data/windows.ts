import { UsageError } from '../errors.js';
import { sizeOf } from '../ir/types.js';
import { showPort } from './layout.js';
import type { DataOptions, Item, PortSpec } from './types.js';

/** Which window of which file a record is. */
export interface Windows {
  readonly length: number;
  /** The file's index and where its window begins, in elements. */
  at(i: number): { readonly file: number; readonly start: number };
}

/** Windows of the input's size that begin every `step` elements; a file shorter than a window counts as one. */
export function windowsOf(lengths: readonly number[], window: number, step: number): Windows {
  const ends = new Array<number>(lengths.length);
  let total = 0;
  for (const [f, length] of lengths.entries()) {
    total += Math.max(1, Math.floor((length - window) / step) + 1);
    ends[f] = total;
  }
  return {
    length: total,
    at(i) {
      let low = 0;
      let high = ends.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle] > i) high = middle;
        else low = middle + 1;
      }
      return { file: low, start: (i - (low > 0 ? ends[low - 1] : 0)) * step };
    },
  };
}

/** The items of windowed files: named by their elements, grouped by their file. */
export function windowItem(item: Item, start: number, window: number): Item {
  return { ...item, name: `${item.file}[${start}..${start + window - 1}]` };
}

/** Checks `window` and `step`. Throws UsageError where they are no positive whole numbers or the window is not the input's size. */
export function checkWindow(port: PortSpec, { window, step }: DataOptions): void {
  if (step !== undefined && !(Number.isSafeInteger(step) && step > 0))
    throw new UsageError(`step is ${step}: it has to be a whole number of elements above 0.`);
  if (window === undefined) return;
  if (step === undefined)
    throw new UsageError('window is given without step: say how many elements lie between the beginnings of two windows.');
  const size = sizeOf(port.shape);
  if (window !== size) throw new UsageError(`window is ${window} elements, but ${showPort(port)}, which is ${size}.`);
}
