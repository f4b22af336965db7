#ifndef EDGEML_CONV_TRANSPOSE2D_F32_H
#define EDGEML_CONV_TRANSPOSE2D_F32_H

#include "window_f32.h"

/*
 * The inputs that reach the outputs (oy, ox), (oy, ox + stride), ...: four outputs of one phase meet the same taps, and their
 * inputs lie side by side.
 */
static inline void edgeml_see_transposed_f32(
    const edgeml_window_f32 *p, int32_t n, int32_t oy, int32_t ox, edgeml_segment_f32 *segments, edgeml_rows_f32 *rows) {
  const int32_t most = (p->out_width - 1 - ox) / p->stride_width;
  edgeml_segment_f32 *s = segments;
  for (int32_t ky = 0; ky < p->kernel_height; ky++) {
    const int32_t y = oy + p->pad_top - ky * p->dilation_height;
    if (y < 0 || y % p->stride_height != 0 || y / p->stride_height >= p->in_height) continue;
    for (int32_t kx = 0; kx < p->kernel_width; kx++) {
      const int32_t x = ox + p->pad_left - kx * p->dilation_width;
      /* C rounds to 0: the remainder of a negative number is 0 where it divides. */
      if (x % p->stride_width != 0) continue;
      const int32_t first = x / p->stride_width;
      const int32_t line = (n * p->in_height + y / p->stride_height) * p->in_width;
      s->tap = ky * p->kernel_width + kx;
      for (int32_t i = 0; i < EDGEML_ROWS; i++) {
        const int32_t ix = first + (i < most ? i : most);
        s->row[i] = ix < 0 || ix >= p->in_width ? -1 : (line + ix) * p->in_channels;
      }
      s++;
    }
  }
  rows->segments = segments;
  rows->count = (int32_t)(s - segments);
  rows->length = rows->tap_length;
}

/*
 * x spread over the output by w, + bias (may be null), clamped: each output gathers what reaches it. w is packed (tile_f32.h) per
 * group. scratch: as of edgeml_conv2d_f32.
 */
static inline void edgeml_conv_transpose2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t length = p->in_channels / p->groups;
  const int32_t filters = p->out_channels / p->groups;
  const int32_t depth = p->kernel_height * p->kernel_width * length;
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  edgeml_rows_f32 rows = {0};
  edgeml_target_f32 target = {0};
  rows.zeros = edgeml_window_zeros_f32(p, scratch, length);
  rows.tap_length = length;
  target.y = y;
  target.min = p->min;
  target.max = p->max;
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t phase = 0; phase < p->stride_width; phase++)
        for (int32_t ox = phase; ox < p->out_width; ox += EDGEML_ROWS * p->stride_width) {
          const int32_t pixel = (n * p->out_height + oy) * p->out_width + ox;
          const int32_t left = (p->out_width - 1 - ox) / p->stride_width + 1;
          edgeml_see_transposed_f32(p, n, oy, ox, segments, &rows);
          target.valid = left < EDGEML_ROWS ? left : EDGEML_ROWS;
          for (int32_t g = 0; g < p->groups; g++) {
            const float *from = w + g * ((filters + 3) / 4 * 4) * depth;
            rows.x = x + g * length;
            for (int32_t i = 0; i < EDGEML_ROWS; i++)
              target.at[i] = (pixel + i * p->stride_width) * p->out_channels + g * filters;
            edgeml_packed_columns_f32(&rows, from, depth, filters, 0, filters, bias ? bias + g * filters : bias, &target);
          }
        }
}

#endif
