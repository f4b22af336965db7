/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_REDUCE_F32_H
#define EDGEML_REDUCE_F32_H

#include <math.h>
#include <stdint.h>

/* A tensor as nested axes, the innermost last, and how far the result goes per step of each: 0 along those that are folded. */
typedef struct {
  int32_t in_size;
  int32_t out_size;
  /* The innermost axis: whether it is folded, else the result goes along. */
  int32_t row;
  int32_t folds_row;
  int32_t rank;
  int32_t length[8];
  int32_t step[8];
  /* Elements that are folded into each of the result. */
  float count;
} edgeml_reduce_f32;

/*
 * Folds: `element` of each x, brought together by `join` of acc and e from `start` on, and at last `finish` of acc.
 * Rows that are folded go in eight strands and stretches of 1024, which keeps sums of many elements accurate.
 */
#define EDGEML_REDUCE_F32(name, start, element, join, finish)                                                     \
  static inline float edgeml_##name##_row_f32(const float *from, int32_t n) {                                     \
    float total = start;                                                                                          \
    for (int32_t done = 0; done < n; done += 1024) {                                                              \
      const int32_t end = n - done < 1024 ? n : done + 1024;                                                      \
      float strand[8] = {start, start, start, start, start, start, start, start};                                 \
      const int32_t whole = done + (end - done) / 8 * 8;                                                          \
      for (int32_t i = done; i < whole; i += 8)                                                                   \
        for (int32_t k = 0; k < 8; k++) {                                                                         \
          const float x = from[i + k], e = element, acc = strand[k];                                              \
          strand[k] = join;                                                                                       \
        }                                                                                                         \
      for (int32_t i = whole; i < end; i++) {                                                                     \
        const float x = from[i], e = element, acc = strand[0];                                                    \
        strand[0] = join;                                                                                         \
      }                                                                                                           \
      for (int32_t k = 0; k < 8; k++) {                                                                           \
        const float e = strand[k], acc = total;                                                                   \
        total = join;                                                                                             \
      }                                                                                                           \
    }                                                                                                             \
    return total;                                                                                                 \
  }                                                                                                               \
  static inline void edgeml_##name##_f32(const float *from, float *to, const edgeml_reduce_f32 *p) {              \
    int32_t index[8] = {0};                                                                                       \
    int32_t at = 0;                                                                                               \
    const float n = p->count;                                                                                     \
    (void)n;                                                                                                      \
    for (int32_t i = 0; i < p->out_size; i++) to[i] = start;                                                      \
    for (int32_t done = 0; done < p->in_size; done += p->row, from += p->row) {                                   \
      if (p->folds_row) {                                                                                         \
        const float e = edgeml_##name##_row_f32(from, p->row), acc = to[at];                                      \
        to[at] = join;                                                                                            \
      } else {                                                                                                    \
        for (int32_t i = 0; i < p->row; i++) {                                                                    \
          const float x = from[i], e = element, acc = to[at + i];                                                 \
          to[at + i] = join;                                                                                      \
        }                                                                                                         \
      }                                                                                                           \
      for (int32_t axis = p->rank - 1; axis >= 0; axis--) {                                                       \
        at += p->step[axis];                                                                                      \
        if (++index[axis] < p->length[axis]) break;                                                               \
        at -= p->step[axis] * p->length[axis];                                                                    \
        index[axis] = 0;                                                                                          \
      }                                                                                                           \
    }                                                                                                             \
    for (int32_t i = 0; i < p->out_size; i++) {                                                                   \
      const float acc = to[i];                                                                                    \
      to[i] = finish;                                                                                             \
    }                                                                                                             \
  }

EDGEML_REDUCE_F32(reduce_sum, 0.0f, x, acc + e, acc)
EDGEML_REDUCE_F32(reduce_mean, 0.0f, x, acc + e, acc / n)
EDGEML_REDUCE_F32(reduce_prod, 1.0f, x, acc * e, acc)
EDGEML_REDUCE_F32(reduce_max, -INFINITY, x, (((e > acc) | (e != e)) ? e : acc), acc)
EDGEML_REDUCE_F32(reduce_min, INFINITY, x, (((e < acc) | (e != e)) ? e : acc), acc)
EDGEML_REDUCE_F32(reduce_l1, 0.0f, fabsf(x), acc + e, acc)
EDGEML_REDUCE_F32(reduce_l2, 0.0f, x * x, acc + e, sqrtf(acc))
EDGEML_REDUCE_F32(reduce_sum_square, 0.0f, x * x, acc + e, acc)
EDGEML_REDUCE_F32(reduce_log_sum, 0.0f, x, acc + e, logf(acc))

#endif
