/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_RESIZE_F32_H
#define EDGEML_RESIZE_F32_H

#include <stdint.h>

/*
 * Two axes sampled anew: [outer, from_a, between, from_b, inner] becomes [outer, to_a, between, to_b, inner]. Position i of an axis
 * is the sum of its `taps` positions index[i * taps + k] times weight[i * taps + k].
 */
typedef struct {
  int32_t outer;
  int32_t from_a;
  int32_t to_a;
  int32_t between;
  int32_t from_b;
  int32_t to_b;
  int32_t inner;
  int32_t taps_a;
  int32_t taps_b;
  const int32_t *index_a;
  const int32_t *index_b;
  const float *weight_a;
  const float *weight_b;
} edgeml_resize_f32_params;

static inline void edgeml_resize_f32(const float *x, float *y, const edgeml_resize_f32_params *p) {
  const int32_t taps = p->taps_b, inner = p->inner;
  const int32_t line = p->from_b * inner;
  for (int32_t o = 0; o < p->outer; o++, x += p->from_a * p->between * line)
    for (int32_t i = 0; i < p->to_a; i++)
      for (int32_t m = 0; m < p->between; m++)
        for (int32_t j = 0; j < p->to_b; j++, y += inner)
          for (int32_t k = 0; k < p->taps_a * taps; k++) {
            const int32_t a = i * p->taps_a + k / taps, b = j * taps + k % taps;
            const float *from = x + (p->index_a[a] * p->between + m) * line + p->index_b[b] * inner;
            const float weight = p->weight_a[a] * p->weight_b[b];
            if (k == 0) {
              for (int32_t c = 0; c < inner; c++) y[c] = weight * from[c];
            } else {
              for (int32_t c = 0; c < inner; c++) y[c] += weight * from[c];
            }
          }
}

#endif
