/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_HIGH_MULTIPLY_H
#define EDGEML_HIGH_MULTIPLY_H

#include <stdint.h>

/*
 * The high word of a product, to nearest: (a * b + 2^31) >> 32, or with EDGEML_SINGLE_ROUNDING its floor, (a * b) >> 32.
 * b is at least 0. Cores without a long multiplication get it from products of halves.
 */
static inline int32_t edgeml_high_multiply(int32_t a, int32_t b) {
#ifdef EDGEML_SINGLE_ROUNDING
  const uint32_t half = 0;
#else
  const uint32_t half = 0x8000u;
#endif
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
  const uint32_t a_low = (uint32_t)a & 0xffffu;
  const int32_t a_high = a >> 16;
  const uint32_t b_low = (uint32_t)b & 0xffffu;
  const int32_t b_high = b >> 16;
  const uint32_t middle = a_low * (uint32_t)b_high + ((a_low * b_low) >> 16);
  const uint32_t cross = (uint32_t)a_high * b_low;
  return a_high * b_high + ((int32_t)cross >> 16) + (int32_t)((middle + (cross & 0xffffu) + half) >> 16);
#else
  return (int32_t)(((int64_t)a * b + ((int64_t)half << 16)) >> 32);
#endif
}

/*
 * An accumulator to the grid of the output where the shift is to the right by `exponent`: the same as edgeml_requantize plus
 * zero point, for |x| < 2^30. offset is the zero point times 2^exponent plus half of 2^exponent.
 */
static inline int32_t edgeml_requantize_right(int32_t x, int32_t multiplier, int32_t offset, int32_t exponent) {
  const int32_t high = edgeml_high_multiply(2 * x, multiplier);
#ifdef EDGEML_SINGLE_ROUNDING
  return (high + offset) >> exponent;
#else
  return (high + (high >> 31) + offset) >> exponent;
#endif
}

/* edgeml_requantize_right of x / 2: an accumulator whose filter was doubled. The exponent is at least 1. */
static inline int32_t edgeml_requantize_doubled(int32_t x, int32_t multiplier, int32_t offset, int32_t exponent) {
#if defined(EDGEML_SINGLE_ROUNDING) || defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#ifdef EDGEML_SINGLE_ROUNDING
  return (edgeml_high_multiply(x, multiplier) + offset) >> exponent;
#else
  return (edgeml_high_multiply(x, multiplier) + (x >> 31) + offset) >> exponent;
#endif
#else
  /* One multiplication onto what is added; a negative x whose high word is 0 rounds to the same. */
  const int64_t start = (int64_t)(((uint64_t)(uint32_t)(offset + (x >> 31)) << 32) | 0x80000000u);
  return (int32_t)((start + (int64_t)x * multiplier) >> 32) >> exponent;
#endif
}

#endif
