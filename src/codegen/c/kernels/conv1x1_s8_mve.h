/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV1X1_S8_MVE_H
#define EDGEML_CONV1X1_S8_MVE_H

#include "filters_s8_mve.h"

/*
 * edgeml_conv1x1_s8. Where depth is no multiple of 16, rows are copied to `scratch`, which holds 32 * chunks bytes, so that
 * nothing is read beyond the input; else it is not used.
 */
static inline void edgeml_conv1x1_s8_mve(const edgeml_filters_s8_mve *f, const int8_t *x, int8_t *y, int32_t pixels, void *scratch) {
  int8_t *const copy = (int8_t *)scratch;
  for (; pixels > 0; pixels -= 2, x += 2 * f->depth, y += 2 * f->outputs) {
    const int32_t second = pixels > 1 ? 1 : 0;
    const int8_t *x0 = x;
    const int8_t *x1 = x + second * f->depth;
    if (f->depth % 16 != 0) {
      memcpy(copy, x0, (size_t)f->depth);
      memcpy(copy + 16 * f->chunks, x1, (size_t)f->depth);
      x0 = copy;
      x1 = copy + 16 * f->chunks;
    }
    edgeml_filters_pair_s8_mve(f, f->stream, x0, x1, y, y + second * f->outputs);
  }
}

#endif
