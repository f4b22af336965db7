/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DOT_F32_H
#define EDGEML_DOT_F32_H

#include "simd_f32.h"

/* Four dot products of x with rows of w that lie `step` floats apart, `depth` elements each: out[4]. */
static inline void edgeml_dot_4_f32(const float *x, const float *w, int32_t depth, int32_t step, float *out) {
  const float *w1 = w + step, *w2 = w1 + step, *w3 = w2 + step;
  edgeml_vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
  const int32_t whole = depth / EDGEML_LANES * EDGEML_LANES;
  for (int32_t i = 0; i < whole; i += EDGEML_LANES) {
    const edgeml_vector v = edgeml_load_f32(x + i);
    a0 += v * edgeml_load_f32(w + i);
    a1 += v * edgeml_load_f32(w1 + i);
    a2 += v * edgeml_load_f32(w2 + i);
    a3 += v * edgeml_load_f32(w3 + i);
  }
  out[0] = edgeml_sum_lanes_f32(a0);
  out[1] = edgeml_sum_lanes_f32(a1);
  out[2] = edgeml_sum_lanes_f32(a2);
  out[3] = edgeml_sum_lanes_f32(a3);
  for (int32_t i = whole; i < depth; i++) {
    out[0] += x[i] * w[i];
    out[1] += x[i] * w1[i];
    out[2] += x[i] * w2[i];
    out[3] += x[i] * w3[i];
  }
}

static inline float edgeml_dot_f32(const float *x, const float *w, int32_t depth) {
  edgeml_vector a = {0};
  const int32_t whole = depth / EDGEML_LANES * EDGEML_LANES;
  float sum;
  for (int32_t i = 0; i < whole; i += EDGEML_LANES) a += edgeml_load_f32(x + i) * edgeml_load_f32(w + i);
  sum = edgeml_sum_lanes_f32(a);
  for (int32_t i = whole; i < depth; i++) sum += x[i] * w[i];
  return sum;
}

#endif
