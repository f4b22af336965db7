import { type Struct, struct, table } from '../../program.js';
import { type Channel, type Filters, rightOffset, shiftsRight } from './channels.js';
import { blocksOf } from './portable.js';

/** Sums have to stay below this: 256 times one more than that is beyond 32 bits. */
const maxSum = 2 ** 23;

/** Whether the filters can be packed in pairs of outputs (kernels/filters_s8_dsp.h); else the portable kernel takes them. */
export const packsForDsp = (filters: Filters): boolean =>
  shiftsRight(filters) && filters.channels.every((c) => Math.max(-c.low, c.high) < maxSum && c.weights.every((w) => w !== -128));

/**
 * `edgeml_filters_s8_dsp`: each block of four outputs as one stream of words (kernels/filters_s8_dsp.h).
 * @param multiple The number of weights that the depth is filled up to a multiple of: 4, or 8.
 */
export function dspFilters(filters: Filters, groups: number, multiple: 4 | 8): { bank: Struct; quads: number } {
  const { channels, depth, min, max } = filters;
  const quads = (Math.ceil(depth / multiple) * multiple) / 4;
  const blocks = [...blocksOf(channels, groups)];
  const stream = new Int32Array(blocks.length * (4 * quads + 16));
  let at = 0;
  for (const [a, b, c, d] of blocks) {
    const bias = (v: Channel | null) => v?.bias ?? 0;
    stream.set([256 * bias(a) + bias(b), bias(b), 256 * bias(c) + bias(d), bias(d)], at);
    at += 4;
    const lane = (high: Channel | null, low: Channel | null, k: number) => 256 * (high?.weights[k] ?? 0) + (low?.weights[k] ?? 0);
    const word = (high: Channel | null, low: Channel | null, k: number) => (lane(high, low, k) & 0xffff) | (lane(high, low, k + 2) << 16);
    for (let k = 0; k < 4 * quads; k += 4) {
      stream.set([word(a, b, k), word(c, d, k), word(a, b, k + 1), word(c, d, k + 1)], at);
      at += 4;
    }
    for (const v of [a, b, c, d]) {
      if (v) stream.set([v.multiplier, rightOffset(v), -v.shift], at);
      at += 3;
    }
  }
  return {
    bank: struct('edgeml_filters_s8_dsp', {
      stream: table('filters', 'uint32_t', new Uint32Array(stream.buffer)),
      ...{ depth, quads, outputs: channels.length / groups, min, max },
    }),
    quads,
  };
}
