#ifndef EDGEML_FILTERS_S8_H
#define EDGEML_FILTERS_S8_H

#include <stdint.h>

#include "high_multiply.h"
#include "requantize.h"

/*
 * A bank of int8 filters, the outputs in blocks of four, the last filled up with zeros:
 * weights [blocks][depth][4], channels [blocks * 4][4]: bias (less the sum of the weights times the zero point of the input),
 * multiplier, offset, shift. Where every shift is to the right, `right` is 1 and offset as edgeml_requantize_right takes it;
 * else it is the zero point of the output.
 */
typedef struct {
  const int8_t *weights;
  const int32_t *channels;
  int32_t depth, outputs;
  int32_t right;
  int32_t min, max;
} edgeml_filters_s8;

/* Bytes of weights and entries of `channels` of a bank: where the next group's begin. */
static inline int32_t edgeml_bank_weights_s8(const edgeml_filters_s8 *f) { return (f->outputs + 3) / 4 * 4 * f->depth; }
static inline int32_t edgeml_bank_channels_s8(const edgeml_filters_s8 *f) { return (f->outputs + 3) / 4 * 16; }

static inline int32_t edgeml_finish_s8(const edgeml_filters_s8 *f, const int32_t *channel, int32_t acc) {
  const int32_t shift = channel[3];
  const int32_t y = f->right ? edgeml_requantize_right(acc, channel[1], channel[2], -shift)
                             : edgeml_requantize(acc, channel[1], shift) + channel[2];
  return edgeml_clamp(y, f->min, f->max);
}

/*
 * Every filter of a bank on two patches of `depth` bytes. y1 may be y0, and x1 x0, where there is one patch only: of each
 * output the first patch's is written last.
 */
#if defined(__GNUC__)
__attribute__((noinline, unused))
#endif
static void edgeml_filters_pair_s8(const edgeml_filters_s8 *f, const int8_t *weights, const int32_t *channel, const int8_t *x0,
                                   const int8_t *x1, int8_t *y0, int8_t *y1) {
  const int32_t depth = f->depth;
  for (int32_t left = f->outputs; left > 0; left -= 4) {
    int32_t a0 = channel[0], b0 = channel[4], c0 = channel[8], d0 = channel[12];
    int32_t a1 = a0, b1 = b0, c1 = c0, d1 = d0;
    const int8_t *p0 = x0, *p1 = x1;
    for (const int8_t *end = x0 + depth; p0 != end; weights += 4) {
      const int32_t v0 = *p0++, v1 = *p1++;
      int32_t w = weights[0];
      a0 += v0 * w;
      a1 += v1 * w;
      w = weights[1];
      b0 += v0 * w;
      b1 += v1 * w;
      w = weights[2];
      c0 += v0 * w;
      c1 += v1 * w;
      w = weights[3];
      d0 += v0 * w;
      d1 += v1 * w;
    }
    const int32_t sums[8] = {a1, a0, b1, b0, c1, c0, d1, d0};
    const int32_t n = left < 4 ? left : 4;
    for (int32_t i = 0; i < n; i++, channel += 4) {
      *y1++ = (int8_t)edgeml_finish_s8(f, channel, sums[2 * i]);
      *y0++ = (int8_t)edgeml_finish_s8(f, channel, sums[2 * i + 1]);
    }
  }
}

#endif
