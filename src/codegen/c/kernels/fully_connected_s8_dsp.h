/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FULLY_CONNECTED_S8_DSP_H
#define EDGEML_FULLY_CONNECTED_S8_DSP_H

#include "filters_s8_dsp.h"

#if EDGEML_HAS_DSP
/*
 * Registers: r0 stream, r1 pairs; sums: r2 256a+b, r3 b, r4 256c+d, r5 d; r6 to r9 inputs; r10 to r12, lr weights.
 * On the stack: x, x_end, where the loop is entered, stride, y, y_end.
 */
#define EDGEML_QUAD(even, odd)          \
  "ldmia.w r0!, {r10, r11, r12, lr}\n\t" \
  "smlad r2, r10, " even ", r2\n\t"      \
  "smlad r4, r11, " even ", r4\n\t"      \
  "smlad r2, r12, " odd ", r2\n\t"       \
  "smlad r4, lr, " odd ", r4\n\t"        \
  "sxtb16 r10, r10\n\t"                  \
  "sxtb16 r11, r11\n\t"                  \
  "sxtb16 r12, r12\n\t"                  \
  "sxtb16 lr, lr\n\t"                    \
  "smlad r3, r10, " even ", r3\n\t"      \
  "smlad r5, r11, " even ", r5\n\t"      \
  "smlad r3, r12, " odd ", r3\n\t"       \
  "smlad r5, lr, " odd ", r5\n\t"
#define EDGEML_TWO_QUADS "ldmia.w r1!, {r6-r9}\n\t" EDGEML_QUAD("r6", "r7") EDGEML_QUAD("r8", "r9")
#define EDGEML_TWO_QUADS_BYTES 108
/* A doubled sum in `a` to an output: r6 multiplier, r7 offset, r8 exponent (see EDGEML_STORE of filters_pair_s8_dsp.h). */
#ifdef EDGEML_SINGLE_ROUNDING
#define EDGEML_SCALE(a) "smmla r7, " a ", r6, r7\n\t"
#else
#define EDGEML_SCALE(a) "smmlar r7, " a ", r6, r7\n\tadd r7, r7, " a ", asr #31\n\t"
#endif
#define EDGEML_STORE(a) "ldmia r0!, {r6-r8}\n\t" EDGEML_SCALE(a) "asr r7, r8\n\tssat r7, #8, r7\n\tstrb r7, [r1], #1\n\t"

/* Aligned for ADR, which counts from a word. */
__attribute__((naked, noinline, unused, aligned(4))) static void edgeml_blocks_one_dsp(
  __attribute__((unused)) const uint32_t *stream, __attribute__((unused)) const edgeml_blocks_dsp *blocks) {
  __asm__ volatile(
    "push {r4-r11, lr}\n\t"
    "ldmia r1, {r2-r7}\n\t"
    "adr.w r8, 2f\n\t"
    "add r4, r8\n\t"
    "orr r4, #1\n\t"
    "push {r2-r7}\n"
    "1:\n\t"
    "ldmia r0!, {r2-r5}\n\t"
    "ldr r1, [sp]\n\t"
    "ldr pc, [sp, #8]\n"
    "2:\n\t" EDGEML_TWO_QUADS EDGEML_TWO_QUADS EDGEML_TWO_QUADS EDGEML_TWO_QUADS EDGEML_ASSERT_BLOCKS(EDGEML_TWO_QUADS_BYTES)
    "ldr r6, [sp, #4]\n\t"
    "cmp r1, r6\n\t"
    "bne.w 2b\n\t"
    "ldr r1, [sp, #16]\n\t"
    "sub r2, r3\n\t"
    "asr r2, #7\n\t"
    "lsl r3, #1\n\t"
    "sub r4, r5\n\t"
    "asr r4, #7\n\t"
    "lsl r5, #1\n\t"
    EDGEML_STORE("r2") EDGEML_STORE("r3") EDGEML_STORE("r4") EDGEML_STORE("r5")
    "str r1, [sp, #16]\n\t"
    "ldr r6, [sp, #20]\n\t"
    "cmp r1, r6\n\t"
    "bne.w 1b\n\t"
    "add sp, #24\n\t"
    "pop {r4-r11, pc}"
    :
    :
    : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

#undef EDGEML_QUAD
#undef EDGEML_TWO_QUADS
#undef EDGEML_SCALE
#undef EDGEML_STORE
#else
#define EDGEML_TWO_QUADS_BYTES 108
static inline void edgeml_blocks_one_dsp(const uint32_t *stream, const edgeml_blocks_dsp *blocks) {
  for (int8_t *y = blocks->y; y != blocks->y_end; y += 4) {
    int32_t sums[4];
    for (int32_t i = 0; i < 4; i++) sums[i] = (int32_t)*stream++;
    for (const uint32_t *x = blocks->x; x != blocks->x_end; x++, stream += 2)
      for (int32_t i = 0; i < 2; i++) {
        sums[2 * i] = edgeml_smlad(stream[i], *x, sums[2 * i]);
        sums[2 * i + 1] = edgeml_smlad(edgeml_sxtb16(stream[i]), *x, sums[2 * i + 1]);
      }
    for (int32_t i = 0; i < 4; i++, stream += 3) {
      const int32_t sum = i % 2 == 0 ? (int32_t)((uint32_t)sums[i] - (uint32_t)sums[i + 1]) >> 8 : sums[i];
      y[i] = (int8_t)edgeml_ssat8(edgeml_requantize_right(sum, (int32_t)stream[0], (int32_t)stream[1], (int32_t)stream[2]));
    }
  }
}
#endif

/*
 * edgeml_fully_connected_s8; quads is even and `scratch` holds 8 * quads bytes. The input is read before anything is written.
 */
static inline void edgeml_fully_connected_s8_dsp(const edgeml_filters_s8_dsp *f, const int8_t *x, int8_t *y, void *scratch) {
  uint32_t *const pairs = (uint32_t *)scratch;
  uint32_t *const end = pairs + 2 * f->quads;
  uint32_t *to = pairs;
  for (int32_t at = 0; to != end; at += 4, to += 2) {
    const int32_t left = f->depth - at;
    uint32_t word = 0;
    if (left >= 4) {
      word = edgeml_load32(x + at);
    } else {
      for (int32_t i = 0; i < left; i++) word |= (uint32_t)(uint8_t)x[at + i] << (8 * i);
    }
    to[0] = edgeml_sxtb16(word);
    to[1] = edgeml_sxtb16_ror8(word);
  }
  const int32_t whole = f->outputs & ~3;
  const int32_t rest = f->outputs & 3;
  edgeml_blocks_dsp blocks = {pairs, end, (-(f->quads / 2) & 3) * EDGEML_TWO_QUADS_BYTES, 0, y, y + whole};
  if (whole > 0) edgeml_blocks_one_dsp(f->stream, &blocks);
  if (rest > 0) {
    int8_t last[4];
    blocks.y = last;
    blocks.y_end = last + 4;
    edgeml_blocks_one_dsp(f->stream + whole / 4 * edgeml_block_words_dsp(f), &blocks);
    for (int32_t i = 0; i < rest; i++) y[whole + i] = last[i];
  }
  edgeml_clamp_s8_dsp(y, f->outputs, f->min, f->max);
}

#endif
