import type { Attrs, Value } from '../../ir/graph.js';
import type { TypeInfo } from '../../ir/types.js';
import type { Target } from '../define.js';
import type { NodeBuilder } from '../node-builder.js';

type Decompose<A> = (
  b: NodeBuilder,
  inputs: readonly (Value | null)[],
  attrs: A,
  outputs: readonly TypeInfo[],
  target: Target,
) => Value[] | null;

/**
 * A record's decomposition that first takes float16 to where TFLite has a kernel, float32:
 * op(x) -> cast(op(cast(x, float32)), float16). `then` is the decomposition of everything else.
 */
export const widenHalf =
  <A>(op: string, then?: Decompose<A>): Decompose<A> =>
  (b, inputs, attrs, outputs, target) => {
    const half = inputs.some((v) => v?.dtype === 'float16' && !v.quant);
    if (target !== 'tflite' || !half) return then?.(b, inputs, attrs, outputs, target) ?? null;
    const wide = inputs.map((v) => (v?.dtype === 'float16' ? b.op('Cast', [v], { to: 'float32' }) : v));
    return b.node(op, wide, attrs as Attrs).map((y, i) => (y.dtype === outputs[i].dtype ? y : b.op('Cast', [y], { to: outputs[i].dtype })));
  };
