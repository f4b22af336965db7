import type { Node, Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import { type Call, input, output, type Rule, scratch, struct, type Target } from '../program.js';
import { filtersOf } from './convolution/channels.js';
import { portableFilters } from './convolution/portable.js';
import { isDense, isPointwise, windowDistance, windowOf } from './convolution/window.js';

function conv2d(node: Node, target: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const window = windowOf(node);
  if (isDense(window)) return rows(node, target, 1);
  if (isPointwise(window)) return rows(node, target, sizeOf(x.shape) / window.in_channels);
  const filters = filtersOf(node, target);
  return [
    {
      kernel: 'conv2d_s8',
      function: 'edgeml_conv2d_s8',
      args: [
        struct('edgeml_conv_window', { ...window }),
        portableFilters(filters, window.groups),
        input(x),
        output(y),
        scratch(2 * filters.depth),
      ],
      overlaps: new Map([[x, windowDistance(window, y.shape[3], 2)]]),
    },
  ];
}

/** A filter bank on `count` rows that follow each other. */
function rows(node: Node, target: Target, count: number): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const filters = filtersOf(node, target);
  const bank = portableFilters(filters, 1);
  if (count === 1) {
    return [{ kernel: 'fully_connected_s8', function: 'edgeml_fully_connected_s8', args: [bank, input(x), output(y)] }];
  }
  return [
    {
      kernel: 'conv1x1_s8',
      function: 'edgeml_conv1x1_s8',
      args: [bank, input(x), output(y), count],
      overlaps: new Map([[x, rowDistance(count, filters.depth, filters.channels.length)]]),
    },
  ];
}

/** Two rows are read while their outputs are written. */
function rowDistance(count: number, depth: number, outputs: number): number {
  const at = (row: number) => Math.min(count, row + 2) * outputs - row * depth;
  return Math.max(0, at(0), at(Math.floor((count - 1) / 2) * 2));
}

const fullyConnected = (node: Node, target: Target): readonly Call[] =>
  rows(node, target, sizeOf((node.inputs[0] as Value).shape.slice(0, -1)));

export const convolutionRules: readonly Rule[] = [
  { ops: ['Conv2D'], types: ['int8'], lower: conv2d },
  { ops: ['FullyConnected'], types: ['int8'], lower: fullyConnected },
];
