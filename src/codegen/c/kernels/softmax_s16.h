/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SOFTMAX_S16_H
#define EDGEML_SOFTMAX_S16_H

#include "fixed_point.h"
#include "lookup_s16.h"

/* Rows of `depth` elements; multiplier and shift bring a difference to 10 / 65535. Tables of 513 entries for lookup_s16.h. */
typedef struct {
  int32_t rows, depth;
  int32_t multiplier, shift;
  const int16_t *exp_table;        /* exp over [-10, 0] */
  const int16_t *reciprocal_table; /* 1 / (1 + x) over [0, 1] */
} edgeml_softmax_s16_params;

static inline int16_t edgeml_lookup_one_s16(int32_t x, const int16_t *table) {
  int16_t v = (int16_t)edgeml_clamp(x, INT16_MIN, INT16_MAX);
  edgeml_lookup_s16(&v, &v, table, 1);
  return v;
}

/* As TensorFlow Lite Micro does by its two tables; y has the scale 1/32768. y may be x. */
static inline void edgeml_softmax_s16(const int16_t *x, int16_t *y, const edgeml_softmax_s16_params *p) {
  int32_t row, i;
  for (row = 0; row < p->rows; row++, x += p->depth, y += p->depth) {
    int32_t largest = INT16_MIN, sum = 0, headroom, scale, right;
    for (i = 0; i < p->depth; i++) largest = x[i] > largest ? x[i] : largest;
    for (i = 0; i < p->depth; i++) {
      const int32_t scaled = edgeml_requantize_twice(x[i] - largest, p->multiplier, p->shift);
      y[i] = edgeml_lookup_one_s16(edgeml_clamp(scaled, -65535, 0) + INT16_MAX, p->exp_table);
      sum += y[i];
    }
    /* The sum between 1 and 2 in Q1.16, less one, about the middle of an int16. */
    headroom = edgeml_leading_zeros((uint32_t)sum);
    scale = (int32_t)((((int64_t)sum << (headroom - 1)) + (1 << 13)) >> 14) - (1 << 15) - (1 << 16);
    scale = edgeml_lookup_one_s16(scale, p->reciprocal_table);
    right = 31 - headroom;
    for (i = 0; i < p->depth; i++) {
      y[i] = (int16_t)edgeml_clamp((int32_t)(((int64_t)y[i] * scale + (1 << (right - 1))) >> right), 0, INT16_MAX);
    }
  }
}

#endif
