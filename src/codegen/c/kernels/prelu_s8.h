/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_PRELU_S8_H
#define EDGEML_PRELU_S8_H

#include "loops.h"
#include "requantize.h"

/* x where it is not negative, x * slope elsewhere; in place if wanted. */
typedef struct {
  /* {count, step of the slope} in elements, outermost first; x and y are read and written front to back. */
  const int32_t *loops;
  int32_t depth;
  int32_t input_zero, slope_zero, output_zero;
  int32_t multiplier, shift;
  int32_t negative_multiplier, negative_shift;
} edgeml_prelu_s8_params;

static inline void edgeml_prelu_s8(const int8_t *x, const int8_t *slope, int8_t *y, const edgeml_prelu_s8_params *p) {
  const int32_t *const inner = p->loops + 2 * (p->depth - 1);
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  int32_t at = 0, i;
  do {
    for (i = 0; i < inner[0]; i++) {
      const int32_t v = *x++ - p->input_zero;
      const int32_t scaled = v >= 0 ? edgeml_requantize_twice(v, p->multiplier, p->shift)
                                    : edgeml_requantize_twice(v * (slope[at + i * inner[1]] - p->slope_zero), p->negative_multiplier,
                                                        p->negative_shift);
      *y++ = (int8_t)edgeml_clamp(scaled + p->output_zero, INT8_MIN, INT8_MAX);
    }
  } while (edgeml_advance(p->loops, p->depth - 1, 1, index, &at));
}

#endif
