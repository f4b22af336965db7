/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_REDUCE_H
#define EDGEML_INTEGER_REDUCE_H

#include "integer_types.h"
#include "loops.h"

/* One result for every round of the outer loops, folded over the inner ones; both are {count, step in x in elements}. */
typedef struct {
  const int32_t *outer;
  int32_t outer_depth;
  const int32_t *inner;
  int32_t inner_depth;
  /* Elements of a fold. */
  int32_t count;
} edgeml_reduce_params;

/* `acc` begins as START, takes in each element v by STEP, and ends as RESULT; A is its type. */
#define EDGEML_REDUCE(NAME, T, A, START, STEP, RESULT)                                   \
  static inline void NAME(const T *x, T *y, const edgeml_reduce_params *p) {             \
    int32_t outer[EDGEML_MAX_LOOPS] = {0};                                               \
    int32_t first = 0;                                                                   \
    do {                                                                                 \
      int32_t inner[EDGEML_MAX_LOOPS] = {0};                                             \
      int32_t at = first;                                                                \
      A acc = START;                                                                     \
      do {                                                                               \
        const T v = x[at];                                                               \
        STEP;                                                                            \
      } while (edgeml_advance(p->inner, p->inner_depth, 1, inner, &at));                 \
      *y++ = (T)(RESULT);                                                                \
    } while (edgeml_advance(p->outer, p->outer_depth, 1, outer, &first));                \
  }

/* Sums and products wrap around in 64 bits, of which the type's low bits are the result. */
#define EDGEML_REDUCES(SUFFIX, T, U, BITS)                                                                      \
  EDGEML_REDUCE(edgeml_reduce_sum_##SUFFIX, T, uint64_t, 0, acc += (uint64_t)v, acc)                            \
  EDGEML_REDUCE(edgeml_reduce_prod_##SUFFIX, T, uint64_t, 1, acc *= (uint64_t)v, acc)                           \
  EDGEML_REDUCE(edgeml_reduce_sum_square_##SUFFIX, T, uint64_t, 0, acc += (uint64_t)v * (uint64_t)v, acc)       \
  EDGEML_REDUCE(edgeml_reduce_l1_##SUFFIX, T, uint64_t, 0,                                                      \
                acc += v != 0 && v < (T)1 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v, acc)                       \
  EDGEML_REDUCE(edgeml_reduce_max_##SUFFIX, T, T, x[at], acc = v > acc ? v : acc, acc)                              \
  EDGEML_REDUCE(edgeml_reduce_min_##SUFFIX, T, T, x[at], acc = v < acc ? v : acc, acc)

/* Truncated towards 0, in the type W. */
#define EDGEML_MEAN(SUFFIX, T, W) \
  EDGEML_REDUCE(edgeml_reduce_mean_##SUFFIX, T, uint64_t, 0, acc += (uint64_t)v, (W)acc / (W)p->count)

EDGEML_INTEGER_TYPES(EDGEML_REDUCES)
#define EDGEML_SIGNED_MEAN(SUFFIX, T, U, BITS) EDGEML_MEAN(SUFFIX, T, int64_t)
#define EDGEML_UNSIGNED_MEAN(SUFFIX, T, U, BITS) EDGEML_MEAN(SUFFIX, T, uint64_t)
EDGEML_SIGNED_TYPES(EDGEML_SIGNED_MEAN)
EDGEML_UNSIGNED_TYPES(EDGEML_UNSIGNED_MEAN)

#endif
