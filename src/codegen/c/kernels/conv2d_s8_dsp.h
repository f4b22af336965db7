/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CONV2D_S8_DSP_H
#define EDGEML_CONV2D_S8_DSP_H

#include "filters_pair_s8_dsp.h"
#include "patch_s8.h"

/*
 * edgeml_conv2d_s8; `scratch` holds 16 * quads bytes and two patches of `depth` bytes and 3 bytes. Windows within the image whose rows are
 * whole words (`direct`: of the convolution) are taken from where they lie.
 */
static inline void edgeml_conv2d_s8_dsp(const edgeml_conv_window *w, const edgeml_filters_s8_dsp *f, const int8_t *x, int8_t *y,
                                        void *scratch, int32_t direct) {
  uint32_t *const pairs = (uint32_t *)scratch;
  int8_t *const patches = (int8_t *)(pairs + 4 * f->quads);
  const int32_t row_bytes = w->kernel_width * w->group_channels;
  const int32_t image_row = w->in_width * w->in_channels;
  const int32_t last_top = w->in_height - 1 - (w->kernel_height - 1) * w->dilation_height;
  const int32_t last_left = w->in_width - w->kernel_width;
  const int8_t *const limit = x + w->batches * w->in_height * image_row;
  edgeml_conv_cursor cursor = {x, y + w->y_first, 0, 0};
  for (int32_t left = w->batches * w->out_height * w->out_width; left > 0; left -= 2) {
    const int32_t second = left > 1 ? 1 : 0;
    edgeml_conv_place places[2];
    int32_t inside = direct;
    for (int32_t j = 0; j <= second; j++) {
      const edgeml_conv_place place = edgeml_next_place(w, &cursor);
      if (place.top < 0 || place.top > last_top || place.left < 0 || place.left > last_left) inside = 0;
      places[j] = place;
    }
    const int32_t stride = second ? (int32_t)(places[1].y - places[0].y) : 0;
    if (inside) {
      const int8_t *x0 = places[0].image + places[0].top * image_row + places[0].left * w->in_channels;
      const int8_t *x1 = places[second].image + places[second].top * image_row + places[second].left * w->in_channels;
      uint32_t *to = pairs;
      for (int32_t ky = w->kernel_height; ky > 0; ky--) {
        to = edgeml_spread_two(to, x0, x1, row_bytes);
        x0 += w->dilation_height * image_row;
        x1 += w->dilation_height * image_row;
      }
      edgeml_filters_pair_s8_dsp(f, f->stream, pairs, places[0].y, stride);
      continue;
    }
    const uint32_t *stream = f->stream;
    for (int32_t g = 0; g < w->groups; g++) {
      for (int32_t j = 0; j <= second; j++) edgeml_patch_s8(w, &places[j], g * w->group_channels, limit, patches + j * f->depth);
      edgeml_spread_two(pairs, patches, patches + second * f->depth, f->depth);
      stream = edgeml_filters_pair_s8_dsp(f, stream, pairs, places[0].y + g * f->outputs, stride);
    }
  }
}

#endif
