/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_RESCALE_H
#define EDGEML_RESCALE_H

#include "requantize.h"

/*
 * From one grid to another, with a slope of its own below zero: changes of scale, and in int16 Relu, Clip, LeakyRelu and Abs.
 * In place where both types have one size.
 */
typedef struct {
  int32_t input_zero, output_zero;
  /* For x at or above its zero point, and for x below. */
  int32_t multiplier, shift;
  int32_t negative_multiplier, negative_shift;
  int32_t min, max;
} edgeml_rescale_params;

static inline int32_t edgeml_rescale(int32_t value, const edgeml_rescale_params *p) {
  const int32_t x = (int32_t)((uint32_t)value - (uint32_t)p->input_zero);
  const int32_t scaled =
      x < 0 ? edgeml_requantize_twice(x, p->negative_multiplier, p->negative_shift) : edgeml_requantize_twice(x, p->multiplier, p->shift);
  return edgeml_clamp((int32_t)((uint32_t)scaled + (uint32_t)p->output_zero), p->min, p->max);
}

#define EDGEML_RESCALE(SUFFIX, FROM, TO)                                                                              \
  static inline void edgeml_rescale_##SUFFIX(const FROM *x, TO *y, int32_t count, const edgeml_rescale_params *p) {   \
    int32_t i;                                                                                                        \
    for (i = 0; i < count; i++) y[i] = (TO)edgeml_rescale(x[i], p);                                                   \
  }

EDGEML_RESCALE(s16, int16_t, int16_t)
EDGEML_RESCALE(s8_s16, int8_t, int16_t)
EDGEML_RESCALE(s16_s8, int16_t, int8_t)
EDGEML_RESCALE(s8_s32, int8_t, int32_t)
EDGEML_RESCALE(s16_s32, int16_t, int32_t)
EDGEML_RESCALE(s32_s8, int32_t, int8_t)
EDGEML_RESCALE(s32_s16, int32_t, int16_t)

#endif
