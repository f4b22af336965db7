/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FIXED_POINT_H
#define EDGEML_FIXED_POINT_H

#include <stdint.h>

#include "requantize.h"

/*
 * Fixed point in 32 bits as gemmlowp defines it (fixedpoint/fixedpoint.h), to the last bit: Qm.n has m integer bits, n
 * fractional bits and a sign. A product is the doubling high multiply of requantize.h; its integer bits add up.
 */

#if defined(__GNUC__)
#define EDGEML_NOINLINE __attribute__((noinline, unused))
#else
#define EDGEML_NOINLINE
#endif

/* x * 2^exponent, saturated; exponent is 0 to 30. */
static inline int32_t edgeml_saturating_shift_left(int32_t x, int32_t exponent) {
  const int32_t threshold = (int32_t)(((uint32_t)1 << (31 - exponent)) - 1u);
  if (x > threshold) return INT32_MAX;
  if (x < -threshold) return INT32_MIN;
  return (int32_t)((uint32_t)x << exponent);
}

/* Zero bits before the first one of x > 0. */
static inline int32_t edgeml_leading_zeros(uint32_t x) {
#if defined(__GNUC__)
  return (int32_t)__builtin_clz(x);
#else
  int32_t n = 0;
  for (; x < (uint32_t)1 << 31; x <<= 1) n++;
  return n;
#endif
}

/* exp(a) in Q0.31 for a in [-1/4, 0) in Q0.31: the Taylor series about -1/8. */
static inline int32_t edgeml_exp_last_quarter(int32_t a) {
  const int32_t exp_of_minus_one_eighth = 1895147668;
  const int32_t one_third = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = edgeml_doubling_high_multiply(x, x);
  const int32_t x3 = edgeml_doubling_high_multiply(x2, x);
  const int32_t x4 = edgeml_doubling_high_multiply(x2, x2);
  const int32_t x4_over_4 = edgeml_rounding_divide_by_power_of_two(x4, 2);
  const int32_t beyond = edgeml_doubling_high_multiply(x4_over_4 + x3, one_third) + x2;
  const int32_t tail = x + edgeml_rounding_divide_by_power_of_two(beyond, 1);
  return exp_of_minus_one_eighth + edgeml_doubling_high_multiply(exp_of_minus_one_eighth, tail);
}

/* exp(a) in Q0.31 for a <= 0 in Q(integer_bits); integer_bits is 2 to 29. */
static EDGEML_NOINLINE int32_t edgeml_exp_on_negative_values(int32_t a, int32_t integer_bits) {
  /* exp(-2^k) in Q0.31 for k = -2 to 4. */
  static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t fractional_bits = 31 - integer_bits;
  const int32_t quarter = (int32_t)1 << (fractional_bits - 2);
  const int32_t in_quarter = (a & (quarter - 1)) - quarter;
  const int32_t whole_quarters = in_quarter - a;
  int32_t result = edgeml_exp_last_quarter((int32_t)((uint32_t)in_quarter << integer_bits));
  int32_t k;
  if (a == 0) return INT32_MAX;
  if (integer_bits > 5 && a < -((int32_t)1 << (36 - integer_bits))) return 0;
  for (k = 0; k < 7 && k - 2 < integer_bits; k++) {
    if (whole_quarters & (int32_t)((uint32_t)quarter << k)) result = edgeml_doubling_high_multiply(result, powers[k]);
  }
  return result;
}

/* 1 / ((1 + a) / 2) in Q2.29 for a in [0, 1] in Q0.31: three steps of Newton's method from 48/17 - 32/17 d. */
static EDGEML_NOINLINE int32_t edgeml_reciprocal_of_half_sum_with_one(int32_t a) {
  const int32_t half_denominator = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int32_t x = 1515870810 + edgeml_doubling_high_multiply(half_denominator, -1010580540);
  int32_t i;
  for (i = 0; i < 3; i++) {
    const int32_t rest = (1 << 29) - edgeml_doubling_high_multiply(half_denominator, x);
    x += edgeml_saturating_shift_left(edgeml_doubling_high_multiply(x, rest), 2);
  }
  return x;
}

/* 1 / (1 + a), a in [0, 1], both in Q0.31. */
static inline int32_t edgeml_one_over_one_plus_x(int32_t a) {
  return edgeml_saturating_shift_left(edgeml_reciprocal_of_half_sum_with_one(a), 1);
}

/* 1 / (1 + exp(-a)) in Q0.31 for a in Q(integer_bits), a > -2^31. */
static inline int32_t edgeml_logistic(int32_t a, int32_t integer_bits) {
  const int32_t of_positive = edgeml_one_over_one_plus_x(edgeml_exp_on_negative_values(a > 0 ? -a : a, integer_bits));
  if (a == 0) return 1 << 30;
  return a > 0 ? of_positive : INT32_MAX - of_positive;
}

/* tanh(a) in Q0.31 for a in Q(integer_bits), a > -2^31: (1 - e) / (1 + e) with e = exp(-2|a|). */
static inline int32_t edgeml_tanh(int32_t a, int32_t integer_bits) {
  const int32_t e = edgeml_exp_on_negative_values(a > 0 ? -a : a, integer_bits + 1);
  const int32_t of_positive = edgeml_saturating_shift_left(edgeml_reciprocal_of_half_sum_with_one(e) - (1 << 29), 2);
  if (a == 0) return 0;
  return a > 0 ? of_positive : -of_positive;
}

#endif
