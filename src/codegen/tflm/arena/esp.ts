import { geometry } from './cmsis.js';
import { alignUp } from './layout.js';
import type { Op } from './model.js';
import type { Wanted } from './prepare.js';
import type { Target } from './target.js';

/**
 * Scratch buffers of ESP-NN's assembly for ESP32-S3; its C kernels for the other processors need none. The sizes changed from version to
 * version, so the largest of those known is taken.
 * Sources: espressif/esp-nn, src/convolution/esp_nn_conv_esp32s3.c and esp_nn_depthwise_conv_s8_esp32s3.c (get_*_scratch_size).
 */
export function espWants(op: Op, target: Target): Wanted {
  if (!target.s3 || op.inputs[0]?.type !== 'INT8') return {};
  if (op.name === 'CONV_2D') return { scratch: [convolution(op)] };
  if (op.name === 'DEPTHWISE_CONV_2D') return { scratch: [depthwise(op)] };
  return {};
}

/** Bytes that the library adds to align what it copies, and for reads beyond the end. */
const slack = 64;

/** Filters of pointwise convolutions above this are taken in panels, which are staged in a buffer. */
const panelFilter = 24 * 1024;
const panelBuffer = 16 * 1024;

function convolution(op: Op): number {
  const { inH, inW, inC, kH, kW, outH, outW, outC, padH, padW, strideH, strideW } = geometry(op);
  if (kH === 1 && kW === 1 && padH === 0 && padW === 0 && strideH === 1 && strideW === 1) {
    const channels = alignUp(inC, 8);
    const copied = (inC % 8 === 0 ? 0 : inH * inW * channels) + channels * outC + (inH * inW < 8 ? 0 : 2 * 8 * channels);
    const panel = inC * outC > panelFilter ? 24 * inC + panelBuffer : 0;
    return Math.max(copied, 24 * inC + 8 * outC, panel) + slack;
  }
  const right = Math.max(padW, (outW - 1) * strideW + kW - padW - inW);
  const below = Math.max(padH, (outH - 1) * strideH + kH - padH - inH);
  const padded = padH || padW || right || below ? (inW + padW + right) * (inH + padH + below) * inC : 0;
  const filter = Math.max(kH * kW * alignUp(inC, 16), alignUp(kW * inC, 16) * kH) * outC;
  const columns = alignUp(kH * kW * inC, 16) * (outC + 1) + 2 * 16;
  return Math.max(padded + filter, columns) + outC * 4 + slack;
}

function depthwise(op: Op): number {
  const { inH, inW, inC, kH, kW, outH, outW, outC, padH, padW, strideH, strideW } = geometry(op);
  const multiplier = Math.floor(outC / Math.max(1, inC));
  const filter = kH * kW * outC;
  const input = inH * inW * inC;
  const wide = 2 * (filter + input) + slack;
  if (multiplier === 1 && inC % 8 === 0) {
    if (kH !== 3 || kW !== 3) return wide;
    const right = Math.max(0, outW * strideW + kW - 1 - inW);
    const below = Math.max(0, outH * strideH + kH - 1 - inH);
    if (inC % 16 === 0) {
      const padded = padH || padW ? (inW + 2 * padW) * (inH + 2 * padH) : (inW + right) * (inH + below);
      return filter + padded * inC + 16;
    }
    if (inC < 12) return wide;
    const channels = alignUp(inC, 16);
    return Math.max(
      wide,
      9 * channels + (inW + 2 * padW + right) * (inH + 2 * padH + below) * channels + outW * outH * channels + 2 * slack,
    );
  }
  if (multiplier === 1 && inC > 3) {
    const channels = alignUp(inC, 8);
    const input16 = alignUp(kH * kW * channels * 2, 16) + inH * inW * channels * 2;
    return alignUp(alignUp(input16, 16) + outW * outH * channels, 16) + 3 * channels * 4 + 16;
  }
  return multiplier % 4 === 0 ? wide : slack;
}
