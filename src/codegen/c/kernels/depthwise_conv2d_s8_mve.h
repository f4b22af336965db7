/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_S8_MVE_H
#define EDGEML_DEPTHWISE_CONV2D_S8_MVE_H

#include <arm_mve.h>
#include <string.h>

#include "window.h"

/*
 * Depthwise convolution with one filter to a channel, 16 channels or more, weights above -128, shifts to the right only.
 * Two products of int8 fit 16 bits: taps are added in pairs before they are widened. Widening takes channels apart modulo
 * four: so is the table of filters arranged, and from that are outputs put together.
 */
typedef struct {
  edgeml_window window;
  int32_t zero_point, out_zero_point, min, max;
  const int8_t *weights; /* [kernel_height, kernel_width, channels] */
  /* [ceil(channels / 16)][4][3][4]: of channels c, c + 4, c + 8, c + 12 bias (with the zero point), multiplier, shift */
  const int32_t *filters;
} edgeml_depthwise_conv2d_s8_mve;

/* Rounded twice, as edgeml_requantize does; multiplier and shift of four channels. */
static inline int32x4_t edgeml_requantize_mve(int32x4_t acc, int32x4_t multiplier, int32x4_t shift) {
  const int32x4_t high = vqrdmulhq_s32(acc, multiplier);
  const int32x4_t away = vshrq_n_s32(vandq_s32(high, shift), 31);
  return vrshlq_s32(vaddq_s32(high, away), shift);
}

#define EDGEML_WIDEN_MVE(A0, A1, A2, A3, EVEN, ODD) \
  A0 = vaddq_s32(A0, vmovlbq_s16(EVEN));            \
  A1 = vaddq_s32(A1, vmovlbq_s16(ODD));             \
  A2 = vaddq_s32(A2, vmovltq_s16(EVEN));            \
  A3 = vaddq_s32(A3, vmovltq_s16(ODD))

static inline int32x4_t edgeml_depthwise_four_mve(int32x4_t acc, const int32_t *filter, const edgeml_depthwise_conv2d_s8_mve *p) {
  const int32x4_t scaled = edgeml_requantize_mve(acc, vldrwq_s32(filter + 4), vldrwq_s32(filter + 8));
  const int32x4_t y = vaddq_n_s32(scaled, p->out_zero_point);
  return vmaxq_s32(vminq_s32(y, vdupq_n_s32(p->max)), vdupq_n_s32(p->min));
}

/* Sixteen channels of an output pixel. */
static inline int8x16_t edgeml_depthwise_sixteen_mve(const int8_t *const *x, int32_t c, const int32_t *filter,
                                                     const edgeml_depthwise_conv2d_s8_mve *p) {
  const int32_t channels = p->window.channels;
  const int8_t *w = p->weights + c;
  int32x4_t a0 = vldrwq_s32(filter), a1 = vldrwq_s32(filter + 12), a2 = vldrwq_s32(filter + 24), a3 = vldrwq_s32(filter + 36);
  int32_t t;
  for (t = p->window.kernel_height * p->window.kernel_width; t > 1; t -= 2) {
    const int8x16_t x0 = vldrbq_s8(x[0] + c), w0 = vldrbq_s8(w);
    const int8x16_t x1 = vldrbq_s8(x[1] + c), w1 = vldrbq_s8(w + channels);
    const int16x8_t even = vaddq_s16(vmullbq_int_s8(x0, w0), vmullbq_int_s8(x1, w1));
    const int16x8_t odd = vaddq_s16(vmulltq_int_s8(x0, w0), vmulltq_int_s8(x1, w1));
    EDGEML_WIDEN_MVE(a0, a1, a2, a3, even, odd);
    x += 2;
    w += 2 * channels;
  }
  if (t > 0) {
    const int8x16_t x0 = vldrbq_s8(x[0] + c), w0 = vldrbq_s8(w);
    const int16x8_t even = vmullbq_int_s8(x0, w0), odd = vmulltq_int_s8(x0, w0);
    EDGEML_WIDEN_MVE(a0, a1, a2, a3, even, odd);
  }
  a0 = edgeml_depthwise_four_mve(a0, filter, p);
  a1 = edgeml_depthwise_four_mve(a1, filter + 12, p);
  a2 = edgeml_depthwise_four_mve(a2, filter + 24, p);
  a3 = edgeml_depthwise_four_mve(a3, filter + 36, p);
  a0 = vsliq_n_s32(a0, a1, 8);
  a0 = vsliq_n_s32(a0, a2, 16);
  return vreinterpretq_s8_s32(vsliq_n_s32(a0, a3, 24));
}

/*
 * `memory` is scratch: a pointer for each tap, then a pixel of zero points for taps in the padding. The last sixteen channels
 * begin where they end with the last one, so that some may be worked out twice.
 */
static inline void edgeml_depthwise_conv2d_s8_mve_run(const int8_t *x, int8_t *y, void *memory,
                                                      const edgeml_depthwise_conv2d_s8_mve *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
  const int8_t **const taps = (const int8_t **)memory;
  int8_t *const zeros = (int8_t *)(taps + w->kernel_height * w->kernel_width);
  int32_t n, oy, ox, ky, kx, c;
  memset(zeros, p->zero_point, (size_t)channels);
  for (n = 0; n < w->batches; n++, x += w->height * w->width * channels) {
    for (oy = 0; oy < w->out_height; oy++) {
      for (ox = 0; ox < w->out_width; ox++, y += channels) {
        const int8_t **tap = taps;
        const int32_t *filter = p->filters;
        for (ky = 0; ky < w->kernel_height; ky++) {
          const int32_t row = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
          const int32_t inside = row >= 0 && row < w->height;
          int32_t column = ox * w->stride_x - w->pad_left;
          for (kx = 0; kx < w->kernel_width; kx++, column += w->dilation_x) {
            *tap++ = inside && column >= 0 && column < w->width ? x + (row * w->width + column) * channels : zeros;
          }
        }
        for (c = 0; c < channels; c += 16, filter += 48) {
          const int32_t first = c + 16 <= channels ? c : channels - 16;
          vstrbq_s8(y + first, edgeml_depthwise_sixteen_mve(taps, first, filter, p));
        }
      }
    }
  }
}

#endif
