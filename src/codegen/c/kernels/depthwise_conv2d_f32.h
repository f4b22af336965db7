/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_F32_H
#define EDGEML_DEPTHWISE_CONV2D_F32_H

#include "window_f32.h"

/* Two vectors of channels from c on at four outputs. */
static inline void edgeml_depthwise_wide_f32(
    const edgeml_rows_f32 *rows, const float *w, const float *bias, int32_t c, int32_t channels, const edgeml_target_f32 *t) {
  edgeml_vector a0 = {0}, b0 = {0};
  edgeml_vector a1, a2, a3, b1, b2, b3;
  if (bias) {
    a0 = edgeml_load_f32(bias + c);
    b0 = edgeml_load_f32(bias + c + EDGEML_LANES);
  }
  a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const float *r0 = s->row[0] + c, *r1 = s->row[1] + c, *r2 = s->row[2] + c, *r3 = s->row[3] + c;
    const float *v = w + s->tap * channels + c;
    const edgeml_vector p = edgeml_load_f32(v), q = edgeml_load_f32(v + EDGEML_LANES);
    a0 += edgeml_load_f32(r0) * p;
    b0 += edgeml_load_f32(r0 + EDGEML_LANES) * q;
    a1 += edgeml_load_f32(r1) * p;
    b1 += edgeml_load_f32(r1 + EDGEML_LANES) * q;
    a2 += edgeml_load_f32(r2) * p;
    b2 += edgeml_load_f32(r2 + EDGEML_LANES) * q;
    a3 += edgeml_load_f32(r3) * p;
    b3 += edgeml_load_f32(r3 + EDGEML_LANES) * q;
  }
  edgeml_put_wide_f32(t, 0, c, a0, b0);
  edgeml_put_wide_f32(t, 1, c, a1, b1);
  edgeml_put_wide_f32(t, 2, c, a2, b2);
  edgeml_put_wide_f32(t, 3, c, a3, b3);
}

/* One vector of channels, or a single channel, at four outputs: out[4][lanes of the type]. */
#define EDGEML_DEPTHWISE_F32(name, vector)                                                                           \
  static inline void name(const edgeml_rows_f32 *rows, const float *w, int32_t c, int32_t channels, float *out) {    \
    for (int32_t r = 0; r < EDGEML_ROWS; r++) {                                                                      \
      vector sum = {0};                                                                                              \
      for (int32_t i = 0; i < rows->count; i++) {                                                                    \
        vector x, v;                                                                                                 \
        memcpy(&x, rows->segments[i].row[r] + c, sizeof x);                                                          \
        memcpy(&v, w + rows->segments[i].tap * channels + c, sizeof v);                                              \
        sum += x * v;                                                                                                \
      }                                                                                                              \
      memcpy(out + r * (int32_t)(sizeof sum / sizeof(float)), &sum, sizeof sum);                                     \
    }                                                                                                                \
  }

EDGEML_DEPTHWISE_F32(edgeml_depthwise_vector_f32, edgeml_vector)
#if EDGEML_LANES > 1
EDGEML_DEPTHWISE_F32(edgeml_depthwise_channel_f32, float)
#endif

/* The channels that are left from c on: fewer than two vectors of them. */
static inline void edgeml_depthwise_rest_f32(
    const edgeml_rows_f32 *rows, const float *w, const float *bias, int32_t c, int32_t channels, const edgeml_target_f32 *t) {
  float tile[EDGEML_ROWS * EDGEML_LANES];
  if (c + EDGEML_LANES <= channels) {
    edgeml_depthwise_vector_f32(rows, w, c, channels, tile);
    edgeml_put_tile_f32(t, tile, EDGEML_LANES, c, EDGEML_LANES, bias ? bias + c : bias);
    c += EDGEML_LANES;
  }
#if EDGEML_LANES > 1
  for (; c < channels; c++) {
    edgeml_depthwise_channel_f32(rows, w, c, channels, tile);
    edgeml_put_tile_f32(t, tile, 1, c, 1, bias ? bias + c : bias);
  }
#endif
}

/*
 * Every channel filtered by itself, + bias (may be null), clamped. w is [kernel_height, kernel_width, channels].
 * scratch: as of edgeml_conv2d_f32.
 */
static inline void edgeml_depthwise_conv2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t channels = p->in_channels;
  const int32_t wide = 2 * EDGEML_LANES;
  const int32_t whole = channels / wide * wide;
  const float *zeros = edgeml_window_zeros_f32(p, scratch);
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  edgeml_rows_f32 rows;
  edgeml_target_f32 target;
  edgeml_start_window_f32(p, &rows, &target);
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t ox = 0; ox < p->out_width; ox += EDGEML_ROWS) {
        edgeml_see_window_f32(x, zeros, p, n, oy, ox, 0, segments, &rows);
        edgeml_window_target_f32(y, p, n, oy, ox, &target);
        for (int32_t c = 0; c < whole; c += wide) edgeml_depthwise_wide_f32(&rows, w, bias, c, channels, &target);
        if (whole < channels) edgeml_depthwise_rest_f32(&rows, w, bias, whole, channels, &target);
      }
}

/* The same with int8 weights that stand for scale * (q - zero_point). scratch: as above (`scratch_used`), then the weights in floats. */
static inline void edgeml_depthwise_conv2d_f32_w8(
    const float *x, const int8_t *q, const float *scale, const int32_t *zero_point, const float *bias, float *y,
    const edgeml_window_f32 *p, uint8_t *scratch, int32_t scratch_used) {
  float *w = (float *)(void *)(scratch + scratch_used);
  for (int32_t k = 0; k < p->kernel_height * p->kernel_width; k++)
    for (int32_t c = 0; c < p->in_channels; c++) {
      const int32_t i = k * p->in_channels + c;
      w[i] = scale[c] * (float)(q[i] - zero_point[c]);
    }
  edgeml_depthwise_conv2d_f32(x, w, bias, y, p, scratch);
}

#endif
