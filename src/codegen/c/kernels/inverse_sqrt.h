/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INVERSE_SQRT_H
#define EDGEML_INVERSE_SQRT_H

#include "fixed_point.h"

/*
 * 1 / sqrt(x) for x >= 0 as a multiplier and a shift of edgeml_requantize, to the last bit as in TensorFlow Lite: five steps of
 * Newton's method in Q3.28 on x scaled to [1/2, 2). 0 counts as 1.
 */
static EDGEML_NOINLINE void edgeml_inverse_sqrt(int32_t x, int32_t *multiplier, int32_t *shift) {
  int32_t right = 11, y = 1 << 28, half, i;
  if (x <= 1) {
    *multiplier = INT32_MAX;
    *shift = 0;
    return;
  }
  for (; x >= (1 << 29); right++) x /= 4;
  for (; x < (1 << 27); right--) x *= 4;
  half = edgeml_rounding_divide_by_power_of_two(x >> 1, 1);
  for (i = 0; i < 5; i++) {
    const int32_t square = edgeml_doubling_high_multiply(y, y);
    const int32_t cube = edgeml_saturating_shift_left(edgeml_doubling_high_multiply(square, y), 6);
    const int32_t next = edgeml_doubling_high_multiply((1 << 28) + (1 << 27), y) - edgeml_doubling_high_multiply(half, cube);
    y = edgeml_saturating_shift_left(next, 3);
  }
  y = edgeml_doubling_high_multiply(y, 1518500250);
  *multiplier = right < 0 ? (int32_t)((uint32_t)y << -right) : y;
  *shift = right < 0 ? 0 : -right;
}

#endif
