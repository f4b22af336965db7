import type { Value } from '../../../../ir/graph.js';
import { type Tensor, toNumbers } from '../../../../ir/tensor.js';
import { indexInto } from '../../../../ops/families/indices.js';
import { type Arg, input, type Struct, table } from '../../program.js';

/** An axis that is indexed: its length, and how many bytes one step along it is. */
export interface IndexedAxis {
  readonly length: number;
  readonly step: number;
}

/**
 * The argument for index vectors of one coordinate per axis, and the fields that say how to read it: constants are turned into
 * steps in bytes beforehand. Throws ModelError where a constant is outside its axis.
 */
export function indexArgs(indices: Value, axes: readonly IndexedAxis[], operator: string): { arg: Arg; fields: Struct['fields'] } {
  if (!indices.data) {
    return {
      arg: input(indices),
      fields: {
        'indices.axes': table(
          'axes',
          'int32_t',
          axes.flatMap((a) => [a.length, a.step]),
        ),
        'indices.count': axes.length,
        'indices.width': indices.dtype === 'int64' ? 8 : 4,
      },
    };
  }
  const given = toNumbers(indices as Tensor);
  const places = Int32Array.from({ length: axes.length === 0 ? 0 : given.length / axes.length }, (_, row) =>
    axes.reduce((sum, { length, step }, k) => sum + indexInto(given[row * axes.length + k], length, operator) * step, 0),
  );
  return { arg: table('places', 'int32_t', places), fields: { 'indices.axes': null, 'indices.count': 0, 'indices.width': 0 } };
}
