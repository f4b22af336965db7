/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_CAST_H
#define EDGEML_CAST_H

#include <stdint.h>

#include "half.h"

/*
 * From floats to integers: truncated towards 0, wrapping around like integers do. What is beyond 64 bits becomes the nearest
 * 64-bit integer, and what is no number 0, as C says nothing of them.
 */
static inline int64_t edgeml_whole(double v) {
  if (v >= 9223372036854775808.0) return INT64_MAX;
  if (v <= -9223372036854775808.0) return INT64_MIN;
  return v == v ? (int64_t)v : 0;
}

static inline uint64_t edgeml_whole_unsigned(double v) {
  if (v >= 18446744073709551616.0) return UINT64_MAX;
  if (v >= 9223372036854775808.0) return (uint64_t)v;
  return (uint64_t)edgeml_whole(v);
}

/* Results of up to 32 bits seldom need more than this. */
static inline int32_t edgeml_whole_f32(float v) {
  if (v >= -2147483648.0f && v < 2147483648.0f) return (int32_t)v;
  return (int32_t)(uint32_t)(uint64_t)edgeml_whole((double)v);
}

/*
 * y[i] = RESULT of v = x[i]; y may lie on x where its elements are not larger. A signed type is written as the unsigned one
 * of its size, which has the same bits.
 */
#define EDGEML_CAST(FROM, TO, X, Y, RESULT)                                             \
  static inline void edgeml_cast_##FROM##_##TO(const void *x, void *y, int32_t count) { \
    const X *const from = (const X *)x;                                                 \
    Y *const to = (Y *)y;                                                               \
    int32_t i;                                                                          \
    for (i = 0; i < count; i++) {                                                       \
      const X v = from[i];                                                              \
      to[i] = (Y)(RESULT);                                                              \
    }                                                                                   \
  }

#define EDGEML_CASTS_TO_FLOATS(FROM, X, VALUE)                        \
  EDGEML_CAST(FROM, f32, X, float, VALUE)                             \
  EDGEML_CAST(FROM, f64, X, double, VALUE)                            \
  EDGEML_CAST(FROM, f16, X, uint16_t, edgeml_to_half((float)(VALUE))) \
  EDGEML_CAST(FROM, b8, X, uint8_t, (VALUE) != 0)

/* Integers, and booleans as 0 and 1: the sizes differ, or the bits stay as they are. */
#define EDGEML_CASTS_OF_INTEGER(FROM, X)    \
  EDGEML_CASTS_TO_FLOATS(FROM, X, v)        \
  EDGEML_CAST(FROM, u8, X, uint8_t, v)      \
  EDGEML_CAST(FROM, u16, X, uint16_t, v)    \
  EDGEML_CAST(FROM, u32, X, uint32_t, v)    \
  EDGEML_CAST(FROM, u64, X, uint64_t, v)

#define EDGEML_CASTS_OF_FLOAT(FROM, X, VALUE, WHOLE)                      \
  EDGEML_CASTS_TO_FLOATS(FROM, X, VALUE)                                  \
  EDGEML_CAST(FROM, u8, X, uint8_t, WHOLE(VALUE))                         \
  EDGEML_CAST(FROM, u16, X, uint16_t, WHOLE(VALUE))                       \
  EDGEML_CAST(FROM, u32, X, uint32_t, WHOLE(VALUE))                       \
  EDGEML_CAST(FROM, s64, X, int64_t, edgeml_whole((double)(VALUE)))       \
  EDGEML_CAST(FROM, u64, X, uint64_t, edgeml_whole_unsigned((double)(VALUE)))

EDGEML_CASTS_OF_INTEGER(s8, int8_t)
EDGEML_CASTS_OF_INTEGER(u8, uint8_t)
EDGEML_CASTS_OF_INTEGER(s16, int16_t)
EDGEML_CASTS_OF_INTEGER(u16, uint16_t)
EDGEML_CASTS_OF_INTEGER(s32, int32_t)
EDGEML_CASTS_OF_INTEGER(u32, uint32_t)
EDGEML_CASTS_OF_INTEGER(s64, int64_t)
EDGEML_CASTS_OF_INTEGER(u64, uint64_t)
EDGEML_CASTS_OF_FLOAT(f32, float, v, edgeml_whole_f32)
EDGEML_CASTS_OF_FLOAT(f64, double, v, edgeml_whole)
EDGEML_CASTS_OF_FLOAT(f16, uint16_t, edgeml_from_half(v), edgeml_whole_f32)

#endif
