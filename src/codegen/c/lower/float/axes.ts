import { NoKernel } from '../../program.js';

/** Axes of a result, outermost first, and how far each operand goes per step of each. */
export interface Axes {
  readonly lengths: number[];
  /** By axis, then by operand. */
  readonly steps: number[][];
}

/** Axes around the innermost that the kernels have room for. */
const most = 8;

/**
 * Takes axes together that all operands cross in one go and leaves out those of length 1; the last one is there always.
 * Throws NoKernel where more are left than the kernels go through.
 */
export function collapse({ lengths, steps }: Axes): Axes & { readonly row: number; readonly rowSteps: readonly number[] } {
  const kept: Axes = { lengths: [], steps: [] };
  lengths.forEach((length, axis) => {
    if (length === 1) return;
    const outer = kept.steps.at(-1);
    if (outer?.every((s, o) => s === steps[axis][o] * length)) {
      kept.lengths[kept.lengths.length - 1] *= length;
      kept.steps[kept.steps.length - 1] = steps[axis];
    } else {
      kept.lengths.push(length);
      kept.steps.push(steps[axis]);
    }
  });
  const row = kept.lengths.pop() ?? 1;
  const rowSteps = kept.steps.pop() ?? (steps[0] ?? []).map(() => 0);
  if (kept.lengths.length > most) throw new NoKernel(`goes through more than ${most + 1} axes`);
  return { ...kept, row, rowSteps };
}
