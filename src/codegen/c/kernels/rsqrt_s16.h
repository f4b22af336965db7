/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_RSQRT_S16_H
#define EDGEML_RSQRT_S16_H

#include "inverse_sqrt.h"

/*
 * 1 / sqrt(x) with a zero point of 0, in 20 more bits than the result needs; in place if wanted.
 * 0, and what has no root, gives the largest int16. `shift` is that of the scales, less the 20 bits.
 */
static inline void edgeml_rsqrt_s16(const int16_t *x, int16_t *y, int32_t count, int32_t multiplier, int32_t shift) {
  int32_t i;
  for (i = 0; i < count; i++) {
    int32_t root, exponent;
    if (x[i] <= 0) {
      y[i] = INT16_MAX;
      continue;
    }
    edgeml_inverse_sqrt(x[i], &root, &exponent);
    root = edgeml_requantize_twice(1, root, exponent + 20);
    y[i] = (int16_t)edgeml_clamp(edgeml_requantize_twice(root, multiplier, shift), INT16_MIN, INT16_MAX);
  }
}

#endif
