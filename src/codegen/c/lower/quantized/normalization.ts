import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { type Call, input, NoKernel, output, type Rule } from '../../program.js';
import { gridsOf } from '../activations/grid.js';
import { isEmpty } from '../movement/loops.js';

/** L2Normalization along the last axis; its output grid is prescribed. */
function l2Normalization(node: Node): Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (isEmpty(y)) return [];
  const depth = x.shape.at(-1) ?? 1;
  if (node.attrs.axis !== Math.max(0, x.shape.length - 1)) throw new NoKernel('has an axis that is not the last');
  const [from, to] = gridsOf(node);
  if (to.scale !== 1 / 128 || to.zeroPoint !== 0) throw new NoKernel('has an output whose scale is not 1/128 with zero point 0');
  if (depth * 255 ** 2 >= 2 ** 31) throw new NoKernel(`has rows of ${depth}, whose squares 32 bits do not hold`);
  return [
    {
      kernel: 'l2_normalization_s8',
      function: 'edgeml_l2_normalization_s8',
      args: [input(x), output(y), sizeOf(x.shape) / depth, depth, from.zeroPoint],
      overlaps: new Map([[x, 0]]),
    },
  ];
}

export const normalizationRules: readonly Rule[] = [{ ops: ['L2Normalization'], types: ['int8'], lower: l2Normalization }];
