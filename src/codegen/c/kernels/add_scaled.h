/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_ADD_SCALED_H
#define EDGEML_ADD_SCALED_H

#include "loops.h"
#include "requantize.h"

/*
 * The sum or difference of two operands on grids of their own: both are brought to twice the larger scale with `left_shift`
 * bits to spare, added, and brought to the grid of the output. `sign` is -1 for a difference.
 */
typedef struct {
  const int32_t *loops; /* {count, step of a, step of b} in elements, outermost first */
  int32_t depth;
  int32_t left_shift;
  int32_t a_zero_point, a_multiplier, a_shift;
  int32_t b_zero_point, b_multiplier, b_shift;
  int32_t sign;
  int32_t out_zero_point, out_multiplier, out_shift;
  int32_t min, max;
} edgeml_add_scaled_params;

/* int16 is rounded twice whatever is asked for: XNNPACK, which rounding once follows, has no int16. */
#define EDGEML_ADD_SCALED_ELEMENT(NAME, REQUANTIZE)                                                                     \
  static inline int32_t NAME(int32_t a, int32_t b, const edgeml_add_scaled_params *p) {                                 \
    const int32_t unit = (int32_t)1 << p->left_shift;                                                                   \
    const int32_t scaled_a = REQUANTIZE((a - p->a_zero_point) * unit, p->a_multiplier, p->a_shift);                     \
    const int32_t scaled_b = REQUANTIZE((b - p->b_zero_point) * unit, p->b_multiplier, p->b_shift);                     \
    const int32_t y = REQUANTIZE(scaled_a + p->sign * scaled_b, p->out_multiplier, p->out_shift);                       \
    return edgeml_clamp(y + p->out_zero_point, p->min, p->max);                                                         \
  }

EDGEML_ADD_SCALED_ELEMENT(edgeml_add_scaled_element, edgeml_requantize)
EDGEML_ADD_SCALED_ELEMENT(edgeml_add_scaled_element_twice, edgeml_requantize_twice)

/* y may be an operand that has its shape. */
#define EDGEML_ADD_SCALED(SUFFIX, T, ELEMENT)                                                                           \
  static inline void edgeml_add_scaled_##SUFFIX(const T *a, const T *b, T *y, const edgeml_add_scaled_params *p) {      \
    const int32_t *const inner = p->loops + 3 * (p->depth - 1);                                                         \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                                              \
    int32_t at[2] = {0, 0};                                                                                             \
    do {                                                                                                                \
      const T *pa = a + at[0];                                                                                          \
      const T *pb = b + at[1];                                                                                          \
      int32_t n;                                                                                                        \
      for (n = inner[0]; n > 0; n--, pa += inner[1], pb += inner[2]) *y++ = (T)ELEMENT(*pa, *pb, p);                    \
    } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));                                                     \
  }

EDGEML_ADD_SCALED(s8, int8_t, edgeml_add_scaled_element)
EDGEML_ADD_SCALED(s16, int16_t, edgeml_add_scaled_element_twice)

#endif
