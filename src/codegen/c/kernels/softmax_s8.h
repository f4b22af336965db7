/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SOFTMAX_S8_H
#define EDGEML_SOFTMAX_S8_H

#include "fixed_point.h"

/* Rows of `depth` elements; multiplier and shift bring a difference to Q5.26, and below diff_min it counts as minus infinity. */
typedef struct {
  int32_t rows, depth;
  int32_t multiplier, shift;
  int32_t diff_min;
} edgeml_softmax_params;

static inline int32_t edgeml_largest_s8(const int8_t *x, int32_t count) {
  int32_t largest = INT8_MIN;
  for (; count > 0; count--, x++) largest = *x > largest ? *x : largest;
  return largest;
}

/* exp(difference) in Q0.31. */
static inline int32_t edgeml_exp_of_difference(int32_t difference, const edgeml_softmax_params *p) {
  return difference < p->diff_min ? 0 : edgeml_exp_on_negative_values(edgeml_requantize(difference, p->multiplier, p->shift), 5);
}

/* The sum of the exponentials of a row in Q12.19. */
static inline int32_t edgeml_sum_of_exps_s8(const int8_t *x, int32_t largest, const edgeml_softmax_params *p) {
  int32_t sum = 0;
  int32_t i;
  for (i = 0; i < p->depth; i++) sum += edgeml_rounding_divide_by_power_of_two(edgeml_exp_of_difference(x[i] - largest, p), 12);
  return sum;
}

/* y has the scale 2^-BITS and its lowest number for 0; it may be x where it has its size. */
#define EDGEML_SOFTMAX(NAME, Y, BITS, LOWEST, HIGHEST)                                                             \
  static inline void NAME(const int8_t *x, Y *y, const edgeml_softmax_params *p) {                                 \
    int32_t row, i;                                                                                                \
    for (row = 0; row < p->rows; row++, x += p->depth, y += p->depth) {                                            \
      const int32_t largest = edgeml_largest_s8(x, p->depth);                                                      \
      const int32_t sum = edgeml_sum_of_exps_s8(x, largest, p);                                                    \
      const int32_t headroom = edgeml_leading_zeros((uint32_t)sum);                                                \
      const uint32_t above_one = ((uint32_t)sum << headroom) - ((uint32_t)1 << 31);                                \
      const int32_t scale = edgeml_one_over_one_plus_x((int32_t)above_one);                                        \
      for (i = 0; i < p->depth; i++) {                                                                             \
        const int32_t e = edgeml_exp_of_difference(x[i] - largest, p);                                             \
        const int32_t part = edgeml_doubling_high_multiply(scale, e);                                              \
        const int32_t v = edgeml_rounding_divide_by_power_of_two(part, 12 - headroom + 31 - BITS) + LOWEST;        \
        y[i] = (Y)(v > HIGHEST ? HIGHEST : v);                                                                     \
      }                                                                                                            \
    }                                                                                                              \
  }

EDGEML_SOFTMAX(edgeml_softmax_s8, int8_t, 8, INT8_MIN, INT8_MAX)
EDGEML_SOFTMAX(edgeml_softmax_s8_s16, int16_t, 16, INT16_MIN, INT16_MAX)

#endif
