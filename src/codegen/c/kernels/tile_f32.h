#ifndef EDGEML_TILE_F32_H
#define EDGEML_TILE_F32_H

#include "simd_f32.h"

/* A stretch of the inputs of four neighbouring outputs, and the part of the filter that it meets. */
typedef struct {
  int32_t tap;
  /* Elements from x; below 0 the stretch lies in the padding. */
  int32_t row[EDGEML_ROWS];
} edgeml_segment_f32;

/* The inputs of four rows of a matrix product: `count` segments of `length` elements. */
typedef struct {
  const float *x;
  /* `length` zeros, where a row lies in the padding. */
  const float *zeros;
  const edgeml_segment_f32 *segments;
  int32_t count;
  int32_t length;
  /* Elements of the filter that a tap stands for, per column. */
  int32_t tap_length;
} edgeml_rows_f32;

static inline const float *edgeml_row_f32(const edgeml_rows_f32 *rows, const edgeml_segment_f32 *s, int32_t i) {
  return s->row[i] < 0 ? rows->zeros : rows->x + s->row[i];
}

/*
 * Four rows times twice EDGEML_LANES columns: out[4][2 * EDGEML_LANES]. The weights of an element are `step` floats apart from
 * those of the next; those of the second half of the columns lie `second` floats behind the first.
 */
static inline void edgeml_tile_wide_f32(const edgeml_rows_f32 *rows, const float *w, int32_t step, int32_t second, float *out) {
  edgeml_vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const float *r0 = edgeml_row_f32(rows, s, 0), *r1 = edgeml_row_f32(rows, s, 1);
    const float *r2 = edgeml_row_f32(rows, s, 2), *r3 = edgeml_row_f32(rows, s, 3);
    const float *v = w + s->tap * rows->tap_length * step;
    for (int32_t k = 0; k < rows->length; k++, v += step) {
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
  edgeml_store_f32(out, a0);
  edgeml_store_f32(out + EDGEML_LANES, b0);
  edgeml_store_f32(out + 2 * EDGEML_LANES, a1);
  edgeml_store_f32(out + 3 * EDGEML_LANES, b1);
  edgeml_store_f32(out + 4 * EDGEML_LANES, a2);
  edgeml_store_f32(out + 5 * EDGEML_LANES, b2);
  edgeml_store_f32(out + 6 * EDGEML_LANES, a3);
  edgeml_store_f32(out + 7 * EDGEML_LANES, b3);
}

/* The same with one vector of columns: out[4][lanes of the type]. */
#define EDGEML_TILE_F32(name, vector)                                                                          \
  static inline void name(const edgeml_rows_f32 *rows, const float *w, int32_t step, float *out) {             \
    vector a[EDGEML_ROWS] = {{0}};                                                                             \
    vector a0 = a[0], a1 = a[0], a2 = a[0], a3 = a[0];                                                         \
    for (int32_t i = 0; i < rows->count; i++) {                                                                \
      const edgeml_segment_f32 *s = rows->segments + i;                                                        \
      const float *r0 = edgeml_row_f32(rows, s, 0), *r1 = edgeml_row_f32(rows, s, 1);                          \
      const float *r2 = edgeml_row_f32(rows, s, 2), *r3 = edgeml_row_f32(rows, s, 3);                          \
      const float *v = w + s->tap * rows->tap_length * step;                                                   \
      for (int32_t k = 0; k < rows->length; k++, v += step) {                                                  \
        vector p;                                                                                              \
        memcpy(&p, v, sizeof p);                                                                               \
        a0 += r0[k] * p;                                                                                       \
        a1 += r1[k] * p;                                                                                       \
        a2 += r2[k] * p;                                                                                       \
        a3 += r3[k] * p;                                                                                       \
      }                                                                                                        \
    }                                                                                                          \
    a[0] = a0, a[1] = a1, a[2] = a2, a[3] = a3;                                                                \
    memcpy(out, a, sizeof a);                                                                                  \
  }

#if EDGEML_LANES > 4
EDGEML_TILE_F32(edgeml_tile_vector_f32, edgeml_vector)
#endif
#if EDGEML_LANES > 1
EDGEML_TILE_F32(edgeml_tile_quad_f32, edgeml_quad)
#endif

/* The same for one column: out[4]. */
static inline void edgeml_tile_column_f32(const edgeml_rows_f32 *rows, const float *w, int32_t step, float *out) {
  float a0 = 0.0f, a1 = 0.0f, a2 = 0.0f, a3 = 0.0f;
  for (int32_t i = 0; i < rows->count; i++) {
    const edgeml_segment_f32 *s = rows->segments + i;
    const float *r0 = edgeml_row_f32(rows, s, 0), *r1 = edgeml_row_f32(rows, s, 1);
    const float *r2 = edgeml_row_f32(rows, s, 2), *r3 = edgeml_row_f32(rows, s, 3);
    const float *v = w + s->tap * rows->tap_length * step;
    for (int32_t k = 0; k < rows->length; k++, v += step) {
      a0 += r0[k] * *v;
      a1 += r1[k] * *v;
      a2 += r2[k] * *v;
      a3 += r3[k] * *v;
    }
  }
  out[0] = a0, out[1] = a1, out[2] = a2, out[3] = a3;
}

/* Where a tile goes: the first `valid` rows, each at its offset from y, and `columns` of its columns, biased and clamped. */
typedef struct {
  float *y;
  int32_t at[EDGEML_ROWS];
  int32_t valid;
  float min;
  float max;
} edgeml_target_f32;

static inline void edgeml_put_tile_f32(
    const edgeml_target_f32 *t, const float *tile, int32_t width, int32_t first, int32_t columns, const float *bias) {
  for (int32_t i = 0; i < t->valid; i++) {
    float *y = t->y + t->at[i] + first;
    const float *from = tile + i * width;
    for (int32_t c = 0; c < columns; c++) y[c] = edgeml_clamp_f32(bias ? from[c] + bias[c] : from[c], t->min, t->max);
  }
}

/*
 * Columns `first` to before `last` of four rows times a packed filter: blocks of 8 columns, the 8 weights of an element side by
 * side, and a block of 4 where the number of columns, rounded up to a multiple of 4, asks for it. `depth` elements per column.
 */
static inline void edgeml_packed_columns_f32(
    const edgeml_rows_f32 *rows, const float *w, int32_t depth, int32_t columns, int32_t first, int32_t last, const float *bias,
    const edgeml_target_f32 *target) {
  const int32_t in_eights = (columns + 3) / 8 * 8;
  float tile[EDGEML_ROWS * 2 * EDGEML_LANES < 16 ? 16 : EDGEML_ROWS * 2 * EDGEML_LANES];
  for (int32_t c = first, width; c < last; c += width) {
    const int32_t step = c < in_eights ? 8 : 4;
    const float *from = c < in_eights ? w + c / 8 * 8 * depth + c % 8 : w + in_eights * depth + (c - in_eights);
#if EDGEML_LANES == 1
    width = 2;
    edgeml_tile_wide_f32(rows, from, step, 1, tile);
#else
    if (c + 2 * EDGEML_LANES <= in_eights) {
      width = 2 * EDGEML_LANES;
      edgeml_tile_wide_f32(rows, from, step, EDGEML_LANES == 4 ? 4 : 8 * depth, tile);
#if EDGEML_LANES > 4
    } else if (c + EDGEML_LANES <= in_eights) {
      width = EDGEML_LANES;
      edgeml_tile_vector_f32(rows, from, step, tile);
#endif
    } else {
      width = 4;
      edgeml_tile_quad_f32(rows, from, step, tile);
    }
#endif
    edgeml_put_tile_f32(target, tile, width, c, width < columns - c ? width : columns - c, bias ? bias + c : bias);
  }
}

#endif
