#ifndef EDGEML_FULLY_CONNECTED_S8_H
#define EDGEML_FULLY_CONNECTED_S8_H

#include "filters_s8.h"

/* The filters on one row of `depth` bytes. */
static inline void edgeml_fully_connected_s8(const edgeml_filters_s8 *f, const int8_t *x, int8_t *y) {
  const int8_t *weights = f->weights;
  const int32_t *channel = f->channels;
  for (int32_t left = f->outputs; left > 0; left -= 4) {
    int32_t a = channel[0], b = channel[4], c = channel[8], d = channel[12];
    for (const int8_t *p = x, *end = x + f->depth; p != end; weights += 4) {
      const int32_t v = *p++;
      a += v * weights[0];
      b += v * weights[1];
      c += v * weights[2];
      d += v * weights[3];
    }
    const int32_t sums[4] = {a, b, c, d};
    const int32_t n = left < 4 ? left : 4;
    for (int32_t i = 0; i < n; i++, channel += 4) *y++ = (int8_t)edgeml_finish_s8(f, channel, sums[i]);
  }
}

#endif
