/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_LOG_SOFTMAX_S8_H
#define EDGEML_LOG_SOFTMAX_S8_H

#include "softmax_s8.h"

typedef struct {
  edgeml_softmax_params rows;
  int32_t reverse_multiplier, reverse_shift; /* from Q5.26 back to a difference of the input */
} edgeml_log_softmax_params;

/*
 * log(z) in Q5.26 for z >= 1 in Q12.19, as TensorFlow Lite's log_x_for_x_greater_than_or_equal_to_1: z = 2^k r with r about
 * 2^-1/4, and a quotient of polynomials for log(r).
 */
static inline int32_t edgeml_log_of_sum(int32_t z) {
  const int32_t log_of_2 = 1488522236, root_of_half = 1518500250, fourth_root_of_half = 1805811301;
  const int32_t quarter = 1 << 23;
  const int32_t zeros = edgeml_leading_zeros((uint32_t)z);
  const int32_t normal = edgeml_saturating_shift_left(z, zeros - 1);
  const int32_t ra = edgeml_saturating_shift_left(edgeml_doubling_high_multiply(normal, root_of_half), 1);
  const int32_t power_a = (12 - zeros) * (1 << 25) + quarter;
  const int32_t less = edgeml_doubling_high_multiply(z, root_of_half);
  const int32_t zeros_b = edgeml_leading_zeros((uint32_t)less) - 1;
  const int32_t rb = edgeml_saturating_shift_left(z, zeros_b);
  const int32_t power_b = (12 - zeros_b) * (1 << 25) - quarter;
  const int32_t r = ra < rb ? ra : rb;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t middle = (int32_t)(((int64_t)r + fourth_root_of_half + 1) / 2);
  const int32_t q = 2 * (r - fourth_root_of_half);
  const int32_t q2 = edgeml_doubling_high_multiply(q, q);
  const int32_t cubic = edgeml_doubling_high_multiply(edgeml_doubling_high_multiply(q, q2), 117049297);
  const int32_t numerator = edgeml_doubling_high_multiply(q, r) + cubic;
  const int32_t inner = 1057819769 + q + edgeml_doubling_high_multiply(127690142, q2);
  const int32_t denominator = edgeml_doubling_high_multiply(middle, inner) + edgeml_doubling_high_multiply(638450708, q);
  const int32_t reciprocal = edgeml_one_over_one_plus_x(denominator);
  const int32_t of_r = edgeml_doubling_high_multiply(edgeml_rounding_divide_by_power_of_two(numerator, 6), reciprocal);
  return edgeml_saturating_shift_left(edgeml_doubling_high_multiply(power, log_of_2) + of_r, 1);
}

/* y has the scale 1/16 and zero point 127; it may be x. */
static inline void edgeml_log_softmax_s8(const int8_t *x, int8_t *y, const edgeml_log_softmax_params *params) {
  const edgeml_softmax_params *const p = &params->rows;
  int32_t row, i;
  for (row = 0; row < p->rows; row++, x += p->depth, y += p->depth) {
    const int32_t largest = edgeml_largest_s8(x, p->depth);
    const int32_t log_of_sum = edgeml_log_of_sum(edgeml_sum_of_exps_s8(x, largest, p));
    const int32_t reach = edgeml_requantize(log_of_sum + INT32_MIN, params->reverse_multiplier, params->reverse_shift);
    const int32_t least = reach > p->diff_min - 1 ? reach : p->diff_min - 1;
    for (i = 0; i < p->depth; i++) {
      const int32_t difference = x[i] - largest;
      int32_t v = INT8_MIN;
      if (difference > least) {
        const int32_t scaled = edgeml_requantize(difference, p->multiplier, p->shift);
        v = edgeml_clamp(edgeml_rounding_divide_by_power_of_two(scaled - log_of_sum, 22) + INT8_MAX, INT8_MIN, INT8_MAX);
      }
      y[i] = (int8_t)v;
    }
  }
}

#endif
