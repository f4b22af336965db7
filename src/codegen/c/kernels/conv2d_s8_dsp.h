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
  const int32_t outputs = w->groups * f->outputs;
  const int32_t row_bytes = w->kernel_width * w->group_channels;
  const int32_t image_row = w->in_width * w->in_channels;
  const int32_t last_top = w->in_height - (w->kernel_height - 1) * w->dilation_height;
  const int32_t last_left = w->in_width - w->kernel_width;
  const int8_t *const limit = x + w->batches * w->in_height * image_row;
  int32_t row = 0, column = 0;
  for (int32_t left = w->batches * w->out_height * w->out_width; left > 0; left -= 2, y += 2 * outputs) {
    const int32_t second = left > 1 ? 1 : 0;
    const int8_t *images[2];
    int32_t tops[2], lefts[2];
    int32_t inside = direct;
    for (int32_t j = 0; j <= second; j++) {
      images[j] = x;
      tops[j] = row * w->stride_height - w->pad_top;
      lefts[j] = column * w->stride_width - w->pad_left;
      if (tops[j] < 0 || tops[j] >= last_top || lefts[j] < 0 || lefts[j] > last_left) inside = 0;
      if (++column < w->out_width) continue;
      column = 0;
      if (++row < w->out_height) continue;
      row = 0;
      x += w->in_height * image_row;
    }
    if (inside) {
      const int8_t *x0 = images[0] + tops[0] * image_row + lefts[0] * w->in_channels;
      const int8_t *x1 = second ? images[1] + tops[1] * image_row + lefts[1] * w->in_channels : x0;
      uint32_t *to = pairs;
      for (int32_t ky = 0; ky < w->kernel_height; ky++) {
        to = edgeml_spread_two(to, x0, x1, row_bytes);
        x0 += w->dilation_height * image_row;
        x1 += w->dilation_height * image_row;
      }
      edgeml_filters_pair_s8_dsp(f, f->stream, pairs, y, second * outputs);
      continue;
    }
    const uint32_t *stream = f->stream;
    for (int32_t g = 0; g < w->groups; g++) {
      for (int32_t j = 0; j <= second; j++)
        edgeml_patch_s8(w, images[j] + g * w->group_channels, limit, tops[j], lefts[j], patches + j * f->depth);
      edgeml_spread_two(pairs, patches, patches + second * f->depth, f->depth);
      stream = edgeml_filters_pair_s8_dsp(f, stream, pairs, y + g * f->outputs, second * outputs);
    }
  }
}

#endif
