import { UsageError } from '../errors.js';
import type { Shape } from '../ir/types.js';

/** Whether class names of that number name the values of an output: an axis of other things comes before them, never after. */
export const labelsFit = (n: number, outputs: readonly { readonly shape: Shape }[]): boolean => outputs.some((o) => o.shape.at(-1) === n);

/** Throws UsageError for class names that no output has as many values as. */
export function checkLabels(labels: readonly string[], outputs: readonly { readonly name: string; readonly shape: Shape }[]): void {
  if (labelsFit(labels.length, outputs)) return;
  const shapes = outputs.map((o) => `'${o.name}' [${o.shape.join(', ')}]`).join(', ');
  throw new UsageError(`There are ${labels.length} class names, but no output ends in so many values: ${shapes}.`);
}
