/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FULLY_CONNECTED_F32_H
#define EDGEML_FULLY_CONNECTED_F32_H

#include "dot_f32.h"

/* x [rows, depth] times the transpose of w [units, depth], + bias [units] (may be null), clamped: y [rows, units]. */
static inline void edgeml_fully_connected_f32(
    const float *x, const float *w, const float *bias, float *y, int32_t rows, int32_t depth, int32_t units, float min, float max) {
  const int32_t fours = units / 4 * 4;
  for (int32_t r = 0; r < rows; r++, x += depth, y += units) {
    for (int32_t o = 0; o < fours; o += 4) {
      float sum[4];
      edgeml_dot_4_f32(x, w + o * depth, depth, depth, sum);
      for (int32_t i = 0; i < 4; i++) y[o + i] = edgeml_clamp_f32(bias ? sum[i] + bias[o + i] : sum[i], min, max);
    }
    for (int32_t o = fours; o < units; o++) {
      const float sum = edgeml_dot_f32(x, w + o * depth, depth);
      y[o] = edgeml_clamp_f32(bias ? sum + bias[o] : sum, min, max);
    }
  }
}

/* The same with int8 weights that stand for scale * (q - zero_point), per unit. */
static inline void edgeml_fully_connected_f32_w8(
    const float *x, const int8_t *q, const float *scale, const int32_t *zero_point, const float *bias, float *y, int32_t rows,
    int32_t depth, int32_t units, float min, float max) {
  const int32_t eights = depth / 8 * 8;
  for (int32_t r = 0; r < rows; r++, x += depth, y += units) {
    for (int32_t o = 0; o < units; o++) {
      const int8_t *w = q + o * depth;
      float part[8] = {0};
      float sum;
      for (int32_t i = 0; i < eights; i += 8)
        for (int32_t k = 0; k < 8; k++) part[k] += x[i + k] * (float)(w[i + k] - zero_point[o]);
      sum = part[0] + part[1] + part[2] + part[3] + part[4] + part[5] + part[6] + part[7];
      for (int32_t i = eights; i < depth; i++) sum += x[i] * (float)(w[i] - zero_point[o]);
      sum *= scale[o];
      y[o] = edgeml_clamp_f32(bias ? sum + bias[o] : sum, min, max);
    }
  }
}

#endif
