/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_S8_H
#define EDGEML_DEPTHWISE_CONV2D_S8_H

#include "high_multiply.h"
#include "requantize.h"
#include "window.h"

/*
 * Output channel c * depth + k filters input channel c. weights [kernel_height, kernel_width, channels * depth];
 * filters [channels * depth][4]: bias, multiplier, offset, shift. Where every shift is to the right, `right` is 1 and offset
 * as edgeml_requantize_right takes it; else it is the zero point of the output.
 */
typedef struct {
  edgeml_window window;
  int32_t depth;
  int32_t zero_point;
  int32_t right;
  int32_t min, max;
  const int8_t *weights;
  const int32_t *filters;
} edgeml_depthwise_conv2d_s8;

static inline int8_t edgeml_depthwise_conv2d_s8_finish(const edgeml_depthwise_conv2d_s8 *p, const int32_t *filter, int32_t acc) {
  const int32_t y = p->right ? edgeml_requantize_right(acc, filter[1], filter[2], -filter[3])
                             : edgeml_requantize(acc, filter[1], filter[3]) + filter[2];
  return (int8_t)edgeml_clamp(y, p->min, p->max);
}

/* Each window is cut to the taps inside the data; channels are taken by four where each has one filter. */
static inline void edgeml_depthwise_conv2d_s8_run(const int8_t *x, int8_t *y, const edgeml_depthwise_conv2d_s8 *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
  const int32_t filters = channels * p->depth;
  const int32_t step = w->dilation_x * channels;
  const int32_t zero_point = p->zero_point;
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
        const int32_t *filter = p->filters;
        int32_t c = 0, f = 0, ky, t;
        if (p->depth == 1) {
          for (; c + 4 <= channels; c += 4, filter += 16, y += 4) {
            int32_t a0 = filter[0], a1 = filter[4], a2 = filter[8], a3 = filter[12];
            for (ky = first_y; ky < end_y; ky++) {
              const int8_t *px = x + ((top + ky * w->dilation_y) * w->width + corner) * channels + c;
              const int8_t *pw = p->weights + (ky * w->kernel_width + first_x) * channels + c;
              for (t = taps; t > 0; t--, px += step, pw += channels) {
                a0 += (px[0] - zero_point) * pw[0];
                a1 += (px[1] - zero_point) * pw[1];
                a2 += (px[2] - zero_point) * pw[2];
                a3 += (px[3] - zero_point) * pw[3];
              }
            }
            y[0] = edgeml_depthwise_conv2d_s8_finish(p, filter, a0);
            y[1] = edgeml_depthwise_conv2d_s8_finish(p, filter + 4, a1);
            y[2] = edgeml_depthwise_conv2d_s8_finish(p, filter + 8, a2);
            y[3] = edgeml_depthwise_conv2d_s8_finish(p, filter + 12, a3);
          }
          f = c;
        }
        for (; c < channels; c++) {
          const int32_t last = f + p->depth;
          for (; f < last; f++, filter += 4) {
            int32_t acc = filter[0];
            for (ky = first_y; ky < end_y; ky++) {
              const int8_t *px = x + ((top + ky * w->dilation_y) * w->width + corner) * channels + c;
              const int8_t *pw = p->weights + (ky * w->kernel_width + first_x) * filters + f;
              for (t = taps; t > 0; t--, px += step, pw += filters) acc += (*px - zero_point) * *pw;
            }
            *y++ = edgeml_depthwise_conv2d_s8_finish(p, filter, acc);
          }
        }
      }
    }
  }
}

#endif
