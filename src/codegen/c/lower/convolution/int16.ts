import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { type Call, input, NoKernel, output, type Struct, scratch, struct, table } from '../../program.js';
import { activationBounds, perTensorOf } from '../../requantize.js';
import { constantsOf, multipliersOf } from './channels.js';
import { phasesOf } from './transposed.js';
import { inBytes, isDense, isPointwise, rowDistance, type Window, windowDistance, windowOf } from './window.js';

/** The multiplier of TensorFlow Lite's requantization of 64-bit sums: 15 bits of the 31. */
export const narrow = (multiplier: number): number => (multiplier < 0x7fff0000 ? Math.floor((multiplier + 0x8000) / 0x10000) : 0x7fff);

/** Throws NoKernel for int16 with a zero point, which TensorFlow Lite has not either. */
export function checkSymmetric(...values: readonly Value[]): void {
  if (values.some((v) => perTensorOf(v).zeroPoint !== 0)) throw new NoKernel('takes int16 with zero point 0 only');
}

interface Bank {
  readonly weights: Int8Array;
  readonly depth: number;
  readonly outputs: number;
  /** The fields of `edgeml_filters_s16` besides weights and depth, for `outputs` of a group. */
  readonly rest: Struct['fields'];
}

function bankOf(node: Node): Bank {
  const { w, b } = constantsOf(node);
  const [y] = node.outputs;
  checkSymmetric(node.inputs[0] as Value, y);
  if (b && b.dtype !== 'int64') throw new NoKernel(`takes int16 with a bias of int64, not ${b.dtype}`);
  const outputs = w.shape[0];
  const scales = multipliersOf(node, w, outputs).map(({ multiplier, shift }) => {
    if (shift > 7) throw new NoKernel('has scales that are too far apart for sums in 64 bits');
    return [narrow(multiplier), shift];
  });
  const bias = BigInt64Array.from({ length: outputs }, (_, c) => (b ? (b.data as BigInt64Array)[c] : 0n));
  const [min, max] = activationBounds(y, node.attrs.activation as Activation);
  return {
    weights: w.data as Int8Array,
    depth: sizeOf(w.shape.slice(1)),
    outputs,
    rest: { bias: table('bias', 'int64_t', bias), scales: table('scales', 'int32_t', scales.flat()), min, max },
  };
}

const filterStruct = (bank: Bank, weights: Int8Array, depth: number, groups: number): Struct =>
  struct('edgeml_filters_s16', { weights: table('weights', 'int8_t', weights), depth, outputs: bank.outputs / groups, ...bank.rest });

/** An int16 convolution with int8 weights. */
export function conv2dInt16(node: Node): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (sizeOf(y.shape) === 0) return [];
  const window = windowOf(node);
  const bank = bankOf(node);
  if (isDense(window)) return rows(node, bank, 1);
  if (isPointwise(window)) return rows(node, bank, sizeOf(x.shape) / window.in_channels);
  const overlaps = new Map([[x, 2 * windowDistance(window, y.shape[3], 1)]]);
  return [windowCall(node, window, filterStruct(bank, bank.weights, bank.depth, window.groups), bank.depth, overlaps)];
}

/** A transposed int16 convolution: an ordinary one for each phase of its strides. */
export function convTranspose2dInt16(node: Node): readonly Call[] {
  if (sizeOf(node.outputs[0].shape) === 0) return [];
  const bank = bankOf(node);
  const perTap = (node.inputs[1] as Value).shape[3];
  return phasesOf(node).map(({ window, taps }) => {
    const depth = taps.length || perTap;
    const weights = new Int8Array(bank.outputs * depth);
    for (let c = 0; c < bank.outputs; c++) {
      taps.forEach((k, i) => {
        weights[c * depth + i] = bank.weights[c * bank.depth + k];
      });
    }
    return windowCall(node, window, filterStruct(bank, weights, depth, window.groups), depth);
  });
}

function windowCall(node: Node, window: Window, filters: Struct, depth: number, overlaps?: Call['overlaps']): Call {
  const places = [input(node.inputs[0] as Value), output(node.outputs[0])];
  const args = [struct('edgeml_conv_window', { ...inBytes(window) }), filters, ...places, scratch(2 * depth + 3)];
  return { kernel: 'conv2d_s16', function: 'edgeml_conv2d_s16', args, overlaps };
}

function rows(node: Node, bank: Bank, count: number): readonly Call[] {
  const x = node.inputs[0] as Value;
  const filters = filterStruct(bank, bank.weights, bank.depth, 1);
  const args = [filters, input(x), output(node.outputs[0]), count];
  const overlaps = new Map([[x, 2 * rowDistance(count, bank.depth, bank.outputs, 1, 0)]]);
  return [{ kernel: 'fully_connected_s16', function: 'edgeml_fully_connected_s16', args, overlaps }];
}

/** A dense layer on int16. */
export function fullyConnectedInt16(node: Node): readonly Call[] {
  if (sizeOf(node.outputs[0].shape) === 0) return [];
  return rows(node, bankOf(node), sizeOf((node.inputs[0] as Value).shape.slice(0, -1)));
}
