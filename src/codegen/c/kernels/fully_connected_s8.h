/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FULLY_CONNECTED_S8_H
#define EDGEML_FULLY_CONNECTED_S8_H

#include "filters_s8.h"
#include "multiply_s8_thumb.h"

/* The k-th input times four weights. */
#define EDGEML_MULTIPLY_ONE(k)     \
  {                                \
    const int32_t v = p[k];        \
    a += v * weights[4 * (k)];     \
    b += v * weights[4 * (k) + 1]; \
    c += v * weights[4 * (k) + 2]; \
    d += v * weights[4 * (k) + 3]; \
  }

/* The filters on one row of `depth` bytes. */
static inline void edgeml_fully_connected_s8(const edgeml_filters_s8 *f, const int8_t *x, int8_t *y) {
  const int8_t *weights = f->weights;
  const int32_t *channel = f->channels;
  for (int32_t left = f->outputs; left > 0; left -= 4) {
#if EDGEML_HAS_MULTIPLY_THUMB
    int32_t sums[4] = {channel[0], channel[4], channel[8], channel[12]};
    weights = edgeml_multiply_thumb(weights, x, f->depth, sums);
#else
    int32_t a = channel[0], b = channel[4], c = channel[8], d = channel[12];
    const int8_t *p = x;
    int32_t k = f->depth;
    for (; k >= 4; k -= 4, p += 4, weights += 16) {
      EDGEML_MULTIPLY_ONE(0)
      EDGEML_MULTIPLY_ONE(1)
      EDGEML_MULTIPLY_ONE(2)
      EDGEML_MULTIPLY_ONE(3)
    }
    for (; k > 0; k--, p++, weights += 4) {
      EDGEML_MULTIPLY_ONE(0)
    }
    const int32_t sums[4] = {a, b, c, d};
#endif
    const int32_t n = left < 4 ? left : 4;
    for (int32_t i = 0; i < n; i++, channel += 4) *y++ = edgeml_finish_s8(f, channel, sums[i]);
  }
}

#undef EDGEML_MULTIPLY_ONE

#endif
