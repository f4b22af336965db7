/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MAX_POOL2D_H
#define EDGEML_MAX_POOL2D_H

#include "requantize.h"
#include "window.h"

/* The largest of the elements of each window that lie in the data. */
#define EDGEML_MAX_POOL2D(SUFFIX, T, LOWEST)                                                                                    \
  typedef struct {                                                                                                              \
    edgeml_window window;                                                                                                       \
    int32_t min, max;                                                                                                           \
  } edgeml_max_pool2d_##SUFFIX;                                                                                                 \
                                                                                                                                \
  static inline void edgeml_max_pool2d_##SUFFIX##_run(const T *x, T *y, const edgeml_max_pool2d_##SUFFIX *p) {                  \
    const edgeml_window *const w = &p->window;                                                                                  \
    const int32_t channels = w->channels;                                                                                       \
    const int32_t step = w->dilation_x * channels;                                                                              \
    int32_t n, oy, ox;                                                                                                          \
    for (n = 0; n < w->batches; n++, x += w->height * w->width * channels) {                                                    \
      for (oy = 0; oy < w->out_height; oy++) {                                                                                  \
        const int32_t top = oy * w->stride_y - w->pad_top;                                                                      \
        const int32_t first_y = edgeml_first_tap(top, w->dilation_y);                                                           \
        const int32_t end_y = edgeml_end_tap(top, w->dilation_y, w->height, w->kernel_height);                                  \
        for (ox = 0; ox < w->out_width; ox++) {                                                                                 \
          const int32_t left = ox * w->stride_x - w->pad_left;                                                                  \
          const int32_t first_x = edgeml_first_tap(left, w->dilation_x);                                                        \
          const int32_t taps = edgeml_end_tap(left, w->dilation_x, w->width, w->kernel_width) - first_x;                        \
          const T *const corner = x + ((top + first_y * w->dilation_y) * w->width + left + first_x * w->dilation_x) * channels; \
          int32_t c, ky, t;                                                                                                     \
          for (c = 0; c < channels; c++) {                                                                                      \
            const T *row = corner + c;                                                                                          \
            int32_t largest = LOWEST;                                                                                           \
            for (ky = first_y; ky < end_y; ky++, row += w->dilation_y * w->width * channels) {                                  \
              const T *px = row;                                                                                                \
              for (t = taps; t > 0; t--, px += step) largest = *px > largest ? *px : largest;                                   \
            }                                                                                                                   \
            *y++ = (T)edgeml_clamp(largest, p->min, p->max);                                                                    \
          }                                                                                                                     \
        }                                                                                                                       \
      }                                                                                                                         \
    }                                                                                                                           \
  }

EDGEML_MAX_POOL2D(s8, int8_t, INT8_MIN)
EDGEML_MAX_POOL2D(s16, int16_t, INT16_MIN)

#endif
