/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MAX_POOL2D_S8_DSP_H
#define EDGEML_MAX_POOL2D_S8_DSP_H

#include "dsp.h"
#include "max_pool2d.h"

/* edgeml_max_pool2d_s8_run for a multiple of four channels. */
static inline void edgeml_max_pool2d_s8_dsp(const int8_t *x, int8_t *y, const edgeml_max_pool2d_s8 *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
  const int32_t step = w->dilation_x * channels;
  const int32_t clamps = p->min > INT8_MIN || p->max < INT8_MAX;
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
        const int8_t *const corner = x + ((top + first_y * w->dilation_y) * w->width + left + first_x * w->dilation_x) * channels;
        int32_t c, ky, t;
        for (c = 0; c < channels; c += 4, y += 4) {
          const int8_t *row = corner + c;
          uint32_t largest = 0x80808080u;
          for (ky = first_y; ky < end_y; ky++, row += w->dilation_y * w->width * channels) {
            const int8_t *px = row;
            for (t = taps; t > 0; t--, px += step) largest = edgeml_max8(largest, edgeml_load32(px));
          }
          if (clamps) {
            for (t = 0; t < 4; t++, largest >>= 8) y[t] = (int8_t)edgeml_clamp((int8_t)(largest & 0xffu), p->min, p->max);
          } else {
            edgeml_store32(y, largest);
          }
        }
      }
    }
  }
}

#endif
