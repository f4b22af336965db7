/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SQUARED_DIFFERENCE_QUANTIZED_H
#define EDGEML_SQUARED_DIFFERENCE_QUANTIZED_H

#include "loops.h"
#include "requantize.h"

/* (a - b)^2 with both operands brought to twice the larger of their scales first; int8 has room for 7 more bits. */
typedef struct {
  /* {count, step of a, step of b} in elements, outermost first. */
  const int32_t *loops;
  int32_t depth;
  int32_t a_zero, a_multiplier, a_shift;
  int32_t b_zero, b_multiplier, b_shift;
  int32_t left_shift;
  int32_t multiplier, shift, zero;
} edgeml_squared_difference_params;

static inline int32_t edgeml_quantized_squared_difference(int32_t a, int32_t b, const edgeml_squared_difference_params *p) {
  const int32_t one = (int32_t)1 << p->left_shift;
  const int32_t x = edgeml_requantize_twice((a - p->a_zero) * one, p->a_multiplier, p->a_shift);
  const int32_t y = edgeml_requantize_twice((b - p->b_zero) * one, p->b_multiplier, p->b_shift);
  const uint32_t difference = (uint32_t)(x - y);
  return edgeml_requantize_twice((int32_t)(difference * difference), p->multiplier, p->shift) + p->zero;
}

#define EDGEML_SQUARED_DIFFERENCE(SUFFIX, T, MIN, MAX)                                            \
  static inline void edgeml_quantized_squared_difference_##SUFFIX(                                \
      const T *a, const T *b, T *y, const edgeml_squared_difference_params *p) {                  \
    const int32_t *const inner = p->loops + 3 * (p->depth - 1);                                   \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                        \
    int32_t at[2] = {0, 0};                                                                       \
    int32_t i;                                                                                    \
    do {                                                                                          \
      for (i = 0; i < inner[0]; i++) {                                                            \
        const int32_t d = edgeml_quantized_squared_difference(a[at[0] + i * inner[1]], b[at[1] + i * inner[2]], p);  \
        *y++ = (T)edgeml_clamp(d, MIN, MAX);                                                      \
      }                                                                                           \
    } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));                               \
  }

EDGEML_SQUARED_DIFFERENCE(s8, int8_t, INT8_MIN, INT8_MAX)
EDGEML_SQUARED_DIFFERENCE(s16, int16_t, INT16_MIN, INT16_MAX)

#endif
