import type { Node, Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import { type Call, input, output, type Rule, scratch, struct, type Target } from '../program.js';
import { filtersOf } from './convolution/channels.js';
import { dspFilters, packsForDsp } from './convolution/dsp.js';
import { portableFilters } from './convolution/portable.js';
import { isDense, isPointwise, isWordwise, windowDistance, windowOf } from './convolution/window.js';

function conv2d(node: Node, target: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const window = windowOf(node);
  if (isDense(window)) return rows(node, target, 1);
  if (isPointwise(window)) return rows(node, target, sizeOf(x.shape) / window.in_channels);
  const filters = filtersOf(node, target);
  const overlaps = new Map([[x, windowDistance(window, y.shape[3], 2)]]);
  const geometry = struct('edgeml_conv_window', { ...window });
  if (target.cpu.dsp && packsForDsp(filters)) {
    const { bank, quads } = dspFilters(filters, window.groups, 4);
    const direct = isWordwise(window) ? 1 : 0;
    const args = [geometry, bank, input(x), output(y), scratch(16 * quads + 2 * filters.depth + 3), direct];
    return [{ kernel: 'conv2d_s8_dsp', function: 'edgeml_conv2d_s8_dsp', args, overlaps }];
  }
  const args = [geometry, portableFilters(filters, window.groups), input(x), output(y), scratch(2 * filters.depth + 3)];
  return [{ kernel: 'conv2d_s8', function: 'edgeml_conv2d_s8', args, overlaps }];
}

/** A filter bank on `count` rows that follow each other. */
function rows(node: Node, target: Target, count: number): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const filters = filtersOf(node, target);
  const { depth, channels } = filters;
  if (target.cpu.dsp && packsForDsp(filters)) {
    const { bank, quads } = dspFilters(filters, 1, count === 1 ? 8 : 4);
    if (count === 1) {
      const args = [bank, input(x), output(y), scratch(8 * quads)];
      return [{ kernel: 'fully_connected_s8_dsp', function: 'edgeml_fully_connected_s8_dsp', args, overlaps: new Map([[x, 0]]) }];
    }
    const args = [bank, input(x), output(y), count, scratch(16 * quads)];
    const overlaps = new Map([[x, rowDistance(count, depth, channels.length, 2)]]);
    return [{ kernel: 'conv1x1_s8_dsp', function: 'edgeml_conv1x1_s8_dsp', args, overlaps }];
  }
  const bank = portableFilters(filters, 1);
  if (count === 1) {
    return [{ kernel: 'fully_connected_s8', function: 'edgeml_fully_connected_s8', args: [bank, input(x), output(y)] }];
  }
  const overlaps = new Map([[x, rowDistance(count, depth, channels.length, 0)]]);
  return [{ kernel: 'conv1x1_s8', function: 'edgeml_conv1x1_s8', args: [bank, input(x), output(y), count], overlaps }];
}

/**
 * How far below its input the output of rows may begin, where two rows at a time are turned into outputs: the first `copied`
 * of them are not read any more when their outputs are written.
 */
function rowDistance(count: number, depth: number, outputs: number, copied: 0 | 2): number {
  const last = Math.floor((count - 1) / 2) * 2;
  const at = (row: number) => Math.min(count, row + 2) * outputs - (row + copied) * depth;
  // After the last rows nothing is read.
  return Math.max(0, at(0), at(copied ? Math.max(0, last - 2) : last));
}

const fullyConnected = (node: Node, target: Target): readonly Call[] =>
  rows(node, target, sizeOf((node.inputs[0] as Value).shape.slice(0, -1)));

export const convolutionRules: readonly Rule[] = [
  { ops: ['Conv2D'], types: ['int8'], lower: conv2d },
  { ops: ['FullyConnected'], types: ['int8'], lower: fullyConnected },
];
