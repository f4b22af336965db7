import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, output, scratch, struct, table } from '../../program.js';
import { imageDistance, type SlidingWindow, slidingWindow } from '../pools/window.js';
import { filtersOf, rightOffset, shiftsRight } from './filters.js';

/** A plane larger than this part of the input would cost more memory than it saves. */
const largestShare = 4;

/** int8 depthwise 3x3 in portable C, channel by channel through a padded plane; undefined for other forms. */
export function depthwisePlanes(node: Node): readonly Call[] | undefined {
  const [x, w] = node.inputs as readonly [Value, Value];
  const window = slidingWindow(node, w.shape.slice(1, 3));
  if (!isTaken(window)) return undefined;
  const { batches, height, width, channels, out_height, out_width } = window;
  const outputs = w.shape[3];
  const rows = axis(out_height, height, window.stride_y, window.pad_top, width * channels, out_width * outputs);
  const columns = axis(out_width, width, window.stride_x, window.pad_left, channels, outputs);
  const upright = loneOutputs(rows) * out_width < loneOutputs(columns) * out_height;
  const [along, across] = upright ? [rows, columns] : [columns, rows];
  const length = padded(along);
  const plane = length * padded(across);
  if (plane * largestShare > height * width * channels) return undefined;
  const made = filtersOf(node);
  const { filters, weights, zeroPoint, outZeroPoint, min, max } = made;
  const right = shiftsRight(made);
  const words = filters.flatMap((f) => [
    f.bias - zeroPoint * f.sum,
    f.multiplier,
    right ? rightOffset(outZeroPoint, f.shift) : outZeroPoint,
    f.shift,
  ]);
  const taps = Array.from({ length: 9 }, (_, i) => (upright ? (i % 3) * 3 + Math.floor(i / 3) : i));
  const ordered = Int8Array.from(weights, (_, i) => weights[taps[i % 9] * outputs + Math.floor(i / 9)]);
  return [
    {
      kernel: 'depthwise_conv2d_3x3_s8',
      function: 'edgeml_depthwise_conv2d_3x3_s8_run',
      args: [
        input(x),
        output(node.outputs[0]),
        scratch(plane),
        struct('edgeml_depthwise_conv2d_3x3_s8', {
          ...member('along', along),
          ...member('across', across),
          ...{ length, plane, batches, image: height * width * channels, out_image: out_height * out_width * outputs },
          ...{ channels, depth: outputs / channels, zero_point: zeroPoint, right: right ? 1 : 0 },
          ...{ out_zero_point: outZeroPoint, clamps: min > -128 || max < 127 ? 1 : 0, min, max },
          weights: table('weights', 'int8_t', ordered),
          filters: table('filters', 'int32_t', words),
        }),
      ],
      ...(outputs === channels && { overlaps: new Map([[x, imageDistance(window)]]), overlapMultiple: channels }),
    },
  ];
}

/** `edgeml_depthwise_axis`. */
interface Axis {
  readonly count: number;
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
  readonly step: number;
  readonly out_step: number;
}

const axis = (count: number, size: number, stride: number, pad: number, step: number, out_step: number): Axis => ({
  ...{ count, size: Math.min(size, (count - 1) * stride + 3 - pad), stride, pad, step, out_step },
});

const member = (name: string, a: Axis): Record<string, number> =>
  Object.fromEntries(Object.entries(a).map(([k, v]) => [`${name}.${k}`, v]));

const padded = (a: Axis): number => (a.count - 1) * a.stride + 3;

/** Outputs along a line that are not worked out by four. */
const loneOutputs = (a: Axis): number => (a.stride === 1 ? a.count % 4 : a.count);

const isTaken = (w: SlidingWindow): boolean =>
  w.kernel_height === 3 && w.kernel_width === 3 && w.dilation_y === 1 && w.dilation_x === 1 && w.channels > 0;
