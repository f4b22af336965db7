/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FULLY_CONNECTED_S16_H
#define EDGEML_FULLY_CONNECTED_S16_H

#include "filters_s16.h"

/* The filters on each of `rows` rows of `depth` elements: a dense layer or a pointwise convolution. */
static inline void edgeml_fully_connected_s16(const edgeml_filters_s16 *f, const int16_t *x, int16_t *y, int32_t rows) {
  for (; rows > 0; rows--, x += f->depth, y += f->outputs) edgeml_filters_row_s16(f, 0, x, y);
}

#endif
