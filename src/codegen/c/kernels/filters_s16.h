/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_S16_H
#define EDGEML_FILTERS_S16_H

#include "requantize.h"
#include "requantize_wide.h"

/*
 * A bank of filters on int16: weights [outputs][depth], bias [outputs], scales [outputs][2]: the multiplier rounded to 15 bits, and
 * its shift.
 */
typedef struct {
  const int8_t *weights;
  const int64_t *bias;
  const int32_t *scales;
  int32_t depth, outputs;
  int32_t min, max;
} edgeml_filters_s16;

/* Products of int16 and int8 whose sum stays within 32 bits. */
#define EDGEML_RUN_S16 511

/* Every filter of the bank that begins with output `first` on a row, two filters at a time. */
static inline void edgeml_filters_row_s16(const edgeml_filters_s16 *f, int32_t first, const int16_t *x, int16_t *y) {
  const int8_t *w0 = f->weights + first * f->depth;
  const int64_t *bias = f->bias + first;
  const int32_t *scale = f->scales + 2 * first;
  for (int32_t left = f->outputs; left > 0; left -= 2) {
    const int32_t second = left > 1 ? 1 : 0;
    const int8_t *w1 = w0 + second * f->depth;
    const int8_t *const next = w1 + f->depth;
    int64_t sums[2] = {bias[0], bias[second]};
    const int16_t *p = x;
    for (int32_t rest = f->depth; rest > 0; rest -= EDGEML_RUN_S16) {
      int32_t a = 0, b = 0;
      for (int32_t k = rest < EDGEML_RUN_S16 ? rest : EDGEML_RUN_S16; k > 0; k--) {
        const int32_t v = *p++;
        a += v * *w0++;
        b += v * *w1++;
      }
      sums[0] += a;
      sums[1] += b;
    }
    for (int32_t i = 0; i <= second; i++, scale += 2)
      *y++ = (int16_t)edgeml_clamp(edgeml_requantize_wide(sums[i], scale[0], scale[1]), f->min, f->max);
    bias += 2;
    w0 = next;
  }
}

#endif
