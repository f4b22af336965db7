import type { Node, Value } from '../../../../ir/graph.js';
import { type Activation, fusable } from '../../../../ops/families/activation.js';
import { type Float, float, input, NoKernel, type Place } from '../../program.js';

/** Throws NoKernel unless each of these is float32. */
export function needFloats(...values: readonly (Value | null | undefined)[]): void {
  for (const v of values) if (v && (v.dtype !== 'float32' || v.quant)) throw new NoKernel(`has '${v.name}' as ${v.dtype} beside floats`);
}

/** The bias or another optional operand, or a null pointer. */
export const optional = (v: Value | null | undefined): Place | 0 => (v ? input(v) : 0);

/** The bounds of the node's fused activation: infinite where there is none. */
export const boundsOf = (node: Node): { readonly min: Float; readonly max: Float } => {
  const [min, max] = fusable[(node.attrs.activation ?? 'none') as Activation];
  return { min: float(min), max: float(max) };
};
