/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_S16_H
#define EDGEML_DEPTHWISE_CONV2D_S16_H

#include "requantize.h"
#include "requantize_wide.h"
#include "window.h"

/*
 * Output channel c * depth + k filters input channel c. weights [kernel_height, kernel_width, channels * depth];
 * bias [channels * depth]; scales [channels * depth][2]: the multiplier rounded to 15 bits, and its shift.
 */
typedef struct {
  edgeml_window window;
  int32_t depth;
  int32_t min, max;
  const int8_t *weights;
  const int64_t *bias;
  const int32_t *scales;
} edgeml_depthwise_conv2d_s16;

static inline void edgeml_depthwise_conv2d_s16_run(const int16_t *x, int16_t *y, const edgeml_depthwise_conv2d_s16 *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
  const int32_t filters = channels * p->depth;
  const int32_t step = w->dilation_x * channels;
  int32_t n, oy, ox;
  for (n = 0; n < w->batches; n++, x += w->height * w->width * channels) {
    for (oy = 0; oy < w->out_height; oy++) {
      const int32_t top = oy * w->stride_y - w->pad_top;
      const int32_t first_y = edgeml_first_tap(top, w->dilation_y);
      const int32_t end_y = edgeml_end_tap(top, w->dilation_y, w->height, w->kernel_height);
      for (ox = 0; ox < w->out_width; ox++) {
        const int32_t left = ox * w->stride_x - w->pad_left;
        const int32_t first_x = edgeml_first_tap(left, w->dilation_x);
        const int32_t taps = edgeml_end_tap(left, w->dilation_x, w->width, w->kernel_width) - first_x;
        const int32_t corner = left + first_x * w->dilation_x;
        const int32_t *scale = p->scales;
        int32_t c, f, ky, t;
        for (c = 0, f = 0; c < channels; c++) {
          const int32_t last = f + p->depth;
          for (; f < last; f++, scale += 2) {
            int64_t acc = p->bias[f];
            for (ky = first_y; ky < end_y; ky++) {
              const int16_t *px = x + ((top + ky * w->dilation_y) * w->width + corner) * channels + c;
              const int8_t *pw = p->weights + (ky * w->kernel_width + first_x) * filters + f;
              for (t = taps; t > 0; t--, px += step, pw += filters) acc += (int32_t)*px * *pw;
            }
            *y++ = (int16_t)edgeml_clamp(edgeml_requantize_wide(acc, scale[0], scale[1]), p->min, p->max);
          }
        }
      }
    }
  }
}

#endif
