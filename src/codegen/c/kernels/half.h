/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_HALF_H
#define EDGEML_HALF_H

#include <stdint.h>
#include <string.h>

/* The value of IEEE 754 binary16 bits. */
static inline float edgeml_from_half(uint16_t h) {
  const uint32_t sign = (uint32_t)(h & 0x8000u) << 16;
  const uint32_t exponent = (uint32_t)(h >> 10) & 31u;
  const uint32_t fraction = h & 1023u;
  uint32_t bits;
  float value;
  if (exponent == 0) {
    value = (float)fraction * 5.9604644775390625e-8f;
    return sign ? -value : value;
  }
  bits = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112u) << 23) | fraction << 13;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* The nearest binary16, ties to even, overflow to infinity. */
static inline uint16_t edgeml_to_half(float value) {
  uint32_t bits, sign, rounded;
  memcpy(&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000u;
  bits &= 0x7fffffffu;
  if (bits > 0x7f800000u) return (uint16_t)(sign | 0x7e00u);
  if (bits >= 0x47800000u) return (uint16_t)(sign | 0x7c00u);
  if (bits < 0x38800000u) {
    /* Below the smallest normal: adding 0.5 leaves units of 2^-24 in the fraction, rounded to even by the addition. */
    float shifted;
    memcpy(&shifted, &bits, sizeof shifted);
    shifted += 0.5f;
    memcpy(&rounded, &shifted, sizeof rounded);
    return (uint16_t)(sign | (rounded - 0x3f000000u));
  }
  rounded = (bits + 0xfffu + (bits >> 13 & 1u) - 0x38000000u) >> 13;
  return (uint16_t)(sign | (rounded > 0x7c00u ? 0x7c00u : rounded));
}

#endif
