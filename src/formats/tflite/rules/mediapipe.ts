import { samePadding } from '../../../ops/families/window.js';
import type { TfliteRule } from './rule.js';

/**
 * MediaPipe's transposed convolution with a bias: inputs data [N,H,W,I], weights [O,kh,kw,I], bias [O].
 * The options are TfLiteTransposeConvParams as they lie in memory: padding (1 same, 2 valid), stride_width, stride_height, all int32.
 */
const convolution2DTransposeBias: TfliteRule = (op, b) => {
  const [x, w, bias] = [op.input(0), op.input(1), op.input(2)];
  const raw = op.customOptions ?? new Uint8Array(0);
  if (raw.length < 12) op.refuse(`has ${raw.length} bytes of options where it needs 12`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const padding = view.getInt32(0, true);
  const strides = [view.getInt32(8, true), view.getInt32(4, true)];
  if ((padding !== 1 && padding !== 2) || strides.some((s) => s < 1)) op.refuse(`has padding ${padding} and strides [${strides}]`);
  const pads = [0, 0, 0, 0];
  if (padding === 1) {
    for (const i of [0, 1]) {
      // SAME gives stride times the input; what the full result has beyond that is cropped, the odd element at the end.
      const [before, after] = samePadding(x.shape[1 + i] * strides[i], w.shape[1 + i], strides[i], 1);
      pads[i] = before;
      pads[i + 2] = after;
    }
  }
  return [b.op('ConvTranspose2D', [x, w, bias], { strides, pads }, op.wish)];
};

export const mediapipeRules: Readonly<Record<string, TfliteRule>> = { 'CUSTOM:Convolution2DTransposeBias': convolution2DTransposeBias };
