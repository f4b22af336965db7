/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DSP_H
#define EDGEML_DSP_H

#include <stdint.h>
#include <string.h>

/*
 * The DSP instructions of Armv7E-M and Armv8-M that the `_dsp` kernels use; elsewhere the same in C, so that these kernels
 * compile and can be tried on any machine. A "pair" is two int16 in one word, the first in the low half.
 */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__GNUC__)
#define EDGEML_HAS_DSP 1
#else
#define EDGEML_HAS_DSP 0
#endif

#if EDGEML_HAS_DSP
/* In assembly: that the four blocks since label 2, among which a jump is computed, have so many bytes each in this encoding. */
#define EDGEML_ASSERT_BLOCKS(bytes) EDGEML_ASSERT_BLOCKS_TEXT(bytes)
#if defined(__clang__)
/* Its assembler knows no sizes before the end: it refuses to go back where they are larger, and to skip less than nothing. */
#define EDGEML_ASSERT_BLOCKS_TEXT(bytes) "99:\n\t.org 2b + 4 * " #bytes "\n\t.space (99b - 2b) - 4 * " #bytes "\n\t"
#else
#define EDGEML_ASSERT_BLOCKS_TEXT(bytes) \
  ".if (. - 2b) != 4 * " #bytes "\n\t.error \"edgeml: the blocks of this loop are not of " #bytes " bytes\"\n\t.endif\n\t"
#endif
#endif

/* Four bytes from any address; the cores with DSP instructions load unaligned words. */
static inline uint32_t edgeml_load32(const void *p) {
  uint32_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static inline void edgeml_store32(void *p, uint32_t word) {
  memcpy(p, &word, sizeof word);
}

/* Bytes 0 and 2 as a pair. */
static inline uint32_t edgeml_sxtb16(uint32_t x) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("sxtb16 %0, %1" : "=r"(y) : "r"(x));
  return y;
#else
  return (uint32_t)(uint16_t)(int8_t)(x & 0xffu) | ((uint32_t)(uint16_t)(int8_t)((x >> 16) & 0xffu) << 16);
#endif
}

/* Bytes 1 and 3 as a pair. */
static inline uint32_t edgeml_sxtb16_ror8(uint32_t x) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(y) : "r"(x));
  return y;
#else
  return edgeml_sxtb16(x >> 8);
#endif
}

/* Adds bytes 0 and 2 to a pair. */
static inline uint32_t edgeml_sxtab16(uint32_t acc, uint32_t x) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("sxtab16 %0, %1, %2" : "=r"(y) : "r"(acc), "r"(x));
  return y;
#else
  const uint32_t pair = edgeml_sxtb16(x);
  return ((acc + pair) & 0xffffu) | ((acc & 0xffff0000u) + (pair & 0xffff0000u));
#endif
}

/* Adds bytes 1 and 3 to a pair. */
static inline uint32_t edgeml_sxtab16_ror8(uint32_t acc, uint32_t x) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(y) : "r"(acc), "r"(x));
  return y;
#else
  return edgeml_sxtab16(acc, x >> 8);
#endif
}

/* The larger of each two int8. */
static inline uint32_t edgeml_max8(uint32_t a, uint32_t b) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(y) : "r"(a), "r"(b) : "cc");
  return y;
#else
  uint32_t y = 0;
  int32_t i;
  for (i = 0; i < 32; i += 8) {
    const int8_t p = (int8_t)((a >> i) & 0xffu), q = (int8_t)((b >> i) & 0xffu);
    y |= (uint32_t)(uint8_t)(p > q ? p : q) << i;
  }
  return y;
#endif
}

/* acc + low(a) * low(b) + high(a) * high(b), modulo 2^32. */
static inline int32_t edgeml_smlad(uint32_t a, uint32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smlad %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  const int32_t low = (int16_t)(a & 0xffffu) * (int16_t)(b & 0xffffu);
  const int32_t high = (int16_t)(a >> 16) * (int16_t)(b >> 16);
  return (int32_t)((uint32_t)acc + (uint32_t)low + (uint32_t)high);
#endif
}

/* acc + low(a) * low(b), modulo 2^32. */
static inline int32_t edgeml_smlabb(uint32_t a, uint32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smlabb %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return (int32_t)((uint32_t)acc + (uint32_t)((int16_t)(a & 0xffffu) * (int16_t)(b & 0xffffu)));
#endif
}

/* acc + high(a) * high(b), modulo 2^32. */
static inline int32_t edgeml_smlatt(uint32_t a, uint32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smlatt %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return edgeml_smlabb(a >> 16, b >> 16, acc);
#endif
}

/* acc + low(a) * high(b), modulo 2^32. */
static inline int32_t edgeml_smlabt(uint32_t a, uint32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smlabt %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return edgeml_smlabb(a, b >> 16, acc);
#endif
}

/* acc + high(a) * low(b), modulo 2^32. */
static inline int32_t edgeml_smlatb(uint32_t a, uint32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smlatb %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return edgeml_smlabb(a >> 16, b, acc);
#endif
}

/* acc + ((a * b + 2^31) >> 32), modulo 2^32. */
static inline int32_t edgeml_smmlar(int32_t a, int32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return (int32_t)((uint32_t)acc + (uint32_t)(int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32));
#endif
}

/* acc + ((a * b) >> 32), modulo 2^32. */
static inline int32_t edgeml_smmla(int32_t a, int32_t b, int32_t acc) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smmla %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
  return y;
#else
  return (int32_t)((uint32_t)acc + (uint32_t)(int32_t)(((int64_t)a * b) >> 32));
#endif
}

/* (a * b + 2^31) >> 32. */
static inline int32_t edgeml_smmulr(int32_t a, int32_t b) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("smmulr %0, %1, %2" : "=r"(y) : "r"(a), "r"(b));
  return y;
#else
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
#endif
}

/* Saturates to int8. */
static inline int32_t edgeml_ssat8(int32_t x) {
#if EDGEML_HAS_DSP
  int32_t y;
  __asm__("ssat %0, #8, %1" : "=r"(y) : "r"(x));
  return y;
#else
  return x < -128 ? -128 : x > 127 ? 127 : x;
#endif
}

/* The low halves of a and b as a pair. */
static inline uint32_t edgeml_pkhbt(uint32_t a, uint32_t b) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(y) : "r"(a), "r"(b));
  return y;
#else
  return (a & 0xffffu) | (b << 16);
#endif
}

/* The high halves of a and b as a pair. */
static inline uint32_t edgeml_pkhtb(uint32_t a, uint32_t b) {
#if EDGEML_HAS_DSP
  uint32_t y;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(y) : "r"(b), "r"(a));
  return y;
#else
  return (a >> 16) | (b & 0xffff0000u);
#endif
}

#endif
