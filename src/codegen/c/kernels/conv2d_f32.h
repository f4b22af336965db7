/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV2D_F32_H
#define EDGEML_CONV2D_F32_H

#include "window_f32.h"

/*
 * x * w + bias, clamped. w is packed (tile_f32.h) per group, bias may be null.
 * scratch: an edgeml_segment_f32 per element of the window, then a float per input channel.
 */
static inline void edgeml_conv2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t filters = p->out_channels / p->groups;
  const int32_t depth = p->kernel_height * p->kernel_width * (p->in_channels / p->groups);
  const int32_t size = (filters + 3) / 4 * 4 * depth;
  const int32_t span = p->filters_first ? 16 : filters;
  const float *zeros = edgeml_window_zeros_f32(p, scratch);
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  edgeml_rows_f32 rows;
  edgeml_target_f32 target;
  edgeml_start_window_f32(p, &rows, &target);
  for (int32_t first = 0; first < filters; first += span) {
    const int32_t last = first + span < filters ? first + span : filters;
    for (int32_t n = 0; n < p->batches; n++)
      for (int32_t oy = 0; oy < p->out_height; oy++)
        for (int32_t ox = 0; ox < p->out_width; ox += EDGEML_ROWS) {
          edgeml_see_window_f32(x, zeros, p, n, oy, ox, p->groups == 1, segments, &rows);
          for (int32_t g = 0; g < p->groups; g++) {
            edgeml_window_target_f32(y + g * filters, p, n, oy, ox, &target);
            rows.shift = g * rows.tap_length;
            edgeml_packed_columns_f32(
                &rows, w + g * size, depth, filters, first, last, bias ? bias + g * filters : bias, &target);
          }
        }
  }
}

#endif
