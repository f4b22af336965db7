/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_CUMULATE_H
#define EDGEML_INTEGER_CUMULATE_H

#include "integer_types.h"

/* Rows of `length` elements that lie `inner` apart. */
typedef struct {
  int32_t outer, length, inner;
  /* 1: without the element itself; 1: from the end. */
  int32_t exclusive, reverse;
} edgeml_cumulate_params;

/* x and y may be one. */
#define EDGEML_CUMULATE(NAME, T, U, START, OPERATOR)                                            \
  static inline void NAME(const T *x, T *y, const edgeml_cumulate_params *p) {                  \
    const int32_t step = p->reverse ? -p->inner : p->inner;                                     \
    int32_t o, j, i;                                                                            \
    for (o = 0; o < p->outer; o++) {                                                            \
      for (j = 0; j < p->inner; j++) {                                                          \
        int32_t at = (o * p->length + (p->reverse ? p->length - 1 : 0)) * p->inner + j;         \
        U acc = START;                                                                          \
        for (i = 0; i < p->length; i++, at += step) {                                           \
            const U v = (U)x[at];                                                               \
            const U next = acc OPERATOR v;                                                      \
          y[at] = (T)(p->exclusive ? acc : next);                                               \
          acc = next;                                                                           \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }

#define EDGEML_CUMULATIONS(SUFFIX, T, U, BITS)                   \
  EDGEML_CUMULATE(edgeml_cum_sum_##SUFFIX, T, U, 0, +)           \
  EDGEML_CUMULATE(edgeml_cum_prod_##SUFFIX, T, U, 1, *)

EDGEML_INTEGER_TYPES(EDGEML_CUMULATIONS)

#endif
