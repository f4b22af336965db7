/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_UNARY_F32_H
#define EDGEML_UNARY_F32_H

#include "simd_f32.h"

/* An operator of one float: y[i] = expression of x, for n elements; y may be x. Not a number stays not a number. */
#define EDGEML_UNARY_F32(name, expression)                                                    \
  static inline void edgeml_##name##_f32(const float *from, float *to, int32_t n) {           \
    for (int32_t i = 0; i < n; i++) {                                                         \
      const float x = from[i];                                                                \
      to[i] = expression;                                                                     \
    }                                                                                         \
  }

/* The same with one or two parameters a and b. */
#define EDGEML_UNARY_1_F32(name, expression)                                                  \
  static inline void edgeml_##name##_f32(const float *from, float *to, int32_t n, float a) {  \
    for (int32_t i = 0; i < n; i++) {                                                         \
      const float x = from[i];                                                                \
      to[i] = expression;                                                                     \
    }                                                                                         \
  }

#define EDGEML_UNARY_2_F32(name, expression)                                                           \
  static inline void edgeml_##name##_f32(const float *from, float *to, int32_t n, float a, float b) {  \
    for (int32_t i = 0; i < n; i++) {                                                                  \
      const float x = from[i];                                                                         \
      to[i] = expression;                                                                              \
    }                                                                                                  \
  }

/* A test of one float: 1 or 0. */
#define EDGEML_TEST_F32(name, expression)                                                     \
  static inline void edgeml_##name##_f32(const float *from, uint8_t *to, int32_t n) {         \
    for (int32_t i = 0; i < n; i++) {                                                         \
      const float x = from[i];                                                                \
      to[i] = expression ? 1 : 0;                                                             \
    }                                                                                         \
  }

/* log(1 + e^x) without overflow. */
static inline float edgeml_log_one_plus_exp(float x) {
  return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));
}

EDGEML_UNARY_F32(abs, fabsf(x))
EDGEML_UNARY_F32(acos, acosf(x))
EDGEML_UNARY_F32(acosh, acoshf(x))
EDGEML_UNARY_F32(asin, asinf(x))
EDGEML_UNARY_F32(asinh, asinhf(x))
EDGEML_UNARY_F32(atan, atanf(x))
EDGEML_UNARY_F32(atanh, atanhf(x))
EDGEML_UNARY_F32(ceil, ceilf(x))
EDGEML_UNARY_F32(cos, cosf(x))
EDGEML_UNARY_F32(cosh, coshf(x))
EDGEML_UNARY_F32(erf, erff(x))
EDGEML_UNARY_F32(exp, expf(x))
EDGEML_UNARY_F32(floor, floorf(x))
EDGEML_UNARY_F32(gelu, 0.5f * x * erfcf(-x * 0.70710678f))
EDGEML_UNARY_F32(gelu_tanh, 0.5f * x * (1.0f + tanhf(0.79788456f * (x + 0.044715f * x * x * x))))
EDGEML_UNARY_F32(hard_swish, x * edgeml_clamp_f32(x + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f))
EDGEML_UNARY_F32(log, logf(x))
EDGEML_UNARY_F32(mish, x * tanhf(edgeml_log_one_plus_exp(x)))
EDGEML_UNARY_F32(neg, -x)
EDGEML_UNARY_F32(reciprocal, 1.0f / x)
EDGEML_UNARY_F32(relu, x < 0.0f ? 0.0f : x)
EDGEML_UNARY_F32(round, rintf(x)) /* ties to even, the rounding that C starts with */
EDGEML_UNARY_F32(rsqrt, 1.0f / sqrtf(x))
EDGEML_UNARY_F32(sigmoid, 1.0f / (1.0f + expf(-x)))
EDGEML_UNARY_F32(sign, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
EDGEML_UNARY_F32(sin, sinf(x))
EDGEML_UNARY_F32(sinh, sinhf(x))
EDGEML_UNARY_F32(softplus, edgeml_log_one_plus_exp(x))
EDGEML_UNARY_F32(softsign, x / (1.0f + fabsf(x)))
EDGEML_UNARY_F32(sqrt, sqrtf(x))
EDGEML_UNARY_F32(square, x * x)
EDGEML_UNARY_F32(tan, tanf(x))
EDGEML_UNARY_F32(tanh, tanhf(x))

EDGEML_UNARY_1_F32(celu, x > 0.0f ? x : a * expm1f(x / a))
EDGEML_UNARY_1_F32(elu, x > 0.0f ? x : a * expm1f(x))
EDGEML_UNARY_1_F32(leaky_relu, edgeml_below_zero_f32(x, a * x))
EDGEML_UNARY_1_F32(swish, x / (1.0f + expf(-a * x)))
EDGEML_UNARY_1_F32(thresholded_relu, x > a ? x : 0.0f)

EDGEML_UNARY_2_F32(clip, edgeml_clamp_f32(x, a, b))
EDGEML_UNARY_2_F32(hard_sigmoid, edgeml_clamp_f32(a * x + b, 0.0f, 1.0f))
EDGEML_UNARY_2_F32(selu, x > 0.0f ? b * x : b * a * expm1f(x))
EDGEML_UNARY_2_F32(shrink, x < -b ? x + a : x > b ? x - a : 0.0f)

EDGEML_TEST_F32(is_nan, x != x)
EDGEML_TEST_F32(is_inf, (x == INFINITY || x == -INFINITY))
EDGEML_TEST_F32(is_inf_above, x == INFINITY)
EDGEML_TEST_F32(is_inf_below, x == -INFINITY)
EDGEML_TEST_F32(is_inf_never, (x != x && 0))

#endif
