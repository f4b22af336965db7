import type { Node, Value } from '../../../../ir/graph.js';
import type { Filters } from './channels.js';
import { outputSteps, type Window, windowOf } from './window.js';

/** One of the ordinary convolutions that a transposed one falls into. */
export interface Phase {
  readonly window: Window;
  /** Of each filter of the transposed convolution the weights that this phase uses, in its order; empty: it has none. */
  readonly taps: readonly number[];
}

interface Axis {
  /** Taps of the filter, last first. */
  readonly taps: readonly number[];
  readonly first: number;
  readonly count: number;
  readonly pad: number;
  readonly dilation: number;
}

/**
 * Along one axis the outputs `first`, `first + stride`, … take the same taps k, those for which `output + pad - k * dilation` is
 * a multiple of the stride; the input that a tap reads moves by one from output to output.
 */
function axisPhases(size: number, kernel: number, stride: number, dilation: number, pad: number): Axis[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first): Axis => {
    const taps = [...Array(kernel).keys()].filter((k) => (first + pad - k * dilation) % stride === 0).reverse();
    const count = Math.ceil((size - first) / stride);
    const at = (k: number) => (first + pad - k * dilation) / stride;
    return { taps, first, count, pad: taps.length > 0 ? -at(taps[0]) : 0, dilation: taps.length > 1 ? at(taps[1]) - at(taps[0]) : 1 };
  });
}

/** The phases of a ConvTranspose2D (src/ops/conv-transpose2d.ts): as many as the product of its strides, by height and width. */
export function phasesOf(node: Node): Phase[] {
  const [, w] = node.inputs as readonly [Value, Value];
  const [, height, width, channels] = node.outputs[0].shape;
  const whole = windowOf(node);
  const steps = outputSteps(height, width, channels);
  const rows = axisPhases(height, whole.kernel_height, whole.stride_height, whole.dilation_height, whole.pad_top);
  const columns = axisPhases(width, whole.kernel_width, whole.stride_width, whole.dilation_width, whole.pad_left);
  const perTap = w.shape[3];
  return rows.flatMap((r) =>
    columns.map((c): Phase => {
      const empty = r.taps.length === 0 || c.taps.length === 0;
      const window: Window = {
        ...whole,
        ...{ out_height: r.count, out_width: c.count, stride_height: 1, stride_width: 1 },
        ...{ kernel_height: empty ? 1 : r.taps.length, kernel_width: empty ? 1 : c.taps.length },
        ...{ dilation_height: r.dilation, dilation_width: c.dilation, pad_top: r.pad, pad_left: c.pad },
        ...{ y_first: r.first * steps.y_row + c.first * steps.y_column, y_image: steps.y_image },
        ...{ y_row: whole.stride_height * steps.y_row, y_column: whole.stride_width * steps.y_column },
      };
      const taps = empty ? [] : r.taps.flatMap((ky) => c.taps.map((kx) => (ky * whole.kernel_width + kx) * perTap));
      return { window, taps: taps.flatMap((first) => Array.from({ length: perTap }, (_, i) => first + i)) };
    }),
  );
}

/** The filters of a phase; one without taps gets weights of zero, so that only the bias is left. */
export function phaseFilters(filters: Filters, phase: Phase, perTap: number, zeroPoint: number): Filters {
  const depth = phase.taps.length || perTap;
  return {
    ...filters,
    depth,
    channels: filters.channels.map((c) => {
      const weights = new Int8Array(depth);
      phase.taps.forEach((k, i) => {
        weights[i] = c.weights[k];
      });
      // The bias of the whole filter is less the zero point times all its weights.
      const sum = (list: Int8Array) => list.reduce((s, v) => s + v, 0);
      return { ...c, weights, bias: c.bias + zeroPoint * (sum(c.weights) - sum(weights)) };
    }),
  };
}
