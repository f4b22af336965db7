/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FULLY_CONNECTED_S8_MVE_H
#define EDGEML_FULLY_CONNECTED_S8_MVE_H

#include "filters_s8_mve.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

static inline void edgeml_block_one_mve(const edgeml_filters_s8_mve *f, const uint32_t *stream, const int8_t *x, int8_t *y,
                                        int32_t outputs) {
  const int32_t *const bias = (const int32_t *)stream;
  int32_t a = bias[0], b = bias[1], c = bias[2], d = bias[3];
  const int8_t *w = (const int8_t *)(stream + 4);
  for (int32_t n = f->chunks; n > 0; n--, x += 16, w += 64) {
    const int8x16_t v = vldrbq_s8(x);
    a = vmladavaq_s8(a, v, vldrbq_s8(w));
    b = vmladavaq_s8(b, v, vldrbq_s8(w + 16));
    c = vmladavaq_s8(c, v, vldrbq_s8(w + 32));
    d = vmladavaq_s8(d, v, vldrbq_s8(w + 48));
  }
  const int32_t *const scale = (const int32_t *)(const void *)w;
  const int32_t sums[4] = {a, b, c, d};
#ifdef EDGEML_SINGLE_ROUNDING
  int32x4_t v = vqdmulhq_s32(vldrwq_s32(sums), vldrwq_s32(scale));
#else
  int32x4_t v = vqrdmulhq_s32(vldrwq_s32(sums), vldrwq_s32(scale));
  v = vaddq_s32(v, vshrq_n_s32(v, 31));
#endif
  v = vshlq_s32(vaddq_s32(v, vldrwq_s32(scale + 4)), vldrwq_s32(scale + 8));
  v = vminq_s32(vmaxq_s32(v, vdupq_n_s32(f->min)), vdupq_n_s32(f->max));
  vstrbq_p_s32(y, v, vctp32q((uint32_t)outputs));
}

/*
 * edgeml_fully_connected_s8. Where depth is no multiple of 16, the row is copied to `scratch`, which holds 16 * chunks bytes.
 */
static inline void edgeml_fully_connected_s8_mve(const edgeml_filters_s8_mve *f, const int8_t *x, int8_t *y, void *scratch) {
  if (f->depth % 16 != 0) {
    memcpy(scratch, x, (size_t)f->depth);
    x = (const int8_t *)scratch;
  }
  const uint32_t *stream = f->stream;
  for (int32_t left = f->outputs; left > 0; left -= 4, y += 4, stream += edgeml_block_words_mve(f))
    edgeml_block_one_mve(f, stream, x, y, left);
}
#else
static inline void edgeml_fully_connected_s8_mve(const edgeml_filters_s8_mve *f, const int8_t *x, int8_t *y, void *scratch) {
  if (f->depth % 16 != 0) {
    memcpy(scratch, x, (size_t)f->depth);
    x = (const int8_t *)scratch;
  }
  edgeml_filters_pair_s8_mve(f, f->stream, x, x, y, y);
}
#endif

#endif
