/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_COMPARE_QUANTIZED_H
#define EDGEML_COMPARE_QUANTIZED_H

#include "loops.h"
#include "requantize.h"

/*
 * Integers on grids of their own compared as the reals that they stand for, in steps of 1/256 as TensorFlow Lite does: reals that
 * are closer than that may count as equal.
 */
typedef struct {
  /* {count, step of a, step of b} in elements, outermost first. */
  const int32_t *loops;
  int32_t depth;
  int32_t a_zero, a_multiplier, a_shift;
  int32_t b_zero, b_multiplier, b_shift;
  /* What counts as true: 1 for less, 2 for equal, 4 for greater, and their sums. */
  int32_t relation;
} edgeml_compare_params;

static inline uint8_t edgeml_compare(int32_t a, int32_t b, const edgeml_compare_params *p) {
  const int32_t x = edgeml_requantize_twice((a - p->a_zero) * 256, p->a_multiplier, p->a_shift);
  const int32_t y = edgeml_requantize_twice((b - p->b_zero) * 256, p->b_multiplier, p->b_shift);
  return (uint8_t)((p->relation >> (x < y ? 0 : x == y ? 1 : 2)) & 1);
}

#define EDGEML_COMPARE(SUFFIX, T)                                                                                    \
  static inline void edgeml_compare_##SUFFIX(const T *a, const T *b, uint8_t *y, const edgeml_compare_params *p) {   \
    const int32_t *const inner = p->loops + 3 * (p->depth - 1);                                                      \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                                           \
    int32_t at[2] = {0, 0};                                                                                          \
    int32_t i;                                                                                                       \
    do {                                                                                                             \
      for (i = 0; i < inner[0]; i++) {                                                                               \
        *y++ = edgeml_compare(a[at[0] + i * inner[1]], b[at[1] + i * inner[2]], p);                                  \
      }                                                                                                              \
    } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));                                                  \
  }

EDGEML_COMPARE(s8, int8_t)
EDGEML_COMPARE(s16, int16_t)

#endif
