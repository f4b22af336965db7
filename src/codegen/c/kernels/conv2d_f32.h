#ifndef EDGEML_CONV2D_F32_H
#define EDGEML_CONV2D_F32_H

#include "window_f32.h"

/*
 * x * w + bias, clamped. w is packed (tile_f32.h) per group, bias may be null.
 * scratch: 20 bytes per element of the window, then a float per input channel of a group.
 */
static inline void edgeml_conv2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t length = p->in_channels / p->groups;
  const int32_t filters = p->out_channels / p->groups;
  const int32_t depth = p->kernel_height * p->kernel_width * length;
  const int32_t size = (filters + 3) / 4 * 4 * depth;
  const int32_t span = p->filters_first ? 16 : filters;
  edgeml_rows_f32 rows = {0};
  edgeml_target_f32 target = {0};
  rows.zeros = edgeml_window_zeros_f32(p, scratch, length);
  rows.tap_length = length;
  target.min = p->min;
  target.max = p->max;
  for (int32_t first = 0; first < filters; first += span) {
    const int32_t last = first + span < filters ? first + span : filters;
    for (int32_t n = 0; n < p->batches; n++)
      for (int32_t oy = 0; oy < p->out_height; oy++)
        for (int32_t ox = 0; ox < p->out_width; ox += EDGEML_ROWS) {
          edgeml_see_window_f32(p, n, oy, ox, p->groups == 1, (edgeml_segment_f32 *)scratch, &rows);
          edgeml_window_target_f32(p, n, oy, ox, &target);
          for (int32_t g = 0; g < p->groups; g++) {
            rows.x = x + g * length;
            target.y = y + g * filters;
            edgeml_packed_columns_f32(
                &rows, w + g * size, depth, filters, first, last, bias ? bias + g * filters : bias, &target);
          }
        }
  }
}

#endif
