import type { Attrs, Node } from '../../../../ir/graph.js';
import { erfc } from '../../../../ops/families/elementwise-math.js';
import type { Grid } from './grid.js';

const f = Math.fround;

/** A function of reals as TensorFlow Lite's tables are filled with it, in float32. `lowest` is the least real of the output. */
export type RealFunction = (x: number, lowest: number) => number;

const gelu = (x: number): number => f(f(f(0.5) * x) * f(erfc(f(x * f(-Math.SQRT1_2)))));
const geluByTanh = (x: number): number => {
  const cube = f(f(f(x * x) * x) * f(0.044715));
  return f(f(f(0.5) * x) * f(1 + f(Math.tanh(f(f(Math.sqrt(2 / Math.PI)) * f(x + cube))))));
};

/** What a table is made of where no integer formula is prescribed; undefined for other operators. */
export function realFunction({ op, attrs }: Pick<Node, 'op'> & { attrs: Attrs }): RealFunction | undefined {
  switch (op) {
    case 'Elu': {
      const alpha = f(attrs.alpha as number);
      return (x) => (x < 0 ? f(alpha * f(f(Math.exp(x)) - 1)) : x);
    }
    case 'Gelu':
      return attrs.approximate ? geluByTanh : gelu;
    case 'Exp':
      return (x) => f(Math.exp(x));
    case 'Log':
      return (x, lowest) => (x <= 0 ? lowest : f(Math.log(x)));
    default:
      return undefined;
  }
}

/** The reals at both ends of a grid, in float32. */
export const endsOf = ({ scale, zeroPoint }: Grid, low: number, high: number): [lowest: number, highest: number] => [
  f((low - zeroPoint) * scale),
  f((high - zeroPoint) * scale),
];
