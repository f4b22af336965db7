/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MAT_MUL_S16_H
#define EDGEML_MAT_MUL_S16_H

#include "requantize.h"
#include "requantize_wide.h"

/* Matrix products: where the matrices of each batch begin, and how far apart their rows, columns and summands lie, in elements. */
typedef struct {
  const int32_t *a_first, *b_first;
  int32_t batches, rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step;
  int32_t multiplier, shift;
} edgeml_mat_mul_s16;

static inline void edgeml_mat_mul_s16_run(const int16_t *a, const int16_t *b, int16_t *y, const edgeml_mat_mul_s16 *p) {
  for (int32_t n = 0; n < p->batches; n++)
    for (int32_t row = 0; row < p->rows; row++)
      for (int32_t column = 0; column < p->columns; column++) {
        const int16_t *l = a + p->a_first[n] + row * p->a_row;
        const int16_t *r = b + p->b_first[n] + column * p->b_column;
        int64_t sum = 0;
        for (int32_t k = p->depth; k > 0; k--, l += p->a_step, r += p->b_step) sum += (int32_t)*l * *r;
        *y++ = (int16_t)edgeml_clamp(edgeml_requantize_wide(sum, p->multiplier, p->shift), -32768, 32767);
      }
}

#endif
