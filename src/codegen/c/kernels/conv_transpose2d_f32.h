/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV_TRANSPOSE2D_F32_H
#define EDGEML_CONV_TRANSPOSE2D_F32_H

#include "window_f32.h"

/*
 * The inputs that reach the outputs (oy, ox), (oy, ox + stride), ...: four outputs of one phase meet the same taps, and their
 * inputs lie side by side.
 */
static inline void edgeml_see_transposed_f32(
    const float *x, const float *zeros, const edgeml_window_f32 *p, int32_t n, int32_t oy, int32_t ox, edgeml_segment_f32 *segments,
    edgeml_rows_f32 *rows) {
  const int32_t most = (p->out_width - 1 - ox) / p->stride_width;
  edgeml_segment_f32 *s = segments;
  for (int32_t ky = 0; ky < p->kernel_height; ky++) {
    const int32_t y = oy + p->pad_top - ky * p->dilation_height;
    const float *line;
    if (y < 0 || y % p->stride_height != 0 || y / p->stride_height >= p->in_height) continue;
    line = x + (n * p->in_height + y / p->stride_height) * p->in_width * p->in_channels;
    for (int32_t kx = 0; kx < p->kernel_width; kx++) {
      const int32_t far = ox + p->pad_left - kx * p->dilation_width;
      /* C rounds to 0: the remainder of a negative number is 0 where it divides. */
      if (far % p->stride_width != 0) continue;
      s->tap = ky * p->kernel_width + kx;
      for (int32_t i = 0; i < EDGEML_ROWS; i++) {
        const int32_t ix = far / p->stride_width + (i < most ? i : most);
        s->row[i] = ix < 0 || ix >= p->in_width ? zeros : line + ix * p->in_channels;
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
  const int32_t filters = p->out_channels / p->groups;
  const int32_t depth = p->kernel_height * p->kernel_width * (p->in_channels / p->groups);
  const float *zeros = edgeml_window_zeros_f32(p, scratch);
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  edgeml_rows_f32 rows;
  edgeml_target_f32 target;
  edgeml_start_window_f32(p, &rows, &target);
  target.stride = p->stride_width * p->out_channels;
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t phase = 0; phase < p->stride_width; phase++)
        for (int32_t ox = phase; ox < p->out_width; ox += EDGEML_ROWS * p->stride_width) {
          const int32_t left = (p->out_width - 1 - ox) / p->stride_width + 1;
          edgeml_see_transposed_f32(x, zeros, p, n, oy, ox, segments, &rows);
          target.valid = left < EDGEML_ROWS ? left : EDGEML_ROWS;
          for (int32_t g = 0; g < p->groups; g++) {
            const float *from = w + g * ((filters + 3) / 4 * 4) * depth;
            rows.shift = g * rows.tap_length;
            target.y = y + ((n * p->out_height + oy) * p->out_width + ox) * p->out_channels + g * filters;
            edgeml_packed_columns_f32(&rows, from, depth, filters, 0, filters, bias ? bias + g * filters : bias, &target);
          }
        }
}

#endif
