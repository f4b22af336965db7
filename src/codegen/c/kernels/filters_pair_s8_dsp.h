/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_PAIR_S8_DSP_H
#define EDGEML_FILTERS_PAIR_S8_DSP_H

#include "filters_s8_dsp.h"

/*
 * Blocks of four outputs on two patches at a time. Of each output the second patch's is stored first, so that a stride of 0
 * leaves the first patch's.
 */
#if EDGEML_HAS_DSP
/*
 * Registers: r0 stream, r1 pairs; sums of the patches: r2 r3 256a+b, r4 r5 b, r6 r7 256c+d, r10 r11 d; r8 r9 inputs;
 * r12 lr weights. On the stack: x, x_end, where the loop is entered, stride, y, y_end.
 */
#define EDGEML_STEP                \
  "ldrd r8, r9, [r1], #8\n\t"      \
  "ldrd r12, lr, [r0], #8\n\t"     \
  "smlad r2, r12, r8, r2\n\t"      \
  "smlad r3, r12, r9, r3\n\t"      \
  "sxtb16 r12, r12\n\t"            \
  "smlad r4, r12, r8, r4\n\t"      \
  "smlad r5, r12, r9, r5\n\t"      \
  "smlad r6, lr, r8, r6\n\t"       \
  "smlad r7, lr, r9, r7\n\t"       \
  "sxtb16 lr, lr\n\t"              \
  "smlad r10, lr, r8, r10\n\t"     \
  "smlad r11, lr, r9, r11\n\t"
#define EDGEML_PAIR_QUAD_BYTES 96
/*
 * A doubled sum in `a` to an output in `to`; r8 multiplier, r9 offset, r12 exponent. One less for negative numbers rounds halves
 * away from zero; where scaling gives zero of a negative sum, it changes nothing, as the offset holds half of a unit.
 */
#ifdef EDGEML_SINGLE_ROUNDING
#define EDGEML_SCALE(to, a) "smmla " to ", " a ", r8, r9\n\t"
#else
#define EDGEML_SCALE(to, a) "smmlar " to ", " a ", r8, r9\n\tadd " to ", " to ", " a ", asr #31\n\t"
#endif
#define EDGEML_FINISH(to, a) EDGEML_SCALE(to, a) "asr " to ", r12\n\tssat " to ", #8, " to "\n\t"
/* One output of both patches; `spare` may be overwritten. */
#define EDGEML_STORE(first, second, spare)                                           \
  "ldmia r0!, {r8, r9, r12}\n\t" EDGEML_FINISH(spare, second) "strb " spare ", [r1, lr]\n\t" \
  EDGEML_FINISH("r9", first) "strb r9, [r1], #1\n\t"

/* Aligned for ADR, which counts from a word. */
__attribute__((naked, noinline, unused, aligned(4))) static void edgeml_blocks_two_dsp(
  __attribute__((unused)) const uint32_t *stream, __attribute__((unused)) const edgeml_blocks_dsp *blocks) {
  __asm__ volatile(
    "push {r4-r11, lr}\n\t"
    "ldmia r1, {r2-r7}\n\t"
    "adr.w r8, 2f\n\t"
    "add r4, r8\n\t"
    "orr r4, #1\n\t"
    "push {r2-r7}\n"
    "1:\n\t"
    "ldmia r0!, {r2, r4, r6, r10}\n\t"
    "mov r3, r2\n\t"
    "mov r5, r4\n\t"
    "mov r7, r6\n\t"
    "mov r11, r10\n\t"
    "ldr r1, [sp]\n\t"
    "ldr pc, [sp, #8]\n"
    "2:\n\t" EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP
    EDGEML_ASSERT_BLOCKS(EDGEML_PAIR_QUAD_BYTES)
    "ldr r8, [sp, #4]\n\t"
    "cmp r1, r8\n\t"
    "bne.w 2b\n\t"
    "ldr r1, [sp, #16]\n\t"
    "sub r2, r4\n\t"
    "asr r2, #7\n\t"
    "sub r3, r5\n\t"
    "asr r3, #7\n\t"
    "lsl r4, #1\n\t"
    "lsl r5, #1\n\t"
    "sub r6, r10\n\t"
    "asr r6, #7\n\t"
    "sub r7, r11\n\t"
    "asr r7, #7\n\t"
    "lsl r10, #1\n\t"
    "lsl r11, #1\n\t"
    "ldmia r0!, {r8, r9, r12}\n\t" EDGEML_FINISH("lr", "r3")
    "mov r3, lr\n\t"
    "ldr lr, [sp, #12]\n\t"
    "strb r3, [r1, lr]\n\t" EDGEML_FINISH("r9", "r2")
    "strb r9, [r1], #1\n\t"
    EDGEML_STORE("r4", "r5", "r2") EDGEML_STORE("r6", "r7", "r2") EDGEML_STORE("r10", "r11", "r2")
    "str r1, [sp, #16]\n\t"
    "ldr r8, [sp, #20]\n\t"
    "cmp r1, r8\n\t"
    "bne.w 1b\n\t"
    "add sp, #24\n\t"
    "pop {r4-r11, pc}"
    :
    :
    : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

#undef EDGEML_STEP
#undef EDGEML_SCALE
#undef EDGEML_FINISH
#undef EDGEML_STORE
#else
#define EDGEML_PAIR_QUAD_BYTES 96
static inline void edgeml_blocks_two_dsp(const uint32_t *stream, const edgeml_blocks_dsp *blocks) {
  for (int8_t *y = blocks->y; y != blocks->y_end; y += 4) {
    int32_t sums[2][4];
    for (int32_t i = 0; i < 4; i++, stream++) sums[0][i] = sums[1][i] = (int32_t)*stream;
    for (const uint32_t *x = blocks->x; x != blocks->x_end; x += 2, stream += 2)
      for (int32_t p = 0; p < 2; p++)
        for (int32_t i = 0; i < 2; i++) {
          sums[p][2 * i] = edgeml_smlad(stream[i], x[p], sums[p][2 * i]);
          sums[p][2 * i + 1] = edgeml_smlad(edgeml_sxtb16(stream[i]), x[p], sums[p][2 * i + 1]);
        }
    for (int32_t i = 0; i < 4; i++, stream += 3)
      for (int32_t p = 1; p >= 0; p--) {
        const int32_t *sum = sums[p];
        const int32_t acc = i % 2 == 0 ? (int32_t)((uint32_t)sum[i] - (uint32_t)sum[i + 1]) >> 8 : sum[i];
        const int32_t scaled = edgeml_requantize_right(acc, (int32_t)stream[0], (int32_t)stream[1], (int32_t)stream[2]);
        y[i + p * blocks->stride] = (int8_t)edgeml_ssat8(scaled);
      }
  }
}
#endif

/* Every filter of a bank on the two patches at `x`; `stride` is 0 where there is one only. Gives where the next bank's stream begins. */
static inline const uint32_t *edgeml_filters_pair_s8_dsp(const edgeml_filters_s8_dsp *f, const uint32_t *stream, const uint32_t *x,
                                                         int8_t *y, int32_t stride) {
  const int32_t whole = f->outputs & ~3;
  const int32_t rest = f->outputs & 3;
  edgeml_blocks_dsp blocks = {x, x + 4 * f->quads, (-f->quads & 3) * EDGEML_PAIR_QUAD_BYTES, stride, y, y + whole};
  if (whole > 0) {
    edgeml_blocks_two_dsp(stream, &blocks);
    stream += whole / 4 * edgeml_block_words_dsp(f);
  }
  if (rest > 0) {
    int8_t last[8];
    blocks.y = last;
    blocks.y_end = last + 4;
    blocks.stride = 4;
    edgeml_blocks_two_dsp(stream, &blocks);
    stream += edgeml_block_words_dsp(f);
    for (int32_t i = 0; i < rest; i++) {
      y[whole + i + stride] = last[4 + i];
      y[whole + i] = last[i];
    }
  }
  edgeml_clamp_s8_dsp(y, f->outputs, f->min, f->max);
  if (stride != 0) edgeml_clamp_s8_dsp(y + stride, f->outputs, f->min, f->max);
  return stream;
}

#endif
