/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MATMUL_F32_H
#define EDGEML_MATMUL_F32_H

#include "tile_f32.h"

typedef struct {
  /* Products of matrices; where their operands begin, in elements. */
  int32_t batches;
  const int32_t *a_offset;
  const int32_t *b_offset;
  int32_t rows;
  int32_t depth;
  int32_t columns;
  /* Whether a is [depth, rows], b [columns, depth]. */
  int32_t transpose_a;
  int32_t transpose_b;
} edgeml_matmul_f32_params;

static inline void edgeml_transpose_matrix_f32(const float *from, float *to, int32_t rows, int32_t columns) {
  for (int32_t r = 0; r < rows; r++)
    for (int32_t c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
}

/* y [rows, columns] = a [rows, depth] * b [depth, columns]. */
static inline void edgeml_matrix_product_f32(const float *a, const float *b, float *y, int32_t rows, int32_t depth, int32_t columns) {
  edgeml_segment_f32 segment = {{0}, 0};
  edgeml_rows_f32 in = {0};
  edgeml_target_f32 target = {0};
  float tile[EDGEML_ROWS * 4];
  in.segments = &segment;
  in.count = 1;
  in.length = depth;
  target.stride = columns;
  target.min = -INFINITY;
  target.max = INFINITY;
  for (int32_t r = 0; r < rows; r += EDGEML_ROWS) {
    target.y = y + r * columns;
    target.valid = rows - r < EDGEML_ROWS ? rows - r : EDGEML_ROWS;
    for (int32_t i = 0; i < EDGEML_ROWS; i++) segment.row[i] = a + (r + (i < target.valid ? i : target.valid - 1)) * depth;
    for (int32_t c = 0, width; c < columns; c += width) {
      if (c + 2 * EDGEML_LANES <= columns) {
        width = 2 * EDGEML_LANES;
        edgeml_tile_wide_f32(&in, b + c, columns, EDGEML_LANES, 0, &target, c);
        continue;
      }
#if EDGEML_LANES > 1
      if (c + 4 <= columns) {
        width = 4;
        edgeml_tile_quad_f32(&in, b + c, columns, tile);
      } else
#endif
      {
        width = 1;
        edgeml_tile_column_f32(&in, b + c, columns, tile);
      }
      edgeml_put_tile_f32(&target, tile, width, c, width, 0);
    }
  }
}

/* Batches of matrix products. scratch: rows * depth floats where a is transposed, then depth * columns where b is. */
static inline void edgeml_matmul_f32(const float *a, const float *b, float *y, const edgeml_matmul_f32_params *p, void *scratch) {
  float *turned_a = (float *)scratch;
  float *turned_b = turned_a + (p->transpose_a ? p->rows * p->depth : 0);
  for (int32_t n = 0; n < p->batches; n++) {
    const float *left = a + p->a_offset[n];
    const float *right = b + p->b_offset[n];
    if (p->transpose_a) {
      edgeml_transpose_matrix_f32(left, turned_a, p->depth, p->rows);
      left = turned_a;
    }
    if (p->transpose_b) {
      edgeml_transpose_matrix_f32(right, turned_b, p->columns, p->depth);
      right = turned_b;
    }
    edgeml_matrix_product_f32(left, right, y + n * p->rows * p->columns, p->rows, p->depth, p->columns);
  }
}

#endif
