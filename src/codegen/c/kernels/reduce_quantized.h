/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_REDUCE_QUANTIZED_H
#define EDGEML_REDUCE_QUANTIZED_H

#include "loops.h"
#include "requantize.h"
#include "requantize_wide.h"

/* One result for every round of the outer loops, folded over the inner ones; both are {count, step in x in elements}. */
typedef struct {
  const int32_t *outer;
  int32_t outer_depth;
  /* At least one loop. */
  const int32_t *inner;
  int32_t inner_depth;
  /* Less the zero point, as often as there are elements. */
  int32_t bias;
  int32_t input_zero, output_zero;
  int32_t multiplier, shift;
} edgeml_quantized_reduce_params;

/* Sums and means: the multiplier of a mean has the number of elements in it. */
#define EDGEML_QUANTIZED_SUM(NAME, T, MIN, MAX, REQUANTIZE)                                                             \
  static inline void NAME(const T *x, T *y, const edgeml_quantized_reduce_params *p) {                                  \
    const int32_t *const last = p->inner + 2 * (p->inner_depth - 1);                                                    \
    const int32_t count = last[0], step = last[1];                                                                      \
    int32_t outer[EDGEML_MAX_LOOPS] = {0};                                                                              \
    int32_t first = 0;                                                                                                  \
    do {                                                                                                                \
      int32_t inner[EDGEML_MAX_LOOPS] = {0};                                                                            \
      int32_t at = first, acc = p->bias, i;                                                                             \
      do {                                                                                                              \
        const T *from = x + at;                                                                                         \
        for (i = 0; i < count; i++, from += step) acc += *from;                                                         \
      } while (edgeml_advance(p->inner, p->inner_depth - 1, 1, inner, &at));                                            \
      acc = REQUANTIZE(acc, p->multiplier, p->shift) + p->output_zero;                                                  \
      *y++ = (T)edgeml_clamp(acc, MIN, MAX);                                                                            \
    } while (edgeml_advance(p->outer, p->outer_depth, 1, outer, &first));                                               \
  }

EDGEML_QUANTIZED_SUM(edgeml_quantized_sum_s8, int8_t, INT8_MIN, INT8_MAX, edgeml_requantize)
EDGEML_QUANTIZED_SUM(edgeml_quantized_sum_s16, int16_t, INT16_MIN, INT16_MAX, edgeml_requantize)
/* A mean of int16 is never rounded once. */
EDGEML_QUANTIZED_SUM(edgeml_quantized_mean_s16, int16_t, INT16_MIN, INT16_MAX, edgeml_requantize_twice)

/* Products: every factor after the first is scaled on its own, so that nothing overflows, and the result once more. */
#define EDGEML_QUANTIZED_PROD(SUFFIX, T, MIN, MAX)                                                                      \
  static inline void edgeml_quantized_prod_##SUFFIX(const T *x, T *y, const edgeml_quantized_reduce_params *p) {        \
    int32_t outer[EDGEML_MAX_LOOPS] = {0};                                                                              \
    int32_t first = 0;                                                                                                  \
    do {                                                                                                                \
      int32_t inner[EDGEML_MAX_LOOPS] = {0};                                                                            \
      int32_t at = first;                                                                                               \
      int32_t acc = x[at] - p->input_zero;                                                                              \
      while (edgeml_advance(p->inner, p->inner_depth, 1, inner, &at)) {                                                 \
        acc = edgeml_requantize_wide((int64_t)acc * (x[at] - p->input_zero), p->multiplier, p->shift);                  \
      }                                                                                                                 \
      acc = edgeml_requantize_wide(acc, p->multiplier, p->shift);                                                       \
      acc = edgeml_clamp(acc, -(1 << 30), 1 << 30) + p->output_zero;                                                    \
      *y++ = (T)edgeml_clamp(acc, MIN, MAX);                                                                            \
    } while (edgeml_advance(p->outer, p->outer_depth, 1, outer, &first));                                               \
  }

EDGEML_QUANTIZED_PROD(s8, int8_t, INT8_MIN, INT8_MAX)
EDGEML_QUANTIZED_PROD(s16, int16_t, INT16_MIN, INT16_MAX)

#endif
