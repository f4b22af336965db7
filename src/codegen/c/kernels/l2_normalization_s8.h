/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_L2_NORMALIZATION_S8_H
#define EDGEML_L2_NORMALIZATION_S8_H

#include "inverse_sqrt.h"

/* Rows of `depth` elements divided by their norms, on the output grid 1/128 with zero point 0; in place if wanted. */
static inline void edgeml_l2_normalization_s8(const int8_t *x, int8_t *y, int32_t rows, int32_t depth, int32_t input_zero) {
  int32_t r, i;
  for (r = 0; r < rows; r++, x += depth, y += depth) {
    int32_t squares = 0, multiplier, shift;
    for (i = 0; i < depth; i++) squares += (x[i] - input_zero) * (x[i] - input_zero);
    edgeml_inverse_sqrt(squares, &multiplier, &shift);
    for (i = 0; i < depth; i++) {
      y[i] = (int8_t)edgeml_clamp(edgeml_requantize_twice(x[i] - input_zero, multiplier, shift + 7), INT8_MIN, INT8_MAX);
    }
  }
}

#endif
