/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV2D_S8_H
#define EDGEML_CONV2D_S8_H

#include "filters_pair_s8.h"
#include "patch_s8.h"

/* A convolution, two windows at a time. `scratch` holds two patches of `depth` bytes and 3 bytes. */
static inline void edgeml_conv2d_s8(const edgeml_conv_window *w, const edgeml_filters_s8 *f, const int8_t *x, int8_t *y, void *scratch) {
  int8_t *const patches = (int8_t *)scratch;
  const int32_t windows = w->batches * w->out_height * w->out_width;
  const int8_t *const limit = x + w->batches * w->in_height * w->in_width * w->in_channels;
  edgeml_conv_cursor cursor = {x, y + w->y_first, 0, 0};
  for (int32_t left = windows; left > 0; left -= 2) {
    const int32_t second = left > 1 ? 1 : 0;
    edgeml_conv_place places[2];
    for (int32_t j = 0; j <= second; j++) places[j] = edgeml_next_place(w, &cursor);
    const int8_t *weights = f->weights;
    const int32_t *channels = f->channels;
    for (int32_t g = 0; g < w->groups; g++) {
      for (int32_t j = 0; j <= second; j++) edgeml_patch_s8(w, &places[j], g * w->group_channels, limit, patches + j * f->depth);
      const int32_t first = g * f->outputs;
      edgeml_filters_pair_s8(f, weights, channels, patches, patches + second * f->depth, places[0].y + first, places[second].y + first);
      weights += edgeml_bank_weights_s8(f);
      channels += edgeml_bank_channels_s8(f);
    }
  }
}

#endif
