/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_TILE_F32_H
#define EDGEML_TILE_F32_H

#include "simd_f32.h"

/* Rows that are computed at once: every weight that is loaded is used so many times. */
#define EDGEML_ROWS 4

/* A stretch of the inputs of four rows of a matrix product, and the part of the filter that it meets. */
typedef struct {
  const float *row[EDGEML_ROWS];
  int32_t tap;
} edgeml_segment_f32;

/* The inputs of four rows: `count` segments of `length` elements, `shift` elements from where the segments say. */
typedef struct {
  const edgeml_segment_f32 *segments;
  int32_t count;
  int32_t length;
  int32_t shift;
  /* Elements of the filter that a tap stands for, per column. */
  int32_t tap_length;
} edgeml_rows_f32;

/* Where four rows go: the first `valid`, `stride` elements apart from y on, clamped where that is asked for. */
typedef struct {
  float *y;
  int32_t stride;
  int32_t valid;
  int32_t clamped;
  float min;
  float max;
} edgeml_target_f32;

/* Two vectors from column `first` of row i on, if the row counts. */
static inline void edgeml_put_wide_f32(const edgeml_target_f32 *t, int32_t i, int32_t first, edgeml_vector a, edgeml_vector b) {
  float *y = t->y + i * t->stride + first;
  if (i >= t->valid) return;
  edgeml_store_f32(y, t->clamped ? edgeml_clamp_lanes_f32(a, t->min, t->max) : a);
  edgeml_store_f32(y + EDGEML_LANES, t->clamped ? edgeml_clamp_lanes_f32(b, t->min, t->max) : b);
}

/* A tile [4][width] of which `columns` count, from column `first` of the rows on; bias may be null. */
static inline void edgeml_put_tile_f32(
    const edgeml_target_f32 *t, const float *tile, int32_t width, int32_t first, int32_t columns, const float *bias) {
  for (int32_t i = 0; i < t->valid; i++) {
    float *y = t->y + i * t->stride + first;
    const float *from = tile + i * width;
    for (int32_t c = 0; c < columns; c++) y[c] = edgeml_clamp_f32(bias ? from[c] + bias[c] : from[c], t->min, t->max);
  }
}

/*
 * Four rows times twice EDGEML_LANES columns, stored from column `first` on. The weights of an element are `step` floats apart from
 * those of the next; those of the second half of the columns lie `second` floats behind the first. bias may be null.
 */
static inline void edgeml_tile_wide_f32(
    const edgeml_rows_f32 *rows, const float *w, int32_t step, int32_t second, const float *bias, const edgeml_target_f32 *t,
    int32_t first) {
  edgeml_vector a0 = {0}, b0 = {0};
  edgeml_vector a1, a2, a3, b1, b2, b3;
  if (bias) {
    a0 = edgeml_load_f32(bias);
    b0 = edgeml_load_f32(bias + EDGEML_LANES);
  }
  a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const float *r0 = s->row[0] + rows->shift, *r1 = s->row[1] + rows->shift;
    const float *r2 = s->row[2] + rows->shift, *r3 = s->row[3] + rows->shift;
    const float *v = w + s->tap * rows->tap_length * step;
    const int32_t length = rows->length;
    for (int32_t k = 0; k < length; k++, v += step) {
      const edgeml_vector p = edgeml_load_f32(v), q = edgeml_load_f32(v + second);
      a0 += r0[k] * p;
      b0 += r0[k] * q;
      a1 += r1[k] * p;
      b1 += r1[k] * q;
      a2 += r2[k] * p;
      b2 += r2[k] * q;
      a3 += r3[k] * p;
      b3 += r3[k] * q;
    }
  }
  edgeml_put_wide_f32(t, 0, first, a0, b0);
  edgeml_put_wide_f32(t, 1, first, a1, b1);
  edgeml_put_wide_f32(t, 2, first, a2, b2);
  edgeml_put_wide_f32(t, 3, first, a3, b3);
}

/* The same with one vector of columns, into out[4][lanes of the type]. */
#define EDGEML_TILE_F32(name, vector)                                                                          \
  static inline void name(const edgeml_rows_f32 *rows, const float *w, int32_t step, float *out) {             \
    vector a0 = {0};                                                                                           \
    vector a1 = a0, a2 = a0, a3 = a0;                                                                          \
    for (int32_t i = 0; i < rows->count; i++) {                                                                \
      const edgeml_segment_f32 *s = rows->segments + i;                                                        \
      const float *r0 = s->row[0] + rows->shift, *r1 = s->row[1] + rows->shift;                                \
      const float *r2 = s->row[2] + rows->shift, *r3 = s->row[3] + rows->shift;                                \
      const float *v = w + s->tap * rows->tap_length * step;                                                   \
      const int32_t length = rows->length;                                                                     \
      for (int32_t k = 0; k < length; k++, v += step) {                                                        \
        vector p;                                                                                              \
        memcpy(&p, v, sizeof p);                                                                               \
        a0 += r0[k] * p;                                                                                       \
        a1 += r1[k] * p;                                                                                       \
        a2 += r2[k] * p;                                                                                       \
        a3 += r3[k] * p;                                                                                       \
      }                                                                                                        \
    }                                                                                                          \
    memcpy(out, &a0, sizeof a0);                                                                               \
    memcpy(out + sizeof a0 / 4, &a1, sizeof a1);                                                               \
    memcpy(out + sizeof a0 / 2, &a2, sizeof a2);                                                               \
    memcpy(out + sizeof a0 / 4 * 3, &a3, sizeof a3);                                                           \
  }

#if EDGEML_LANES > 4
EDGEML_TILE_F32(edgeml_tile_vector_f32, edgeml_vector)
#endif
#if EDGEML_LANES > 1
EDGEML_TILE_F32(edgeml_tile_quad_f32, edgeml_quad)
#endif
EDGEML_TILE_F32(edgeml_tile_column_f32, float)

/*
 * Columns `first` to before `last` of four rows times a packed filter: blocks of 8 columns, the 8 weights of an element side by
 * side, and a block of 4 where the number of columns, rounded up to a multiple of 4, asks for it. `depth` elements per column.
 */
static inline void edgeml_packed_columns_f32(
    const edgeml_rows_f32 *rows, const float *w, int32_t depth, int32_t columns, int32_t first, int32_t last, const float *bias,
    const edgeml_target_f32 *target) {
  const int32_t in_eights = (columns + 3) / 8 * 8;
  float tile[EDGEML_ROWS * 8];
  for (int32_t c = first, width; c < last; c += width) {
    const int32_t step = c < in_eights ? 8 : 4;
    const float *from = c < in_eights ? w + c / 8 * 8 * depth + c % 8 : w + in_eights * depth + (c - in_eights);
    const float *biases = bias ? bias + c : bias;
#if EDGEML_LANES > 4
    if (c + 16 <= columns) {
      width = 16;
      edgeml_tile_wide_f32(rows, from, step, 8 * depth, biases, target, c);
      continue;
    }
#else
    if (c + 2 * EDGEML_LANES <= columns) {
      width = 2 * EDGEML_LANES;
      edgeml_tile_wide_f32(rows, from, step, EDGEML_LANES, biases, target, c);
      continue;
    }
#endif
#if EDGEML_LANES == 1
    width = 1;
    edgeml_tile_column_f32(rows, from, step, tile);
#else
    width = 4;
#if EDGEML_LANES > 4
    if (c < in_eights) {
      width = 8;
      edgeml_tile_vector_f32(rows, from, step, tile);
    } else
#endif
      edgeml_tile_quad_f32(rows, from, step, tile);
#endif
    edgeml_put_tile_f32(target, tile, width, c, width < columns - c ? width : columns - c, biases);
  }
}

#endif
