/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV2D_S16_H
#define EDGEML_CONV2D_S16_H

#include "filters_s16.h"
#include "patch_s8.h"

/*
 * A convolution of int16. Channels of the window count bytes, and so do its y_…: padding is zero, so that patches are copied as
 * bytes. `scratch` holds a patch of `depth` elements and 3 bytes.
 */
static inline void edgeml_conv2d_s16(const edgeml_conv_window *w, const edgeml_filters_s16 *f, const int16_t *x, int16_t *y, void *scratch) {
  const int8_t *const bytes = (const int8_t *)x;
  const int8_t *const limit = bytes + w->batches * w->in_height * w->in_width * w->in_channels;
  edgeml_conv_cursor cursor = {bytes, (int8_t *)y + w->y_first, 0, 0};
  for (int32_t left = w->batches * w->out_height * w->out_width; left > 0; left--) {
    const edgeml_conv_place place = edgeml_next_place(w, &cursor);
    int16_t *const to = (int16_t *)(void *)place.y;
    for (int32_t g = 0; g < w->groups; g++) {
      edgeml_patch_s8(w, &place, g * w->group_channels, limit, (int8_t *)scratch);
      edgeml_filters_row_s16(f, g * f->outputs, (const int16_t *)scratch, to + g * f->outputs);
    }
  }
}

#endif
