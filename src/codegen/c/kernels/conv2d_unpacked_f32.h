/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV2D_UNPACKED_F32_H
#define EDGEML_CONV2D_UNPACKED_F32_H

#include "conv2d_f32.h"

/*
 * A convolution whose filter [out_channels, kernel_height, kernel_width, in_channels / groups] is packed while it runs, 16 filters
 * at a time: because it is computed by the model, or because it is int8 and stands for scale * (q - zero_point).
 * scratch: as of edgeml_conv2d_f32 (rounded up to 16 bytes: `scratch_used`), then 16 filters in floats.
 */
static inline void edgeml_conv2d_unpacked_f32(
    const float *w, const int8_t *q, const float *scale, const int32_t *zero_point, const float *x, const float *bias, float *y,
    const edgeml_window_f32 *p, uint8_t *scratch, int32_t scratch_used) {
  const int32_t filters = p->out_channels / p->groups;
  const int32_t depth = p->kernel_height * p->kernel_width * (p->in_channels / p->groups);
  const float *zeros = edgeml_window_zeros_f32(p, scratch);
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)(void *)scratch;
  float *packed = (float *)(void *)(scratch + scratch_used);
  edgeml_rows_f32 rows;
  edgeml_target_f32 target;
  edgeml_start_window_f32(p, &rows, &target);
  for (int32_t g = 0; g < p->groups; g++)
    for (int32_t first = 0; first < filters; first += 16) {
      const int32_t count = filters - first < 16 ? filters - first : 16;
      const int32_t in_eights = (count + 3) / 8 * 8;
      for (int32_t c = 0; c < (count + 3) / 4 * 4; c++) {
        const int32_t filter = g * filters + first + (c < count ? c : 0);
        const int32_t step = c < in_eights ? 8 : 4;
        float *to = packed + (c < in_eights ? c / 8 * 8 * depth + c % 8 : in_eights * depth + c - in_eights);
        for (int32_t k = 0; k < depth; k++) {
          to[k * step] = w ? w[filter * depth + k] : scale[filter] * (float)(q[filter * depth + k] - zero_point[filter]);
        }
      }
      for (int32_t n = 0; n < p->batches; n++)
        for (int32_t oy = 0; oy < p->out_height; oy++)
          for (int32_t ox = 0; ox < p->out_width; ox += EDGEML_ROWS) {
            edgeml_see_window_f32(x, zeros, p, n, oy, ox, p->groups == 1, segments, &rows);
            edgeml_window_target_f32(y + g * filters + first, p, n, oy, ox, &target);
            rows.shift = g * rows.tap_length;
            edgeml_packed_columns_f32(
                &rows, packed, depth, count, 0, count, bias ? bias + g * filters + first : bias, &target);
          }
    }
}

#endif
