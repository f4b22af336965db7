import type { Node, Value } from '../../ir/graph.js';
import type { DType } from '../../ir/types.js';

/** A TFLite operator version that depends on the first input's element type alone; 1 for those not listed (op_version.cc). */
export const byType =
  (versions: Readonly<Partial<Record<DType, number>>>) =>
  (_: unknown, node: Node): number =>
    versions[(node.inputs[0] as Value).dtype] ?? 1;
