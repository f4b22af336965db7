/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV1X1_S8_H
#define EDGEML_CONV1X1_S8_H

#include "filters_pair_s8.h"

/* The filters on each of `pixels` rows of `depth` bytes, which follow each other: a pointwise convolution, or a dense layer. */
static inline void edgeml_conv1x1_s8(const edgeml_filters_s8 *f, const int8_t *x, int8_t *y, int32_t pixels) {
  for (; pixels > 1; pixels -= 2, x += 2 * f->depth, y += 2 * f->outputs) {
    edgeml_filters_pair_s8(f, f->weights, f->channels, x, x + f->depth, y, y + f->outputs);
  }
  if (pixels > 0) edgeml_filters_pair_s8(f, f->weights, f->channels, x, x, y, y);
}

#endif
