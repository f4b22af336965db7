import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { type Call, input, output, scratch, struct, type Target } from '../../program.js';
import { perTensorOf } from '../../requantize.js';
import { type Filters, filtersOf } from './channels.js';
import { dspFilters, packsForDsp } from './dsp.js';
import { mveFilters, packsForMve } from './mve.js';
import { portableFilters } from './portable.js';
import { phaseFilters, phasesOf } from './transposed.js';
import { isDense, isPointwise, isWordwise, rowDistance, type Window, windowDistance, windowOf } from './window.js';

/** An int8 convolution: as rows where its windows are pixels or everything. */
export function conv2dInt8(node: Node, target: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (sizeOf(y.shape) === 0) return [];
  const window = windowOf(node);
  const filters = filtersOf(node, target);
  if (isDense(window)) return rowsInt8(node, target, filters, 1);
  if (isPointwise(window)) return rowsInt8(node, target, filters, sizeOf(x.shape) / window.in_channels);
  return [windowCall(node, target, window, filters, new Map([[x, windowDistance(window, y.shape[3], 2)]]))];
}

/** A transposed int8 convolution: an ordinary one for each phase of its strides. */
export function convTranspose2dInt8(node: Node, target: Target): readonly Call[] {
  const [x, w] = node.inputs as readonly [Value, Value];
  if (sizeOf(node.outputs[0].shape) === 0) return [];
  const filters = filtersOf(node, target);
  const { zeroPoint } = perTensorOf(x);
  return phasesOf(node).map((phase) => windowCall(node, target, phase.window, phaseFilters(filters, phase, w.shape[3], zeroPoint)));
}

function windowCall(node: Node, target: Target, window: Window, filters: Filters, overlaps?: Call['overlaps']): Call {
  const geometry = struct('edgeml_conv_window', { ...window });
  const places = [input(node.inputs[0] as Value), output(node.outputs[0])];
  // Patches are copied in words, up to three bytes beyond their end.
  const patches = 2 * filters.depth + 3;
  if (target.cpu.mve && packsForMve(filters)) {
    const { bank, chunks } = mveFilters(filters, window.groups);
    return {
      kernel: 'conv2d_s8_mve',
      function: 'edgeml_conv2d_s8_mve',
      args: [geometry, bank, ...places, scratch(32 * chunks + 3)],
      overlaps,
    };
  }
  if (target.cpu.dsp && packsForDsp(filters)) {
    const { bank, quads } = dspFilters(filters, window.groups, 4);
    const args = [geometry, bank, ...places, scratch(16 * quads + patches), isWordwise(window) ? 1 : 0];
    return { kernel: 'conv2d_s8_dsp', function: 'edgeml_conv2d_s8_dsp', args, overlaps };
  }
  const args = [geometry, portableFilters(filters, window.groups), ...places, scratch(patches)];
  return { kernel: 'conv2d_s8', function: 'edgeml_conv2d_s8', args, overlaps };
}

/** A filter bank on `count` rows of int8 that follow each other. */
export function rowsInt8(node: Node, target: Target, filters: Filters, count: number): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const { depth, channels } = filters;
  if (target.cpu.mve && packsForMve(filters)) {
    const { bank, chunks } = mveFilters(filters, 1);
    const copied = depth % 16 === 0 ? 0 : 2;
    if (count === 1) {
      const args = [bank, input(x), output(y), copied ? scratch(16 * chunks) : 0];
      return [{ kernel: 'fully_connected_s8_mve', function: 'edgeml_fully_connected_s8_mve', args }];
    }
    const args = [bank, input(x), output(y), count, copied ? scratch(32 * chunks) : 0];
    const overlaps = new Map([[x, rowDistance(count, depth, channels.length, 2, copied)]]);
    return [{ kernel: 'conv1x1_s8_mve', function: 'edgeml_conv1x1_s8_mve', args, overlaps }];
  }
  if (target.cpu.dsp && packsForDsp(filters)) {
    const { bank, quads } = dspFilters(filters, 1, count === 1 ? 8 : 4);
    if (count === 1) {
      const args = [bank, input(x), output(y), scratch(8 * quads)];
      return [{ kernel: 'fully_connected_s8_dsp', function: 'edgeml_fully_connected_s8_dsp', args, overlaps: new Map([[x, 0]]) }];
    }
    const args = [bank, input(x), output(y), count, scratch(16 * quads)];
    const overlaps = new Map([[x, rowDistance(count, depth, channels.length, 2, 2)]]);
    return [{ kernel: 'conv1x1_s8_dsp', function: 'edgeml_conv1x1_s8_dsp', args, overlaps }];
  }
  const bank = portableFilters(filters, 1);
  if (count === 1) {
    return [{ kernel: 'fully_connected_s8', function: 'edgeml_fully_connected_s8', args: [bank, input(x), output(y)] }];
  }
  const overlaps = new Map([[x, rowDistance(count, depth, channels.length, 2, 0)]]);
  return [{ kernel: 'conv1x1_s8', function: 'edgeml_conv1x1_s8', args: [bank, input(x), output(y), count], overlaps }];
}
