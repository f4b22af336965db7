/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_BINARY_F32_H
#define EDGEML_BINARY_F32_H

#include "simd_f32.h"

/* How two operands broadcast to a result: nested rows, the innermost last; how far each operand goes per step of an axis. */
typedef struct {
  /* Elements of the result. */
  int32_t size;
  /* Elements of the innermost axis, and the operands' steps along it: 0 or 1. */
  int32_t row;
  int32_t row_a;
  int32_t row_b;
  /* The axes around it. */
  int32_t rank;
  int32_t length[8];
  int32_t step_a[8];
  int32_t step_b[8];
  /* What the result is clamped to, where that is asked for. */
  int32_t clamped;
  float min;
  float max;
} edgeml_broadcast_f32;

/* Goes to the next row: to the operands' offsets there. */
static inline void edgeml_next_row_f32(const edgeml_broadcast_f32 *p, int32_t *index, int32_t *a, int32_t *b) {
  for (int32_t axis = p->rank - 1; axis >= 0; axis--) {
    *a += p->step_a[axis];
    *b += p->step_b[axis];
    if (++index[axis] < p->length[axis]) return;
    *a -= p->step_a[axis] * p->length[axis];
    *b -= p->step_b[axis] * p->length[axis];
    index[axis] = 0;
  }
}

static inline void edgeml_clamp_row_f32(float *y, int32_t n, float min, float max) {
  for (int32_t i = 0; i < n; i++) y[i] = edgeml_clamp_f32(y[i], min, max);
}

static inline void edgeml_keep_row_f32(uint8_t *y, int32_t n, float min, float max) {
  (void)y, (void)n, (void)min, (void)max;
}

/* An operator of two floats: expression of a and b for each pair. The result may take the place of an operand of its size. */
#define EDGEML_BINARY_OF_F32(name, result, clamp_row, expression)                                                  \
  static inline void edgeml_##name##_f32(const float *x, const float *y, result *z, const edgeml_broadcast_f32 *p) { \
    int32_t index[8] = {0};                                                                                        \
    int32_t i = 0, j = 0;                                                                                          \
    for (int32_t done = 0; done < p->size; done += p->row) {                                                       \
      const float *from_a = x + i, *from_b = y + j;                                                                \
      result *to = z + done;                                                                                       \
      if (p->row_a && p->row_b) {                                                                                  \
        for (int32_t k = 0; k < p->row; k++) {                                                                     \
          const float a = from_a[k], b = from_b[k];                                                                \
          to[k] = expression;                                                                                      \
        }                                                                                                          \
      } else if (p->row_a) {                                                                                       \
        const float b = *from_b;                                                                                   \
        for (int32_t k = 0; k < p->row; k++) {                                                                     \
          const float a = from_a[k];                                                                               \
          to[k] = expression;                                                                                      \
        }                                                                                                          \
      } else {                                                                                                     \
        const float a = *from_a;                                                                                   \
        for (int32_t k = 0; k < p->row; k++) {                                                                     \
          const float b = from_b[p->row_b ? k : 0];                                                                \
          to[k] = expression;                                                                                      \
        }                                                                                                          \
      }                                                                                                            \
      if (p->clamped) clamp_row(to, p->row, p->min, p->max);                                                       \
      edgeml_next_row_f32(p, index, &i, &j);                                                                       \
    }                                                                                                              \
  }

#define EDGEML_BINARY_F32(name, expression) EDGEML_BINARY_OF_F32(name, float, edgeml_clamp_row_f32, expression)
#define EDGEML_COMPARE_F32(name, expression) EDGEML_BINARY_OF_F32(name, uint8_t, edgeml_keep_row_f32, (uint8_t)((expression) ? 1 : 0))

/* The remainder with the sign of the divisor; a 0 keeps that of the dividend. */
static inline float edgeml_floor_mod(float a, float b) {
  const float rest = fmodf(a, b);
  return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

/* The same, but a 0 has the sign of the divisor. */
static inline float edgeml_divisor_mod(float a, float b) {
  const float rest = edgeml_floor_mod(a, b);
  return rest == 0.0f ? copysignf(0.0f, b) : rest;
}

EDGEML_BINARY_F32(add, a + b)
EDGEML_BINARY_F32(sub, a - b)
EDGEML_BINARY_F32(mul, a * b)
EDGEML_BINARY_F32(div, a / b)
EDGEML_BINARY_F32(floor_div, floorf(a / b))
EDGEML_BINARY_F32(mod, fmodf(a, b))
EDGEML_BINARY_F32(mod_floor, edgeml_floor_mod(a, b))
EDGEML_BINARY_F32(mod_divisor, edgeml_divisor_mod(a, b))
EDGEML_BINARY_F32(pow, powf(a, b))
EDGEML_BINARY_F32(atan2, atan2f(a, b))
EDGEML_BINARY_F32(maximum, ((b > a) | (b != b)) ? b : a)
EDGEML_BINARY_F32(minimum, ((b < a) | (b != b)) ? b : a)
EDGEML_BINARY_F32(squared_difference, (a - b) * (a - b))
EDGEML_BINARY_F32(prelu, edgeml_below_zero_f32(a, a * b))

EDGEML_COMPARE_F32(equal, a == b)
EDGEML_COMPARE_F32(not_equal, a != b)
EDGEML_COMPARE_F32(less, a < b)
EDGEML_COMPARE_F32(less_equal, a <= b)
EDGEML_COMPARE_F32(greater, a > b)
EDGEML_COMPARE_F32(greater_equal, a >= b)

#endif
