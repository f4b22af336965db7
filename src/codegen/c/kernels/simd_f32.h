/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SIMD_F32_H
#define EDGEML_SIMD_F32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * As many floats as the processor multiplies at once: a vector where the compiler has the type, otherwise one float.
 * Both take the same operators, so that a kernel is written once.
 */
#ifndef EDGEML_LANES
#if defined(__GNUC__) && defined(__AVX__)
#define EDGEML_LANES 8
#elif defined(__GNUC__) && (defined(__SSE__) || defined(__ARM_NEON))
#define EDGEML_LANES 4
#else
#define EDGEML_LANES 1
#endif
#endif

#if EDGEML_LANES > 1
typedef float edgeml_vector __attribute__((vector_size(4 * EDGEML_LANES)));
typedef int32_t edgeml_mask __attribute__((vector_size(4 * EDGEML_LANES)));
typedef float edgeml_quad __attribute__((vector_size(16)));
#else
typedef float edgeml_vector;
#endif

/* Not a number stays that. One choice after the other: compilers make vectors of choices that do not nest. */
static inline float edgeml_clamp_f32(float x, float min, float max) {
  const float above = x < min ? min : x;
  return above > max ? max : above;
}

/* x, or `below` where x is below 0. */
static inline float edgeml_below_zero_f32(float x, float below) {
  return x < 0.0f ? below : x;
}

/* Memory of any alignment. */
static inline edgeml_vector edgeml_load_f32(const float *from) {
  edgeml_vector v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void edgeml_store_f32(float *to, edgeml_vector v) {
  memcpy(to, &v, sizeof v);
}

static inline edgeml_vector edgeml_clamp_lanes_f32(edgeml_vector v, float min, float max) {
#if EDGEML_LANES > 1
  const edgeml_vector zero = {0};
  const edgeml_vector low = zero + min, high = zero + max;
  const edgeml_mask below = v < low, above = v > high;
  return (edgeml_vector)(((edgeml_mask)v & ~(below | above)) | ((edgeml_mask)low & below) | ((edgeml_mask)high & above));
#else
  return edgeml_clamp_f32(v, min, max);
#endif
}

/* The sum of the lanes. */
static inline float edgeml_sum_lanes_f32(edgeml_vector v) {
  float lane[EDGEML_LANES];
  float sum = 0.0f;
  memcpy(lane, &v, sizeof v);
  for (int i = 0; i < EDGEML_LANES; i++) sum += lane[i];
  return sum;
}

#endif
