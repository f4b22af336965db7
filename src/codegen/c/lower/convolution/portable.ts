import { type Struct, struct, table } from '../../program.js';
import { type Channel, type Filters, rightOffset, shiftsRight } from './channels.js';

const block = 4;

/** The channels of each group filled up to whole blocks; null where there is nothing. */
export function* blocksOf(channels: readonly Channel[], groups: number): Generator<(Channel | null)[]> {
  const outputs = channels.length / groups;
  for (let g = 0; g < groups; g++)
    for (let first = 0; first < outputs; first += block)
      yield Array.from({ length: block }, (_, i) => (first + i < outputs ? channels[g * outputs + first + i] : null));
}

/** `edgeml_filters_s8`: weights [blocks][depth][4] and four words for each channel. */
export function portableFilters(filters: Filters, groups: number): Struct {
  const { channels, depth, min, max } = filters;
  const right = shiftsRight(filters);
  const outputs = channels.length / groups;
  const padded = Math.ceil(outputs / block) * block * groups;
  const weights = new Int8Array(padded * depth);
  const words = new Int32Array(padded * 4);
  let at = 0;
  for (const four of blocksOf(channels, groups)) {
    four.forEach((c, i) => {
      if (!c) return;
      for (let k = 0; k < depth; k++) weights[(at * depth + k) * block + i] = c.weights[k];
      words.set([c.bias, c.multiplier, ...(right ? [rightOffset(c), -c.shift] : [c.offset, c.shift])], (at * block + i) * 4);
    });
    at++;
  }
  return struct('edgeml_filters_s8', {
    weights: table('weights', 'int8_t', weights),
    channels: table('channels', 'int32_t', words),
    ...{ depth, outputs, right: right ? 1 : 0, min, max },
  });
}
