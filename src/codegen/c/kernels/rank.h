/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_RANK_H
#define EDGEML_RANK_H

#include <stdint.h>

/* ArgMax, ArgMin and TopK: rows of `length` elements that lie `inner` apart, `outer` times `inner` of them. */
typedef struct {
  int32_t outer, length, inner;
  /* Results of a row (TopK). */
  int32_t k;
  /* Bytes of an index that is written: 4 or 8. */
  int32_t width;
  /* 1: of equal elements the last one counts (ArgMax, ArgMin). */
  int32_t last;
} edgeml_rank_params;

static inline void edgeml_write_index(void *y, int32_t i, int32_t value, int32_t width) {
  if (width == 8) {
    ((int64_t *)y)[i] = value;
  } else {
    ((int32_t *)y)[i] = value;
  }
}

/* `a BETTER b` says that a comes before b. */
#define EDGEML_ARG(NAME, SUFFIX, T, BETTER)                                                                        \
  static inline void edgeml_##NAME##_##SUFFIX(const T *x, void *y, const edgeml_rank_params *p) {                  \
    int32_t o, j, i, to = 0;                                                                                       \
    for (o = 0; o < p->outer; o++, x += p->length * p->inner) {                                                    \
      for (j = 0; j < p->inner; j++) {                                                                             \
        int32_t best = 0;                                                                                          \
        T champion = x[j];                                                                                         \
        for (i = 1; i < p->length; i++) {                                                                          \
          const T v = x[j + i * p->inner];                                                                         \
          if (v BETTER champion || (p->last && v == champion)) {                                                   \
            champion = v;                                                                                          \
            best = i;                                                                                              \
          }                                                                                                        \
        }                                                                                                          \
        edgeml_write_index(y, to++, best, p->width);                                                               \
      }                                                                                                            \
    }                                                                                                              \
  }

/* The results are kept in order while the row is read; of equal elements the first stays in front. */
#define EDGEML_TOP(NAME, SUFFIX, T, BETTER)                                                                        \
  static inline void edgeml_##NAME##_##SUFFIX(const T *x, T *values, void *indices, const edgeml_rank_params *p) { \
    int32_t o, j, i;                                                                                               \
    for (o = 0; o < p->outer; o++, x += p->length * p->inner) {                                                    \
      for (j = 0; j < p->inner; j++) {                                                                             \
        const int32_t first = o * p->k * p->inner + j;                                                             \
        int32_t found = 0;                                                                                         \
        for (i = 0; i < p->length; i++) {                                                                          \
          const T v = x[j + i * p->inner];                                                                         \
          int32_t at = found;                                                                                      \
          if (found == p->k && !(found > 0 && v BETTER values[first + (found - 1) * p->inner])) continue;          \
          if (found < p->k) {                                                                                      \
            found++;                                                                                               \
          } else {                                                                                                 \
            at--;                                                                                                  \
          }                                                                                                        \
          for (; at > 0 && v BETTER values[first + (at - 1) * p->inner]; at--) {                                   \
            const int32_t to = first + at * p->inner;                                                              \
            values[to] = values[to - p->inner];                                                                    \
            edgeml_write_index(indices, to, edgeml_read_index(indices, to - p->inner, p->width), p->width);        \
          }                                                                                                        \
          values[first + at * p->inner] = v;                                                                       \
          edgeml_write_index(indices, first + at * p->inner, i, p->width);                                         \
        }                                                                                                          \
      }                                                                                                            \
    }                                                                                                              \
  }

static inline int32_t edgeml_read_index(const void *y, int32_t i, int32_t width) {
  return width == 8 ? (int32_t)((const int64_t *)y)[i] : ((const int32_t *)y)[i];
}

#define EDGEML_RANKS(SUFFIX, T)         \
  EDGEML_ARG(arg_max, SUFFIX, T, >)     \
  EDGEML_ARG(arg_min, SUFFIX, T, <)     \
  EDGEML_TOP(top_k, SUFFIX, T, >)       \
  EDGEML_TOP(bottom_k, SUFFIX, T, <)

EDGEML_RANKS(s8, int8_t)
EDGEML_RANKS(u8, uint8_t)
EDGEML_RANKS(s16, int16_t)
EDGEML_RANKS(u16, uint16_t)
EDGEML_RANKS(s32, int32_t)
EDGEML_RANKS(u32, uint32_t)
EDGEML_RANKS(s64, int64_t)
EDGEML_RANKS(u64, uint64_t)
EDGEML_RANKS(f32, float)
EDGEML_RANKS(f64, double)

#endif
