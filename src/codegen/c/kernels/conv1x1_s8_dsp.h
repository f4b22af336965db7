/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV1X1_S8_DSP_H
#define EDGEML_CONV1X1_S8_DSP_H

#include "filters_pair_s8_dsp.h"

/* edgeml_conv1x1_s8; `scratch` holds 16 * quads bytes. Two rows are read before their outputs are written. */
static inline void edgeml_conv1x1_s8_dsp(const edgeml_filters_s8_dsp *f, const int8_t *x, int8_t *y, int32_t pixels, void *scratch) {
  uint32_t *const pairs = (uint32_t *)scratch;
  for (; pixels > 0; pixels -= 2, x += 2 * f->depth, y += 2 * f->outputs) {
    const int32_t second = pixels > 1 ? 1 : 0;
    edgeml_spread_two(pairs, x, x + second * f->depth, f->depth);
    edgeml_filters_pair_s8_dsp(f, f->stream, pairs, y, second * f->outputs);
  }
}

#endif
