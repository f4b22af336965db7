import type { Node, Value } from '../../../../ir/graph.js';
import { NoKernel } from '../../program.js';

/** Rows of an operator along its last axis. Throws NoKernel for another axis, and for rows whose sum would not fit. */
export function rowsOf(node: Node): { rows: number; depth: number } {
  const { shape } = node.inputs[0] as Value;
  const depth = shape.at(-1) ?? 1;
  if (shape.length > 0 && node.attrs.axis !== shape.length - 1) throw new NoKernel('takes the last axis only');
  // Each exponential is at most 1, and their sum has 12 integer bits (int8) or 16 (int16).
  const most = (node.inputs[0] as Value).dtype === 'int8' ? 4095 : 65535;
  if (depth > most) throw new NoKernel(`takes rows of up to ${most} elements`);
  return { rows: shape.slice(0, -1).reduce((a, n) => a * n, 1), depth };
}
