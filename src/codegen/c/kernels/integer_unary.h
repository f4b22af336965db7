/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_UNARY_H
#define EDGEML_INTEGER_UNARY_H

#include "integer_types.h"

/* y = RESULT of every element v; x and y may be one. */
#define EDGEML_UNARY(NAME, T, RESULT)                              \
  static inline void NAME(const T *x, T *y, int32_t count) {       \
    int32_t i;                                                     \
    for (i = 0; i < count; i++) {                                  \
      const T v = x[i];                                            \
      y[i] = (T)(RESULT);                                          \
    }                                                              \
  }

#define EDGEML_INTEGER_UNARIES(SUFFIX, T, U, BITS)                                             \
  EDGEML_UNARY(edgeml_abs_##SUFFIX, T, v != 0 && v < (T)1 ? (T)((U)0 - (U)v) : v)              \
  EDGEML_UNARY(edgeml_neg_##SUFFIX, T, (U)0 - (U)v)                                            \
  EDGEML_UNARY(edgeml_sign_##SUFFIX, T, v == 0 ? (T)0 : v < (T)1 ? (T)-1 : (T)1)               \
  EDGEML_UNARY(edgeml_square_##SUFFIX, T, (U)v * (U)v)                                         \
  EDGEML_UNARY(edgeml_bitwise_not_##SUFFIX, T, ~v)                                             \
  /* Between bounds[0] and bounds[1]. */                                                       \
  static inline void edgeml_clip_##SUFFIX(const T *x, T *y, int32_t count, const T *bounds) {  \
    int32_t i;                                                                                 \
    for (i = 0; i < count; i++) {                                                              \
      const T v = x[i] < bounds[0] ? bounds[0] : x[i];                                         \
      y[i] = v > bounds[1] ? bounds[1] : v;                                                    \
    }                                                                                          \
  }                                                                                            \
  /* x + p[2] below p[0], x - p[2] above p[1], else 0. */                                      \
  static inline void edgeml_shrink_##SUFFIX(const T *x, T *y, int32_t count, const T *p) {     \
    int32_t i;                                                                                 \
    for (i = 0; i < count; i++) {                                                              \
      const T v = x[i];                                                                        \
      y[i] = v < p[0] ? (T)((U)v + (U)p[2]) : v > p[1] ? (T)((U)v - (U)p[2]) : (T)0;           \
    }                                                                                          \
  }

EDGEML_INTEGER_TYPES(EDGEML_INTEGER_UNARIES)

/* Booleans turned over. */
static inline void edgeml_not(const uint8_t *x, uint8_t *y, int32_t count) {
  int32_t i;
  for (i = 0; i < count; i++) y[i] = (uint8_t)(x[i] ^ 1u);
}

#endif
