#ifndef EDGEML_CONV2D_S8_H
#define EDGEML_CONV2D_S8_H

#include "filters_pair_s8.h"
#include "patch_s8.h"

/* A convolution, two windows at a time. `scratch` holds two patches of `depth` bytes and 3 bytes. */
static inline void edgeml_conv2d_s8(const edgeml_conv_window *w, const edgeml_filters_s8 *f, const int8_t *x, int8_t *y, void *scratch) {
  const int32_t outputs = w->groups * f->outputs;
  const int32_t pixels = w->batches * w->out_height * w->out_width;
  const int8_t *const limit = x + w->batches * w->in_height * w->in_width * w->in_channels;
  int8_t *const patches = (int8_t *)scratch;
  int32_t row = 0, column = 0;
  for (int32_t i = 0; i < pixels; i += 2) {
    const int32_t n = pixels - i < 2 ? 1 : 2;
    const int8_t *images[2];
    int32_t tops[2], lefts[2];
    for (int32_t j = 0; j < n; j++) {
      images[j] = x;
      tops[j] = row * w->stride_height - w->pad_top;
      lefts[j] = column * w->stride_width - w->pad_left;
      if (++column < w->out_width) continue;
      column = 0;
      if (++row < w->out_height) continue;
      row = 0;
      x += w->in_height * w->in_width * w->in_channels;
    }
    const int8_t *weights = f->weights;
    const int32_t *channels = f->channels;
    for (int32_t g = 0; g < w->groups; g++) {
      for (int32_t j = 0; j < n; j++)
        edgeml_patch_s8(w, images[j] + g * w->group_channels, limit, tops[j], lefts[j], patches + j * f->depth);
      int8_t *to = y + g * f->outputs;
      edgeml_filters_pair_s8(f, weights, channels, patches, patches + (n - 1) * f->depth, to, to + (n - 1) * outputs);
      weights += edgeml_bank_weights_s8(f);
      channels += edgeml_bank_channels_s8(f);
    }
    y += n * outputs;
  }
}

#endif
