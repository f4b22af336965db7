/**
 * The layout of kernels/tile_f32.h: filters in blocks of 8, the 8 weights of an element side by side, and a block of 4 where
 * their number, rounded up to a multiple of 4 with zeros, asks for it. Groups follow one another.
 * @param at The weight of element `k` (of `depth`) of filter `f` (of `filters`).
 */
export function packFilters(filters: number, depth: number, groups: number, at: (f: number, k: number) => number): Float32Array {
  const perGroup = filters / groups;
  const columns = Math.ceil(perGroup / 4) * 4;
  const inEights = Math.floor(columns / 8) * 8;
  const packed = new Float32Array(groups * columns * depth);
  for (let g = 0; g < groups; g++)
    for (let c = 0; c < perGroup; c++) {
      const base = g * columns * depth;
      const [first, step] = c < inEights ? [base + (c - (c % 8)) * depth + (c % 8), 8] : [base + inEights * depth + c - inEights, 4];
      for (let k = 0; k < depth; k++) packed[first + k * step] = at(g * perGroup + c, k);
    }
  return packed;
}
