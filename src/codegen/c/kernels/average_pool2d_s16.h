/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_AVERAGE_POOL2D_S16_H
#define EDGEML_AVERAGE_POOL2D_S16_H

#include "requantize.h"
#include "window.h"

typedef struct {
  edgeml_window window;
  int32_t min, max;
} edgeml_average_pool2d_s16;

/* sum / count to nearest, half away from zero. */
static inline int32_t edgeml_divide_sum_s16(int32_t sum, int32_t count) {
  return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

/* The mean of the elements of each window that lie in the data. */
static inline void edgeml_average_pool2d_s16_run(const int16_t *x, int16_t *y, const edgeml_average_pool2d_s16 *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
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
        const int32_t count = taps * (end_y - first_y);
        const int16_t *const corner = x + ((top + first_y * w->dilation_y) * w->width + left + first_x * w->dilation_x) * channels;
        int32_t c, ky, t;
        for (c = 0; c < channels; c++) {
          const int16_t *row = corner + c;
          int32_t sum = 0;
          for (ky = first_y; ky < end_y; ky++, row += w->dilation_y * w->width * channels) {
            const int16_t *px = row;
            for (t = taps; t > 0; t--, px += step) sum += *px;
          }
          *y++ = (int16_t)edgeml_clamp(edgeml_divide_sum_s16(sum, count), p->min, p->max);
        }
      }
    }
  }
}

#endif
