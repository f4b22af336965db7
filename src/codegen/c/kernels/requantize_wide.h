/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_REQUANTIZE_WIDE_H
#define EDGEML_REQUANTIZE_WIDE_H

#include <stdint.h>

/*
 * A 64-bit accumulator to the grid of an int16 output, as TensorFlow Lite Micro does under either rounding:
 * x * multiplier / 2^15 * 2^shift, rounded once. The multiplier has 15 bits; x has 48, and shift is below 8.
 */
static inline int32_t edgeml_requantize_wide(int64_t x, int32_t multiplier, int32_t shift) {
  const int32_t total = 15 - shift;
  return (int32_t)((x * multiplier + ((int64_t)1 << (total - 1))) >> total);
}

#endif
