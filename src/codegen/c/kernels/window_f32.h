/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_WINDOW_F32_H
#define EDGEML_WINDOW_F32_H

#include "tile_f32.h"

/* A window over [batches, in_height, in_width, in_channels] that makes [batches, out_height, out_width, out_channels]. */
typedef struct {
  int32_t batches;
  int32_t in_height;
  int32_t in_width;
  int32_t in_channels;
  int32_t out_height;
  int32_t out_width;
  int32_t out_channels;
  int32_t groups;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  /* A pass over the output per 16 filters: for filters that no cache holds. */
  int32_t filters_first;
  int32_t clamped;
  float min;
  float max;
} edgeml_window_f32;

/* Scratch memory of a window: segments, then a zero per input channel for what lies in the padding. */
static inline float *edgeml_window_zeros_f32(const edgeml_window_f32 *p, void *scratch) {
  edgeml_segment_f32 *segments = (edgeml_segment_f32 *)scratch;
  float *zeros = (float *)(void *)(segments + p->kernel_height * p->kernel_width);
  for (int32_t i = 0; i < p->in_channels; i++) zeros[i] = 0.0f;
  return zeros;
}

static inline void edgeml_start_window_f32(const edgeml_window_f32 *p, edgeml_rows_f32 *rows, edgeml_target_f32 *target) {
  rows->tap_length = p->in_channels / p->groups;
  rows->shift = 0;
  target->clamped = p->clamped;
  target->min = p->min;
  target->max = p->max;
}

/*
 * What the windows of the outputs (oy, ox) to (oy, ox + 3) of batch n see: into rows->count segments at `segments`. Where all of
 * them lie inside, a row of a filter without groups and gaps is one segment, if `joined`.
 */
static inline void edgeml_see_window_f32(
    const float *x, const float *zeros, const edgeml_window_f32 *p, int32_t n, int32_t oy, int32_t ox, int32_t joined,
    edgeml_segment_f32 *segments, edgeml_rows_f32 *rows) {
  const int32_t top = oy * p->stride_height - p->pad_top;
  const int32_t left = ox * p->stride_width - p->pad_left;
  const int32_t behind = p->out_width - 1 - ox;
  const int32_t most = behind < EDGEML_ROWS - 1 ? behind : EDGEML_ROWS - 1;
  const int32_t right = left + most * p->stride_width + (p->kernel_width - 1) * p->dilation_width;
  const int32_t inside = left >= 0 && right < p->in_width;
  const int32_t whole = joined && inside && p->dilation_width == 1;
  const int32_t columns = whole ? 1 : p->kernel_width;
  edgeml_segment_f32 *s = segments;
  for (int32_t ky = 0; ky < p->kernel_height; ky++) {
    const int32_t iy = top + ky * p->dilation_height;
    const float *line;
    if (iy < 0 || iy >= p->in_height) continue;
    line = x + (n * p->in_height + iy) * p->in_width * p->in_channels;
    for (int32_t kx = 0; kx < columns; kx++, s++) {
      const int32_t first = left + kx * p->dilation_width;
      s->tap = ky * p->kernel_width + kx;
      for (int32_t i = 0; i < EDGEML_ROWS; i++) {
        const int32_t ix = first + (i < most ? i : most) * p->stride_width;
        s->row[i] = inside || (ix >= 0 && ix < p->in_width) ? line + ix * p->in_channels : zeros;
      }
    }
  }
  rows->segments = segments;
  rows->count = (int32_t)(s - segments);
  rows->length = (whole ? p->kernel_width : 1) * rows->tap_length;
}

/* Where the outputs (oy, ox) to (oy, ox + 3) of batch n lie. */
static inline void edgeml_window_target_f32(
    float *y, const edgeml_window_f32 *p, int32_t n, int32_t oy, int32_t ox, edgeml_target_f32 *target) {
  const int32_t left = p->out_width - ox;
  target->y = y + ((n * p->out_height + oy) * p->out_width + ox) * p->out_channels;
  target->stride = p->out_channels;
  target->valid = left < EDGEML_ROWS ? left : EDGEML_ROWS;
}

#endif
