/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_ROWS_F32_H
#define EDGEML_ROWS_F32_H

#include <math.h>
#include <stdint.h>

/*
 * Operators on rows along an axis: [outer, length, inner], the elements of a row `inner` floats apart. y may be x, but for
 * edgeml_local_response_f32.
 */

static inline float edgeml_row_top_f32(const float *x, int32_t length, int32_t inner, float beta) {
  float top = -INFINITY;
  for (int32_t i = 0; i < length; i++) {
    const float v = beta * x[i * inner];
    top = v > top || v != v ? v : top;
  }
  return top;
}

/* exp(beta * x), over its sum. */
static inline void edgeml_softmax_f32(const float *x, float *y, int32_t outer, int32_t length, int32_t inner, float beta) {
  for (int32_t r = 0; r < outer * inner; r++) {
    const int32_t first = r / inner * inner * length + r % inner;
    const float top = edgeml_row_top_f32(x + first, length, inner, beta);
    float sum = 0.0f;
    for (int32_t i = 0; i < length; i++) {
      const float e = expf(beta * x[first + i * inner] - top);
      y[first + i * inner] = e;
      sum += e;
    }
    for (int32_t i = 0; i < length; i++) y[first + i * inner] /= sum;
  }
}

/* x - log of the sum of exp(x). */
static inline void edgeml_log_softmax_f32(const float *x, float *y, int32_t outer, int32_t length, int32_t inner) {
  for (int32_t r = 0; r < outer * inner; r++) {
    const int32_t first = r / inner * inner * length + r % inner;
    const float top = edgeml_row_top_f32(x + first, length, inner, 1.0f);
    float sum = 0.0f;
    for (int32_t i = 0; i < length; i++) sum += expf(x[first + i * inner] - top);
    sum = logf(sum);
    for (int32_t i = 0; i < length; i++) y[first + i * inner] = x[first + i * inner] - top - sum;
  }
}

/* x / max(|x|, epsilon). */
static inline void edgeml_l2_normalization_f32(
    const float *x, float *y, int32_t outer, int32_t length, int32_t inner, float epsilon) {
  for (int32_t r = 0; r < outer * inner; r++) {
    const int32_t first = r / inner * inner * length + r % inner;
    float sum = 0.0f;
    for (int32_t i = 0; i < length; i++) sum += x[first + i * inner] * x[first + i * inner];
    sum = sqrtf(sum);
    if (sum < epsilon) sum = epsilon;
    for (int32_t i = 0; i < length; i++) y[first + i * inner] = x[first + i * inner] / sum;
  }
}

/* (x - mean) / sqrt(variance + epsilon) * scale + bias in rows of `length`; scale and bias [length] may be null. */
static inline void edgeml_layer_normalization_f32(
    const float *x, const float *scale, const float *bias, float *y, int32_t outer, int32_t length, float epsilon) {
  for (int32_t r = 0; r < outer; r++, x += length, y += length) {
    float mean = 0.0f, variance = 0.0f;
    for (int32_t i = 0; i < length; i++) mean += x[i];
    mean /= (float)length;
    for (int32_t i = 0; i < length; i++) variance += (x[i] - mean) * (x[i] - mean);
    variance = sqrtf(variance / (float)length + epsilon);
    for (int32_t i = 0; i < length; i++) {
      const float normal = (x[i] - mean) / variance;
      const float scaled = scale ? normal * scale[i] : normal;
      y[i] = bias ? scaled + bias[i] : scaled;
    }
  }
}

/* x / (bias + alpha * sum of squares)^beta, the sum over the channels from `before` before to `after` after each. */
static inline void edgeml_local_response_f32(
    const float *x, float *y, int32_t outer, int32_t channels, int32_t before, int32_t after, float alpha, float beta, float bias) {
  for (int32_t r = 0; r < outer; r++, x += channels, y += channels) {
    for (int32_t c = 0; c < channels; c++) {
      const int32_t first = c < before ? 0 : c - before;
      const int32_t last = c + after < channels ? c + after : channels - 1;
      float sum = 0.0f;
      for (int32_t k = first; k <= last; k++) sum += x[k] * x[k];
      y[c] = x[c] / powf(bias + alpha * sum, beta);
    }
  }
}

/* Sums (or products) of the elements so far, from the end if `reverse`, without the element itself if `exclusive`. */
#define EDGEML_CUMULATE_F32(name, start, join)                                                                              \
  static inline void edgeml_##name##_f32(                                                                                   \
      const float *x, float *y, int32_t outer, int32_t length, int32_t inner, int32_t exclusive, int32_t reverse) {         \
    for (int32_t r = 0; r < outer * inner; r++) {                                                                           \
      const int32_t first = r / inner * inner * length + r % inner;                                                         \
      float acc = start;                                                                                                    \
      for (int32_t k = 0; k < length; k++) {                                                                                \
        const int32_t at = first + (reverse ? length - 1 - k : k) * inner;                                                  \
        const float before = acc, e = x[at];                                                                                \
        acc = join;                                                                                                         \
        y[at] = exclusive ? before : acc;                                                                                   \
      }                                                                                                                     \
    }                                                                                                                       \
  }

EDGEML_CUMULATE_F32(cum_sum, 0.0f, acc + e)
EDGEML_CUMULATE_F32(cum_prod, 1.0f, acc * e)

#endif
