#ifndef EDGEML_DEPTHWISE_CONV2D_F32_H
#define EDGEML_DEPTHWISE_CONV2D_F32_H

#include "window_f32.h"

/* One vector of channels from c on at four outputs. */
static inline void edgeml_depthwise_tile_f32(
    const edgeml_rows_f32 *rows, const float *w, const float *bias, int32_t c, int32_t channels, const edgeml_target_f32 *t) {
  edgeml_vector a0 = {0}, a1, a2, a3;
  float *y = t->y + c;
  if (bias) a0 = edgeml_load_f32(bias + c);
  a1 = a0, a2 = a0, a3 = a0;
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const edgeml_vector v = edgeml_load_f32(w + s->tap * channels + c);
    a0 += edgeml_load_f32(s->row[0] + c) * v;
    a1 += edgeml_load_f32(s->row[1] + c) * v;
    a2 += edgeml_load_f32(s->row[2] + c) * v;
    a3 += edgeml_load_f32(s->row[3] + c) * v;
  }
  edgeml_put_lanes_f32(t, y, a0);
  if (t->valid > 1) edgeml_put_lanes_f32(t, y + t->stride, a1);
  if (t->valid > 2) edgeml_put_lanes_f32(t, y + 2 * t->stride, a2);
  if (t->valid > 3) edgeml_put_lanes_f32(t, y + 3 * t->stride, a3);
}

/* One channel at four outputs: out[4]. */
static inline void edgeml_depthwise_channel_f32(const edgeml_rows_f32 *rows, const float *w, int32_t c, int32_t channels, float *out) {
  for (int32_t r = 0; r < EDGEML_ROWS; r++) {
    float sum = 0.0f;
    for (int32_t i = 0; i < rows->count; i++) sum += rows->segments[i].row[r][c] * w[rows->segments[i].tap * channels + c];
    out[r] = sum;
  }
}

/*
 * Every channel filtered by itself, + bias (may be null), clamped. w is [kernel_height, kernel_width, channels].
 * scratch: as of edgeml_conv2d_f32.
 */
static inline void edgeml_depthwise_conv2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t channels = p->in_channels;
  const int32_t whole = channels / EDGEML_LANES * EDGEML_LANES;
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
        for (int32_t c = 0; c < whole; c += EDGEML_LANES) edgeml_depthwise_tile_f32(&rows, w, bias, c, channels, &target);
        for (int32_t c = whole; c < channels; c++) {
          float tile[EDGEML_ROWS];
          edgeml_depthwise_channel_f32(&rows, w, c, channels, tile);
          edgeml_put_tile_f32(&target, tile, 1, c, 1, bias ? bias + c : bias);
        }
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
