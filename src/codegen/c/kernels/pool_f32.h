/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_POOL_F32_H
#define EDGEML_POOL_F32_H

#include "simd_f32.h"

typedef struct {
  int32_t batches;
  int32_t in_height;
  int32_t in_width;
  int32_t channels;
  int32_t out_height;
  int32_t out_width;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  /* Rows and columns from which on a window lies beyond the padding: they never count. */
  int32_t end_height;
  int32_t end_width;
  /* Average: whether elements in the padding count. */
  int32_t count_padding;
  float min;
  float max;
} edgeml_pool_f32;

/* The larger of two; not a number where one of them is not. */
static inline float edgeml_larger_f32(float a, float b) {
  return ((b > a) | (b != b)) ? b : a;
}

/* The fold of a window in y [channels], which it sets; what its elements are divided by if they are averaged. */
static inline int32_t edgeml_pool_window_f32(
    const float *x, float *y, const edgeml_pool_f32 *p, int32_t n, int32_t oy, int32_t ox, int32_t average) {
  const int32_t channels = p->channels;
  const float start = average ? 0.0f : -INFINITY;
  int32_t count = 0;
  for (int32_t c = 0; c < channels; c++) y[c] = start;
  for (int32_t ky = 0; ky < p->kernel_height; ky++) {
    const int32_t iy = oy * p->stride_height - p->pad_top + ky * p->dilation_height;
    if (iy >= p->end_height) break;
    for (int32_t kx = 0; kx < p->kernel_width; kx++) {
      const int32_t ix = ox * p->stride_width - p->pad_left + kx * p->dilation_width;
      const int32_t inside = iy >= 0 && iy < p->in_height && ix >= 0 && ix < p->in_width;
      const float *from;
      if (ix >= p->end_width) break;
      count += inside || p->count_padding;
      if (!inside) continue;
      from = x + ((n * p->in_height + iy) * p->in_width + ix) * channels;
      if (average) {
        for (int32_t c = 0; c < channels; c++) y[c] += from[c];
      } else {
        for (int32_t c = 0; c < channels; c++) y[c] = edgeml_larger_f32(y[c], from[c]);
      }
    }
  }
  return count > 0 ? count : 1;
}

static inline void edgeml_max_pool_f32(const float *x, float *y, const edgeml_pool_f32 *p) {
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t ox = 0; ox < p->out_width; ox++, y += p->channels) {
        (void)edgeml_pool_window_f32(x, y, p, n, oy, ox, 0);
        for (int32_t c = 0; c < p->channels; c++) y[c] = edgeml_clamp_f32(y[c], p->min, p->max);
      }
}

static inline void edgeml_average_pool_f32(const float *x, float *y, const edgeml_pool_f32 *p) {
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t ox = 0; ox < p->out_width; ox++, y += p->channels) {
        const float count = (float)edgeml_pool_window_f32(x, y, p, n, oy, ox, 1);
        for (int32_t c = 0; c < p->channels; c++) y[c] = edgeml_clamp_f32(y[c] / count, p->min, p->max);
      }
}

#endif
