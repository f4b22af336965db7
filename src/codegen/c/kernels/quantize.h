/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_QUANTIZE_H
#define EDGEML_QUANTIZE_H

#include <stdint.h>

/* Floats to integers: x / scale to nearest, half away from zero, plus the zero point, saturated; NaN becomes the zero point. */
static inline int32_t edgeml_quantize(float x, float scale, int32_t zero, int32_t min, int32_t max) {
  const float q = x / scale;
  int32_t whole;
  float rest;
  if (q >= 131072.0f) return max;
  if (q <= -131072.0f) return min;
  if (q != q) return zero;
  whole = (int32_t)q;
  rest = q - (float)whole;
  whole += zero + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
  return whole < min ? min : whole > max ? max : whole;
}

#define EDGEML_QUANTIZE(SUFFIX, T, MIN, MAX)                                                                        \
  static inline void edgeml_quantize_##SUFFIX(const float *x, T *y, int32_t count, float scale, int32_t zero) {     \
    int32_t i;                                                                                                      \
    for (i = 0; i < count; i++) y[i] = (T)edgeml_quantize(x[i], scale, zero, MIN, MAX);                             \
  }

EDGEML_QUANTIZE(s8, int8_t, INT8_MIN, INT8_MAX)
EDGEML_QUANTIZE(u8, uint8_t, 0, UINT8_MAX)
EDGEML_QUANTIZE(s16, int16_t, INT16_MIN, INT16_MAX)

#endif
