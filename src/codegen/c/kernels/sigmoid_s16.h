/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SIGMOID_S16_H
#define EDGEML_SIGMOID_S16_H

#include <stdint.h>

/*
 * Sigmoid and tanh of int16 with outputs in Q0.15, to the last bit as in TensorFlow Lite: a table of sigmoid(i / 24) in 16 bits for
 * i up to 255, with straight lines between, and tanh(x) = 2 sigmoid(2x) - 1. x * multiplier >> shift is in steps of 1 / (24 * 512).
 */
static inline int32_t edgeml_to_sigmoid_grid(int16_t x, int32_t multiplier, int32_t shift) {
  const int32_t half = shift > 0 ? (int32_t)1 << (shift - 1) : 0;
  return (x * multiplier + half) >> shift;
}

static inline void edgeml_sigmoid_s16(
    const int16_t *x, int16_t *y, const uint16_t *table, int32_t count, int32_t multiplier, int32_t shift) {
  int32_t i;
  for (i = 0; i < count; i++) {
    const int32_t at = edgeml_to_sigmoid_grid(x[i], multiplier, shift);
    const int32_t size = at < 0 ? -at : at;
    const int32_t k = size >> 9;
    const int32_t result = k >= 255 ? 0x7fff << 10 : ((int32_t)table[k] << 9) + (size & 0x1ff) * (table[k + 1] - table[k]);
    y[i] = (int16_t)((at >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1) >> 10);
  }
}

static inline void edgeml_tanh_s16(
    const int16_t *x, int16_t *y, const uint16_t *table, int32_t count, int32_t multiplier, int32_t shift) {
  int32_t i;
  for (i = 0; i < count; i++) {
    const int32_t at = edgeml_to_sigmoid_grid(x[i], multiplier, shift);
    const int32_t size = at < 0 ? -at : at;
    const int32_t k = size >> 8;
    const int32_t result = k >= 255 ? 0xffff << 8 : ((int32_t)table[k] << 8) + (size & 0xff) * (table[k + 1] - table[k]);
    y[i] = (int16_t)((at >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1) >> 8);
  }
}

#endif
