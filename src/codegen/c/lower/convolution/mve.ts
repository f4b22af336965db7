import { type Struct, struct, table } from '../../program.js';
import { type Filters, rightOffset, shiftsRight } from './channels.js';
import { blocksOf } from './portable.js';

/** Weights that an instruction multiplies at once. */
const lanes = 16;

/** Whether the filters can be packed for Helium (kernels/filters_s8_mve.h); else another kernel takes them. */
export const packsForMve = (filters: Filters): boolean => shiftsRight(filters);

/** `edgeml_filters_s8_mve`: each block of four outputs as one stream of words (kernels/filters_s8_mve.h). */
export function mveFilters(filters: Filters, groups: number): { bank: Struct; chunks: number } {
  const { channels, depth, min, max } = filters;
  const chunks = Math.ceil(depth / lanes);
  const blocks = [...blocksOf(channels, groups)];
  const words = 16 * chunks + 16;
  const stream = new Int32Array(blocks.length * words);
  const bytes = new DataView(stream.buffer);
  blocks.forEach((four, n) => {
    const at = n * words;
    const scale = at + 4 + 16 * chunks;
    four.forEach((c, i) => {
      if (!c) return;
      stream[at + i] = c.bias;
      for (let k = 0; k < depth; k++) {
        const chunk = Math.floor(k / lanes);
        bytes.setInt8(4 * (at + 4) + (chunk * 4 + i) * lanes + (k % lanes), c.weights[k]);
      }
      stream[scale + i] = c.multiplier;
      stream[scale + 4 + i] = rightOffset(c);
      stream[scale + 8 + i] = c.shift;
    });
  });
  return {
    bank: struct('edgeml_filters_s8_mve', {
      stream: table('filters', 'uint32_t', new Uint32Array(stream.buffer)),
      ...{ depth, chunks, outputs: channels.length / groups, min, max },
    }),
    chunks,
  };
}
