/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MAT_MUL_S8_H
#define EDGEML_MAT_MUL_S8_H

#include "requantize.h"

/* Matrix products: where the matrices of each batch begin, and how far apart their rows, columns and summands lie, in elements. */
typedef struct {
  const int32_t *a_first, *b_first;
  int32_t batches, rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step;
  int32_t a_zero, b_zero, y_zero;
  int32_t multiplier, shift;
} edgeml_mat_mul_s8;

static inline void edgeml_mat_mul_s8_run(const int8_t *a, const int8_t *b, int8_t *y, const edgeml_mat_mul_s8 *p) {
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t row = 0; row < p->rows; row++)
      for (int32_t column = 0; column < p->columns; column++) {
        const int8_t *l = a + p->a_first[n] + row * p->a_row;
        const int8_t *r = b + p->b_first[n] + column * p->b_column;
        int32_t sum = 0;
        for (int32_t k = p->depth; k > 0; k--, l += p->a_step, r += p->b_step) sum += (*l - p->a_zero) * (*r - p->b_zero);
        *y++ = (int8_t)edgeml_clamp(edgeml_requantize(sum, p->multiplier, p->shift) + p->y_zero, -128, 127);
      }
}

#endif
