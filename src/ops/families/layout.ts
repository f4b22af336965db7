/**
 * Building blocks of layout laws (LayoutLaw in define.ts). Seen through a permutation, a value `v` is `transpose(v, perm)`:
 * its axis `i` is the old axis `perm[i]`, so the old axis `a` is found at `perm.indexOf(a)`. A law has to give attributes with
 *
 *     op(transpose(x, perm), { ...attrs, ...law(attrs, perm) }) = transpose(op(x, attrs), perm)
 *
 * where a result of another rank than `perm` (a reduction that drops its axes) is the same on both sides.
 */
type Perm = readonly number[];

/** Where an old axis is found after `transpose(·, perm)`. */
export const movedAxis = (axis: number, perm: Perm): number => perm.indexOf(axis);

/** {@link movedAxis} for a set of axes, ascending. */
export const movedAxes = (axes: readonly number[], perm: Perm): number[] => axes.map((a) => perm.indexOf(a)).sort((a, b) => a - b);

/** One entry per axis, in the new order. */
export const permuted = <T>(perAxis: readonly T[], perm: Perm): T[] => perm.map((p) => perAxis[p]);

/** Pads [begin of each axis, end of each axis] in the new order. */
export const permutedPads = (pads: readonly number[], perm: Perm): number[] => [
  ...perm.map((p) => pads[p]),
  ...perm.map((p) => pads[p + perm.length]),
];

/** Whether the axes that stay when `dropped` go are in their old order: then a result without them looks the same. */
export const keepsOrder = (dropped: readonly number[], perm: Perm): boolean => {
  const rest = perm.filter((p) => !dropped.includes(p));
  return rest.every((p, i) => i === 0 || rest[i - 1] < p);
};

/** The law of operators whose only word on axes is `axis`. */
export const axisLaw = (attrs: { readonly axis: number }, perm: Perm): { axis: number } => ({ axis: movedAxis(attrs.axis, perm) });

/** The law of operators on the last two axes (matrices) that treat the others as a batch. */
export const matrixLaw = (perm: Perm): Record<string, never> | null =>
  perm.slice(-2).every((p, i) => p === perm.length - 2 + i) ? {} : null;
