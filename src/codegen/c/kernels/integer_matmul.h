/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_MATMUL_H
#define EDGEML_INTEGER_MATMUL_H

#include "integer_types.h"
#include "loops.h"

/* Matrix products of plain integers, which wrap around. */
typedef struct {
  /* {count, step of a, step of b} over the batches, in elements. */
  const int32_t *loops;
  int32_t depth;
  int32_t rows, columns, inner;
  /* How far apart two rows and two summands of a, two summands and two columns of b are. */
  int32_t a_row, a_inner, b_inner, b_column;
} edgeml_integer_matmul_params;

#define EDGEML_INTEGER_MATMUL(SUFFIX, T, U, BITS)                                                                    \
  static inline void edgeml_matmul_##SUFFIX(const T *a, const T *b, T *y, const edgeml_integer_matmul_params *p) {   \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                                           \
    int32_t at[2] = {0, 0};                                                                                          \
    int32_t row, column, k;                                                                                          \
    do {                                                                                                             \
      for (row = 0; row < p->rows; row++) {                                                                          \
        for (column = 0; column < p->columns; column++) {                                                            \
          const T *l = a + at[0] + row * p->a_row;                                                                   \
          const T *r = b + at[1] + column * p->b_column;                                                             \
          U acc = 0;                                                                                                 \
          for (k = 0; k < p->inner; k++) acc += (U)l[k * p->a_inner] * (U)r[k * p->b_inner];                         \
          *y++ = (T)acc;                                                                                             \
        }                                                                                                            \
      }                                                                                                              \
    } while (edgeml_advance(p->loops, p->depth, 2, index, at));                                                      \
  }

EDGEML_INTEGER_TYPES(EDGEML_INTEGER_MATMUL)

#endif
