import type { Node, Value } from '../../../../ir/graph.js';
import { NoKernel } from '../../program.js';
import { type Multiplier, perTensorOf, quantizeMultiplier } from '../../requantize.js';

/** Scale and zero point of a value that is quantized per tensor. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The grids of the first input and the first output of a node. Throws NoKernel where one of them has none. */
export const gridsOf = ({ inputs, outputs }: Node): [from: Grid, to: Grid] => [perTensorOf(inputs[0] as Value), perTensorOf(outputs[0])];

/** A multiplier that kernels can shift by. Throws NoKernel where scales are so far apart that an int32 would overflow. */
export function multiplierOf(real: number): Multiplier {
  const m = real < 0 ? quantizeMultiplier(-real) : quantizeMultiplier(real);
  if (m.shift > 30) throw new NoKernel(`has scales that are 2^${m.shift} apart, which no integer kernel bridges`);
  return real < 0 ? { ...m, multiplier: -m.multiplier } : m;
}

/** Half away from zero. */
export const roundAway = (x: number): number => (x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5));

export const rangeOf = (dtype: 'int8' | 'int16'): readonly [low: number, high: number] =>
  dtype === 'int8' ? [-128, 127] : [-32768, 32767];
