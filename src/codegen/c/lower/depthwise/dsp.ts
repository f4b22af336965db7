import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, output, scratch, struct, type Target, table } from '../../program.js';
import { type SlidingWindow, slidingWindow, windowFields } from '../pools/window.js';
import { type Filters, filtersOf } from './filters.js';

/** Columns that a panel of kernels/depthwise_conv2d_3x3_s8_dsp.h goes on by, and its bytes. */
const panelColumns = 6;
const panelBytes = 192;
/** Bytes of the four filters before the panels. */
const filterBytes = 4 * 56;

/** int8 depthwise 3x3 with Armv7E-M's DSP instructions; undefined for other forms. */
export function depthwise3x3Dsp(node: Node, { rounding }: Target): readonly Call[] | undefined {
  const [x, w] = node.inputs as readonly [Value, Value];
  const window = slidingWindow(node, w.shape.slice(1, 3));
  if (!isTaken(window, w.shape[3])) return undefined;
  const made = filtersOf(node);
  if (!scalesExactly(made, rounding === 'single')) return undefined;
  const { filters, weights, zeroPoint, outZeroPoint, min, max } = made;
  const panels = Math.ceil((window.out_width * window.stride_x) / panelColumns);
  const words = filters.flatMap((f) => [
    f.bias - zeroPoint * f.sum,
    f.multiplier,
    f.shift < 0 ? outZeroPoint * 2 ** -f.shift + 2 ** (-f.shift - 1) : outZeroPoint,
    f.shift,
  ]);
  return [
    {
      kernel: 'depthwise_conv2d_3x3_s8_dsp',
      function: 'edgeml_depthwise_conv2d_3x3_s8_dsp',
      args: [
        input(x),
        output(node.outputs[0]),
        scratch(filterBytes + panels * panelBytes),
        struct('edgeml_depthwise_3x3_dsp_params', {
          ...windowFields(window),
          ...{ zero_point: zeroPoint, panels, clamps: min > -128 || max < 127 ? 1 : 0, min, max },
          weights: table('weights', 'int8_t', weights),
          filters: table('filters', 'int32_t', words),
        }),
      ],
      overlaps: new Map([[x, rowDistance(window)]]),
      overlapMultiple: window.channels,
    },
  ];
}

const isTaken = (w: SlidingWindow, filters: number): boolean =>
  w.kernel_height === 3 &&
  w.kernel_width === 3 &&
  w.dilation_y === 1 &&
  w.dilation_x === 1 &&
  w.stride_x <= 2 &&
  w.stride_y <= 3 &&
  w.channels % 4 === 0 &&
  filters === w.channels;

/**
 * Whether doubled filters and bounds fit the instructions: 16-bit taps, 32-bit sums, and a rounding that is exact. Without a
 * shift to the right a negative sum comes out one too small, which nobody sees where everything below the zero point is cut off.
 */
function scalesExactly({ filters, outZeroPoint, min }: Filters, single: boolean): boolean {
  return filters.every(({ shift, reach }) => {
    const left = Math.max(0, shift);
    if (left > 6 || shift < -22 || reach * 2 ** left >= 2 ** 29) return false;
    return shift < 0 || (!single && min >= outZeroPoint);
  });
}

/**
 * How far below its input the output may begin, in bytes: four channels go through the image row by row, and an output row is
 * written when the rows under it are copied. Other channels are not touched as long as pixels lie on pixels.
 */
export function rowDistance(w: SlidingWindow): number {
  let needed = w.batches * w.height * w.width;
  let distance = 0;
  for (let n = w.batches - 1; n >= 0; n--) {
    for (let y = w.out_height - 1; y >= 0; y--) {
      const read = Math.max(0, Math.min(w.height, y * w.stride_y - w.pad_top + w.kernel_height));
      // What later rows of this image, or any later image, still read.
      const rest = read < w.height ? (n * w.height + read) * w.width : needed;
      const pixels = (n * w.out_height + y + 1) * w.out_width;
      if (rest < w.batches * w.height * w.width) distance = Math.max(distance, pixels - rest);
    }
    // Of this image other channels are read from its first pixel on, only at those channels' places.
    needed = n * w.height * w.width;
  }
  return distance * w.channels;
}
