#ifndef EDGEML_DEPTHWISE_CONV2D_F32_H
#define EDGEML_DEPTHWISE_CONV2D_F32_H

#include "window_f32.h"

/* One vector of channels at four outputs: out[4][EDGEML_LANES]. */
static inline void edgeml_depthwise_tile_f32(const edgeml_rows_f32 *rows, const float *w, int32_t c, int32_t channels, float *out) {
  edgeml_vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const edgeml_vector v = edgeml_load_f32(w + s->tap * channels + c);
    a0 += edgeml_load_f32(edgeml_row_f32(rows, s, 0) + c) * v;
    a1 += edgeml_load_f32(edgeml_row_f32(rows, s, 1) + c) * v;
    a2 += edgeml_load_f32(edgeml_row_f32(rows, s, 2) + c) * v;
    a3 += edgeml_load_f32(edgeml_row_f32(rows, s, 3) + c) * v;
  }
  edgeml_store_f32(out, a0);
  edgeml_store_f32(out + EDGEML_LANES, a1);
  edgeml_store_f32(out + 2 * EDGEML_LANES, a2);
  edgeml_store_f32(out + 3 * EDGEML_LANES, a3);
}

/* One channel at four outputs: out[4]. */
static inline void edgeml_depthwise_channel_f32(const edgeml_rows_f32 *rows, const float *w, int32_t c, int32_t channels, float *out) {
  for (int32_t r = 0; r < EDGEML_ROWS; r++) {
    float sum = 0.0f;
    for (int32_t i = 0; i < rows->count; i++) {
      const edgeml_segment_f32 *s = rows->segments + i;
      sum += edgeml_row_f32(rows, s, r)[c] * w[s->tap * channels + c];
    }
    out[r] = sum;
  }
}

/*
 * Every channel filtered by itself, + bias (may be null), clamped. w is [kernel_height, kernel_width, channels].
 * scratch: 20 bytes per element of the window, then a float per channel.
 */
static inline void edgeml_depthwise_conv2d_f32(
    const float *x, const float *w, const float *bias, float *y, const edgeml_window_f32 *p, void *scratch) {
  const int32_t channels = p->in_channels;
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  edgeml_rows_f32 rows = {0};
  edgeml_target_f32 target = {0};
  float tile[EDGEML_ROWS * EDGEML_LANES];
  rows.x = x;
  rows.zeros = edgeml_window_zeros_f32(p, scratch, channels);
  rows.tap_length = channels;
  target.y = y;
  target.min = p->min;
  target.max = p->max;
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t oy = 0; oy < p->out_height; oy++)
      for (int32_t ox = 0; ox < p->out_width; ox += EDGEML_ROWS) {
        int32_t c = 0;
        edgeml_see_window_f32(p, n, oy, ox, 0, segments, &rows);
        edgeml_window_target_f32(p, n, oy, ox, &target);
        for (; c + EDGEML_LANES <= channels; c += EDGEML_LANES) {
          edgeml_depthwise_tile_f32(&rows, w, c, channels, tile);
          edgeml_put_tile_f32(&target, tile, EDGEML_LANES, c, EDGEML_LANES, bias ? bias + c : bias);
        }
        for (; c < channels; c++) {
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
