import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { axisTaps, changesNothing, type Interpolation, type Taps } from '../../../../ops/families/interpolate.js';
import { type Alias, type Call, input, NoKernel, output, type Rule, struct, table } from '../../program.js';
import { needFloats } from './operands.js';

/** An axis that stays as it is. */
const still: Taps = { width: 1, index: Int32Array.of(0), weight: Float64Array.of(1) };

function resize(node: Node): Call[] | Alias {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(x);
  const attrs = node.attrs as unknown as Interpolation & { readonly scales: readonly number[] };
  const taps = x.shape.map((from, i) => axisTaps(from, y.shape[i], attrs.scales[i] ?? y.shape[i] / from, attrs));
  const changed = taps.flatMap((t, i) => (changesNothing(t, x.shape[i]) ? [] : [i]));
  if (changed.length === 0) return { alias: x };
  if (changed.length > 2) throw new NoKernel(`resizes ${changed.length} axes`);
  // A lone axis is the first of two, and the second has length 1 right behind it.
  const [a, b = a + 1] = changed;
  const two = changed.length === 2;
  const [first, second] = [taps[a], two ? taps[b] : still];
  const params = struct('edgeml_resize_f32_params', {
    outer: sizeOf(x.shape.slice(0, a)),
    from_a: x.shape[a],
    to_a: y.shape[a],
    between: sizeOf(x.shape.slice(a + 1, b)),
    from_b: two ? x.shape[b] : 1,
    to_b: two ? y.shape[b] : 1,
    inner: sizeOf(x.shape.slice(two ? b + 1 : b)),
    taps_a: first.width,
    taps_b: second.width,
    index_a: table('positions', 'int32_t', first.index),
    index_b: table('positions', 'int32_t', second.index),
    weight_a: table('shares', 'float', Float32Array.from(first.weight)),
    weight_b: table('shares', 'float', Float32Array.from(second.weight)),
  });
  return [{ kernel: 'resize_f32', function: 'edgeml_resize_f32', args: [input(x), output(y), params] }];
}

export const floatResizeRules: readonly Rule[] = [{ ops: ['Resize'], types: ['float32'], lower: resize }];
