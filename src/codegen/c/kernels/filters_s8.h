/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_S8_H
#define EDGEML_FILTERS_S8_H

#include <stdint.h>

#include "high_multiply.h"
#include "requantize.h"

/*
 * A bank of int8 filters, the outputs in blocks of four, the last filled up with zeros:
 * weights [blocks][depth][4], channels [blocks * 4][4]: bias (less the sum of the weights times the zero point of the input),
 * multiplier, offset, shift. Where every shift is to the right, `right` is 1, offset and shift are as edgeml_requantize_right
 * takes them; else they are the zero point of the output and the shift as edgeml_requantize takes it.
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

/* A sum as an output. */
static inline int8_t edgeml_finish_s8(const edgeml_filters_s8 *f, const int32_t *channel, int32_t sum) {
  const int32_t y = f->right ? edgeml_requantize_right(sum, channel[1], channel[2], channel[3])
                             : edgeml_requantize(sum, channel[1], channel[3]) + channel[2];
  return (int8_t)edgeml_clamp(y, f->min, f->max);
}

#endif
