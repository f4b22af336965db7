/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_REQUANTIZE_H
#define EDGEML_REQUANTIZE_H

#include <stdint.h>

/*
 * From an accumulator to the grid of the output: x * multiplier / 2^31 * 2^shift; a positive shift is to the left.
 * By default rounded twice, as TensorFlow Lite Micro's reference kernels and CMSIS-NN do: the high half of the doubled
 * product to nearest, then the division by a power of two half away from zero. With EDGEML_SINGLE_ROUNDING rounded once.
 * Right shifts of negative numbers are arithmetic, as in every compiler that matters.
 */

static inline int32_t edgeml_clamp(int32_t x, int32_t min, int32_t max) {
  return x < min ? min : x > max ? max : x;
}

/* (a * b + 2^30) >> 31, the product of -2^31 with itself saturated. */
static inline int32_t edgeml_doubling_high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* x / 2^exponent to nearest, half away from zero; exponent is 0 to 31. */
static inline int32_t edgeml_rounding_divide_by_power_of_two(int32_t x, int32_t exponent) {
  const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* Rounded twice whatever is asked for: kernels that nobody rounds once. */
static inline int32_t edgeml_requantize_twice(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  const int32_t scaled = (int32_t)((uint32_t)x << left);
  return edgeml_rounding_divide_by_power_of_two(edgeml_doubling_high_multiply(scaled, multiplier), right);
}

static inline int32_t edgeml_requantize(int32_t x, int32_t multiplier, int32_t shift) {
#ifdef EDGEML_SINGLE_ROUNDING
  const int32_t total = 31 - shift;
  return (int32_t)(((int64_t)x * multiplier + ((int64_t)1 << (total - 1))) >> total);
#else
  return edgeml_requantize_twice(x, multiplier, shift);
#endif
}

#endif
