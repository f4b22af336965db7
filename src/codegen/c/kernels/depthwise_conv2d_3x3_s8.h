/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_3X3_S8_H
#define EDGEML_DEPTHWISE_CONV2D_3X3_S8_H

#include <string.h>

#include "high_multiply.h"
#include "requantize.h"

/*
 * Depthwise 3x3 without dilation: one channel at a time is copied out of the image into a plane, with the zero point around it
 * as far as windows reach. The output may lie on the input, pixel on pixel. A plane is made of lines, along the rows of the
 * image or along its columns: outputs are worked out by four along a line at a stride of 1. Lengths are of padded axes.
 */
typedef struct {
  int32_t count, size;       /* outputs; elements of the image that windows reach */
  int32_t stride, pad;
  int32_t step, out_step;    /* bytes from an element to the next, in the image and in the output */
} edgeml_depthwise_axis;

typedef struct {
  edgeml_depthwise_axis along, across;
  int32_t length;            /* of a line */
  int32_t plane;             /* bytes of the plane */
  int32_t batches, image, out_image;
  int32_t channels, depth;   /* output channel c * depth + k filters channel c */
  int32_t zero_point;
  int32_t right;             /* whether every shift is to the right: filters are doubled, offset as edgeml_requantize_right takes it */
  int32_t out_zero_point;
  int32_t clamps;            /* whether min and max leave less than int8 */
  int32_t min, max;
  const int8_t *weights;     /* [channels * depth][3 across][3 along] */
  const int32_t *filters;    /* [channels * depth][4]: bias (with the zero point of the input), multiplier, offset, shift */
} edgeml_depthwise_conv2d_3x3_s8;

/* Adds three lines of taps to `count` sums, 4 or 1; of four each element is read once for all it is part of. */
static inline void edgeml_depthwise_lines_s8(const int8_t *x, int32_t length, const int32_t *w, int32_t count, int32_t *sums) {
  const int32_t *const end = w + 9;
  int32_t a = sums[0], b = a, c = a, d = a;
  if (count == 1) {
    for (; w != end; w += 3, x += length) a += x[0] * w[0] + x[1] * w[1] + x[2] * w[2];
    sums[0] = a;
    return;
  }
  for (; w != end; w += 3, x += length) {
    const int32_t w0 = w[0], w1 = w[1], w2 = w[2];
    int32_t v = x[0];
    a += v * w0;
    v = x[1];
    a += v * w1;
    b += v * w0;
    v = x[2];
    a += v * w2;
    b += v * w1;
    c += v * w0;
    v = x[3];
    b += v * w2;
    c += v * w1;
    d += v * w0;
    v = x[4];
    c += v * w2;
    d += v * w1;
    d += x[5] * w2;
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

/* A filter on a plane. */
static inline void edgeml_depthwise_plane_s8(const int8_t *plane, int8_t *y, const int8_t *w, const int32_t *filter,
                                             const edgeml_depthwise_conv2d_3x3_s8 *p) {
  const int32_t multiplier = filter[1], offset = filter[2], shift = filter[3];
  const int32_t right = p->right;
  const int32_t unit = right ? 2 : 1;
  const int32_t bias = filter[0] * unit;
  const int32_t step = p->along.out_step;
  int32_t taps[9], sums[4];
  int32_t i, line;
  for (i = 0; i < 9; i++) taps[i] = w[i] * unit;
  for (line = 0; line < p->across.count; line++, plane += p->across.stride * p->length, y += p->across.out_step) {
    const int8_t *x = plane;
    int8_t *to = y;
    int32_t left = p->along.count;
    while (left > 0) {
      const int32_t count = left >= 4 && p->along.stride == 1 ? 4 : 1;
      sums[0] = bias;
      edgeml_depthwise_lines_s8(x, p->length, taps, count, sums);
      x += count * p->along.stride;
      left -= count;
      for (i = 0; i < count; i++, to += step) {
        const int32_t v = right ? edgeml_requantize_doubled(sums[i], multiplier, offset, -shift)
                                : edgeml_requantize(sums[i], multiplier, shift) + p->out_zero_point;
        *to = (int8_t)edgeml_clamp(v, INT8_MIN, INT8_MAX);
      }
    }
  }
}

/* For activations that leave less than int8: cuts a channel of the output. */
static inline void edgeml_depthwise_cut_s8(int8_t *y, const edgeml_depthwise_conv2d_3x3_s8 *p) {
  int32_t i, line;
  for (line = 0; line < p->across.count; line++, y += p->across.out_step) {
    int8_t *to = y;
    for (i = 0; i < p->along.count; i++, to += p->along.out_step) *to = (int8_t)edgeml_clamp(*to, p->min, p->max);
  }
}

/* `memory` is the plane. */
static inline void edgeml_depthwise_conv2d_3x3_s8_run(const int8_t *x, int8_t *y, void *memory,
                                                      const edgeml_depthwise_conv2d_3x3_s8 *p) {
  int8_t *const plane = (int8_t *)memory;
  int32_t n, c, k, i, line;
  memset(plane, p->zero_point, (size_t)p->plane);
  for (n = 0; n < p->batches; n++, x += p->image, y += p->out_image) {
    const int8_t *w = p->weights;
    const int32_t *filter = p->filters;
    for (c = 0; c < p->channels; c++) {
      int8_t *first = plane + p->across.pad * p->length + p->along.pad;
      for (line = 0; line < p->across.size; line++, first += p->length) {
        const int8_t *from = x + c + line * p->across.step;
        for (i = 0; i < p->along.size; i++, from += p->along.step) first[i] = *from;
      }
      for (k = c * p->depth; k < (c + 1) * p->depth; k++, w += 9, filter += 4) {
        edgeml_depthwise_plane_s8(plane, y + k, w, filter, p);
        if (p->clamps) edgeml_depthwise_cut_s8(y + k, p);
      }
    }
  }
}

#endif
