/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_BINARY_H
#define EDGEML_INTEGER_BINARY_H

#include "integer_types.h"
#include "loops.h"

/* Two operands that broadcast: {count, step of a, step of b} in elements, outermost first. */
typedef struct {
  const int32_t *loops;
  int32_t depth;
} edgeml_broadcast_params;

/* y = RESULT of every pair a, b. y may be an operand that has its shape. */
#define EDGEML_BINARY(NAME, T, Y, RESULT)                                                                   \
  static inline void NAME(const T *x0, const T *x1, Y *y, const edgeml_broadcast_params *p) {               \
    const int32_t *const inner = p->loops + 3 * (p->depth - 1);                                             \
    int32_t index[EDGEML_MAX_LOOPS] = {0};                                                                  \
    int32_t at[2] = {0, 0};                                                                                 \
    int32_t i;                                                                                              \
    do {                                                                                                    \
      for (i = 0; i < inner[0]; i++) {                                                                      \
        const T a = x0[at[0] + i * inner[1]];                                                               \
        const T b = x1[at[1] + i * inner[2]];                                                               \
        *y++ = (Y)(RESULT);                                                                                 \
      }                                                                                                     \
    } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));                                         \
  }

/* Division by 0 gives 0, and the lowest number divided by -1 is itself. */
#define EDGEML_DIVISION(SUFFIX, T, U, BITS)                                              \
  static inline T edgeml_quotient_##SUFFIX(T a, T b) {                                   \
    if (b == 0) return 0;                                                                \
    if (b == (T)-1 && (T)-1 < (T)1) return (T)((U)0 - (U)a);                             \
    return (T)(a / b);                                                                   \
  }                                                                                      \
  static inline T edgeml_remainder_##SUFFIX(T a, T b) {                                  \
    if (b == 0 || (b == (T)-1 && (T)-1 < (T)1)) return 0;                                \
    return (T)(a % b);                                                                   \
  }                                                                                      \
  static inline T edgeml_floored_##SUFFIX(T a, T b) {                                    \
    const T rest = edgeml_remainder_##SUFFIX(a, b);                                      \
    const T q = edgeml_quotient_##SUFFIX(a, b);                                          \
    if (rest != 0 && (rest < (T)1) != (b < (T)1)) return (T)((U)q - 1u);                 \
    return q;                                                                            \
  }                                                                                      \
  static inline T edgeml_modulo_##SUFFIX(T a, T b) {                                     \
    const T rest = edgeml_remainder_##SUFFIX(a, b);                                      \
    if (rest != 0 && (rest < (T)1) != (b < (T)1)) return (T)((U)rest + (U)b);            \
    return rest;                                                                         \
  }                                                                                      \
  /* By squaring; a negative exponent leaves what is not cut off: 1 and -1. */           \
  static inline T edgeml_power_##SUFFIX(T a, T b) {                                      \
    U result = 1, base = (U)a, rest;                                                     \
    if (b != 0 && b < (T)1) {                                                            \
      if (a == 1) return 1;                                                              \
      return (T)(a == (T)-1 ? (b % 2 == 0 ? (T)1 : a) : (T)0);                           \
    }                                                                                    \
    for (rest = (U)b; rest > 0; rest >>= 1) {                                            \
      if (rest & 1u) result *= base;                                                     \
      base *= base;                                                                      \
    }                                                                                    \
    return (T)result;                                                                    \
  }                                                                                      \
  /* What is shifted beyond the type is lost; a negative shift is beyond it, too. */     \
  static inline T edgeml_left_##SUFFIX(T a, T b) {                                       \
    if ((b != 0 && b < (T)1) || b >= BITS) return 0;                                     \
    return (T)((U)a << b);                                                               \
  }                                                                                      \
  static inline T edgeml_right_##SUFFIX(T a, T b) {                                      \
    if ((b != 0 && b < (T)1) || b >= BITS) return a != 0 && a < (T)1 ? (T)-1 : (T)0;     \
    return (T)(a >> b);                                                                  \
  }

EDGEML_INTEGER_TYPES(EDGEML_DIVISION)

#define EDGEML_INTEGER_BINARIES(SUFFIX, T, U, BITS)                                                  \
  EDGEML_BINARY(edgeml_add_##SUFFIX, T, T, (U)a + (U)b)                                              \
  EDGEML_BINARY(edgeml_sub_##SUFFIX, T, T, (U)a - (U)b)                                              \
  EDGEML_BINARY(edgeml_mul_##SUFFIX, T, T, (U)a * (U)b)                                              \
  EDGEML_BINARY(edgeml_squared_difference_##SUFFIX, T, T, ((U)a - (U)b) * ((U)a - (U)b))             \
  EDGEML_BINARY(edgeml_div_##SUFFIX, T, T, edgeml_quotient_##SUFFIX(a, b))                           \
  EDGEML_BINARY(edgeml_floor_div_##SUFFIX, T, T, edgeml_floored_##SUFFIX(a, b))                      \
  EDGEML_BINARY(edgeml_mod_##SUFFIX, T, T, edgeml_modulo_##SUFFIX(a, b))                             \
  EDGEML_BINARY(edgeml_fmod_##SUFFIX, T, T, edgeml_remainder_##SUFFIX(a, b))                         \
  EDGEML_BINARY(edgeml_pow_##SUFFIX, T, T, edgeml_power_##SUFFIX(a, b))                              \
  EDGEML_BINARY(edgeml_shift_left_##SUFFIX, T, T, edgeml_left_##SUFFIX(a, b))                        \
  EDGEML_BINARY(edgeml_shift_right_##SUFFIX, T, T, edgeml_right_##SUFFIX(a, b))                      \
  EDGEML_BINARY(edgeml_maximum_##SUFFIX, T, T, a > b ? a : b)                                        \
  EDGEML_BINARY(edgeml_minimum_##SUFFIX, T, T, a < b ? a : b)                                        \
  EDGEML_BINARY(edgeml_and_##SUFFIX, T, T, a & b)                                                    \
  EDGEML_BINARY(edgeml_or_##SUFFIX, T, T, a | b)                                                     \
  EDGEML_BINARY(edgeml_xor_##SUFFIX, T, T, a ^ b)                                                    \
  EDGEML_BINARY(edgeml_equal_##SUFFIX, T, uint8_t, a == b)                                           \
  EDGEML_BINARY(edgeml_not_equal_##SUFFIX, T, uint8_t, a != b)                                       \
  EDGEML_BINARY(edgeml_less_##SUFFIX, T, uint8_t, a < b)                                             \
  EDGEML_BINARY(edgeml_less_equal_##SUFFIX, T, uint8_t, a <= b)                                      \
  EDGEML_BINARY(edgeml_greater_##SUFFIX, T, uint8_t, a > b)                                          \
  EDGEML_BINARY(edgeml_greater_equal_##SUFFIX, T, uint8_t, a >= b)

EDGEML_INTEGER_TYPES(EDGEML_INTEGER_BINARIES)

#endif
