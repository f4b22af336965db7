/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_S8_DSP_H
#define EDGEML_FILTERS_S8_DSP_H

#include "dsp.h"
#include "high_multiply.h"

/*
 * A bank of int8 filters for SMLAD, which adds two products of int16 to a sum. Two neighbouring outputs a and b share an int16:
 * v = 256 * a + b. With sums S = sum(x * v) and B = sum(x * b), where SXTB16 takes b out of v again, 256 * A is S - B.
 *
 * `stream` has for each block of four outputs a, b, c, d (the last filled up with zeros)
 *   four words: the biases 256 * a + b, b, 256 * c + d, d;
 *   `quads` times four words: ab[0,2], cd[0,2], ab[1,3], cd[1,3] for four weights of each, zeros after the last;
 *   four times three words: multiplier, offset and exponent as edgeml_requantize_right takes them.
 */
typedef struct {
  const uint32_t *stream;
  int32_t depth, quads, outputs;
  int32_t min, max;
} edgeml_filters_s8_dsp;

/* Words of a block in the stream. */
static inline int32_t edgeml_block_words_dsp(const edgeml_filters_s8_dsp *f) { return 4 * f->quads + 16; }

/* What a loop over blocks walks: the patches as pairs of int16, and the outputs. */
typedef struct {
  const uint32_t *x, *x_end;
  /* Bytes of code that the first round of the unrolled loop leaves out. */
  int32_t skip;
  /* From an output of the first patch to that of the second. */
  int32_t stride;
  int8_t *y, *y_end;
} edgeml_blocks_dsp;

/* Bytes 0 and 2 and bytes 1 and 3 of each four as pairs of int16, two patches in turn; the last four are filled up with zeros. */
static inline uint32_t *edgeml_spread_two(uint32_t *to, const int8_t *x0, const int8_t *x1, int32_t bytes) {
#if EDGEML_HAS_DSP
  if (bytes >= 4) {
    uint32_t a, b, c, d;
    const int32_t rest = bytes & 3;
    bytes -= rest;
    __asm__ volatile(
      "1:\n\t"
      "ldr %[a], [%[x0]], #4\n\t"
      "ldr %[b], [%[x1]], #4\n\t"
      "sxtb16 %[c], %[a]\n\t"
      "sxtb16 %[d], %[b]\n\t"
      "strd %[c], %[d], [%[to]], #8\n\t"
      "sxtb16 %[c], %[a], ror #8\n\t"
      "sxtb16 %[d], %[b], ror #8\n\t"
      "subs %[n], #4\n\t"
      "strd %[c], %[d], [%[to]], #8\n\t"
      "bne 1b"
      : [x0] "+r"(x0), [x1] "+r"(x1), [to] "+r"(to), [n] "+r"(bytes), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
      :
      : "cc", "memory");
    bytes = rest;
  }
#endif
  for (; bytes >= 4; bytes -= 4, x0 += 4, x1 += 4, to += 4) {
    const uint32_t a = edgeml_load32(x0);
    const uint32_t b = edgeml_load32(x1);
    to[0] = edgeml_sxtb16(a);
    to[1] = edgeml_sxtb16(b);
    to[2] = edgeml_sxtb16_ror8(a);
    to[3] = edgeml_sxtb16_ror8(b);
  }
  if (bytes > 0) {
    uint32_t a = 0, b = 0;
    while (--bytes >= 0) {
      a = (a << 8) | (uint8_t)x0[bytes];
      b = (b << 8) | (uint8_t)x1[bytes];
    }
    to[0] = edgeml_sxtb16(a);
    to[1] = edgeml_sxtb16(b);
    to[2] = edgeml_sxtb16_ror8(a);
    to[3] = edgeml_sxtb16_ror8(b);
    to += 4;
  }
  return to;
}

/* Where the fused activation ends within int8: the blocks saturate only. */
static inline void edgeml_clamp_s8_dsp(int8_t *y, int32_t count, int32_t min, int32_t max) {
  if (min <= -128 && max >= 127) return;
  for (; count > 0; count--, y++) *y = (int8_t)(*y < min ? min : *y > max ? max : *y);
}

#endif
