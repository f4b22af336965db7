/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MUL_SCALED_H
#define EDGEML_MUL_SCALED_H

#include "loops.h"
#include "requantize.h"

/* The product of two operands on grids of their own. */
typedef struct {
  const int32_t *loops; /* {count, step of a, step of b} in elements, outermost first */
  int32_t depth;
  int32_t a_zero_point, b_zero_point;
  int32_t out_zero_point, multiplier, shift;
  int32_t min, max;
} edgeml_mul_scaled_params;

/*
 * y may be an operand that has its shape. int16 is rounded twice whatever is asked for: XNNPACK, which rounding once follows,
 * has no int16.
 */
#define EDGEML_MUL_SCALED(SUFFIX, T, REQUANTIZE)                                                                    \
  static inline void edgeml_mul_scaled_##SUFFIX(const T *a, const T *b, T *y, const edgeml_mul_scaled_params *p) {  \
    const int32_t *const inner = p->loops + 3 * (p->depth - 1);                                                     \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                                          \
    int32_t at[2] = {0, 0};                                                                                         \
    do {                                                                                                            \
      const T *pa = a + at[0];                                                                                      \
      const T *pb = b + at[1];                                                                                      \
      int32_t n;                                                                                                    \
      for (n = inner[0]; n > 0; n--, pa += inner[1], pb += inner[2]) {                                              \
        const int32_t product = (*pa - p->a_zero_point) * (*pb - p->b_zero_point);                                  \
        const int32_t scaled = REQUANTIZE(product, p->multiplier, p->shift);                                        \
        *y++ = (T)edgeml_clamp(scaled + p->out_zero_point, p->min, p->max);                                         \
      }                                                                                                             \
    } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));                                                 \
  }

EDGEML_MUL_SCALED(s8, int8_t, edgeml_requantize)
EDGEML_MUL_SCALED(s16, int16_t, edgeml_requantize_twice)

#endif
