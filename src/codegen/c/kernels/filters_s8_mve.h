/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_S8_MVE_H
#define EDGEML_FILTERS_S8_MVE_H

#include <stdint.h>
#include <string.h>

#include "high_multiply.h"

/*
 * A bank of int8 filters for Helium. `stream` has for each block of four outputs (the last filled up with zeros) four biases;
 * `chunks` times 16 weights of each of the four, zeros after the last; four multipliers, four offsets as
 * edgeml_requantize_right takes them, and four exponents, negated. All are words, the weights packed by fours.
 */
typedef struct {
  const uint32_t *stream;
  int32_t depth, chunks, outputs;
  int32_t min, max;
} edgeml_filters_s8_mve;

/* Words of a block in the stream. */
static inline int32_t edgeml_block_words_mve(const edgeml_filters_s8_mve *f) { return 16 * f->chunks + 16; }

/* What a loop over blocks walks. y1 may be y0, and x1 x0: of each output the first patch's is written last. */
typedef struct {
  const int8_t *x0, *x1;
  int32_t chunks;
  int8_t *y0_end, *y0, *y1;
  int32_t min, max;
} edgeml_blocks_mve;

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#ifdef EDGEML_SINGLE_ROUNDING
#define EDGEML_SCALE(q) "vqdmulh.s32 " q ", " q ", q2\n\t"
#define EDGEML_AWAY(q)
#else
#define EDGEML_SCALE(q) "vqrdmulh.s32 " q ", " q ", q2\n\t"
#define EDGEML_AWAY(q) "vshr.s32 q2, " q ", #31\n\tvadd.i32 " q ", " q ", q2\n\t"
#endif

/*
 * Registers: r1 stream, r3 r5 patches, r7 chunks left; sums of the first patch r0 r2 r4 r6, of the second r8 r10 r12 lr; q6 q7 least
 * and greatest output. On the stack: x0, x1, chunks, y0_end, y0, y1.
 */
__attribute__((naked, noinline, unused)) static void edgeml_blocks_two_mve(__attribute__((unused)) const uint32_t *stream,
                                                                           __attribute__((unused)) const edgeml_blocks_mve *blocks) {
  __asm__ volatile(
    "push {r4-r11, lr}\n\t"
    "vpush {d12-d15}\n\t"
    "mov r12, r1\n\t"
    "mov r1, r0\n\t"
    "ldmia r12, {r2-r9}\n\t"
    "vdup.32 q6, r8\n\t"
    "vdup.32 q7, r9\n\t"
    "push {r2-r7}\n"
    "1:\n\t"
    "ldrd r0, r2, [r1], #8\n\t"
    "ldrd r4, r6, [r1], #8\n\t"
    "mov r8, r0\n\t"
    "mov r10, r2\n\t"
    "mov r12, r4\n\t"
    "mov lr, r6\n\t"
    "ldrd r3, r5, [sp]\n\t"
    "ldr r7, [sp, #8]\n"
    "2:\n\t"
    "vldrb.8 q0, [r3], #16\n\t"
    "vldrb.8 q2, [r1], #16\n\t"
    "vmladava.s8 r0, q0, q2\n\t"
    "vldrb.8 q1, [r5], #16\n\t"
    "vmladava.s8 r8, q1, q2\n\t"
    "vldrb.8 q3, [r1], #16\n\t"
    "vmladava.s8 r2, q0, q3\n\t"
    "vmladava.s8 r10, q1, q3\n\t"
    "vldrb.8 q2, [r1], #16\n\t"
    "vmladava.s8 r4, q0, q2\n\t"
    "vmladava.s8 r12, q1, q2\n\t"
    "vldrb.8 q3, [r1], #16\n\t"
    "vmladava.s8 r6, q0, q3\n\t"
    "subs r7, #1\n\t"
    "vmladava.s8 lr, q1, q3\n\t"
    "bne 2b\n\t"
    "vldrw.32 q2, [r1], #16\n\t"
    "vmov q0[2], q0[0], r0, r4\n\t"
    "vmov q0[3], q0[1], r2, r6\n\t"
    "vmov q1[2], q1[0], r8, r12\n\t"
    "vmov q1[3], q1[1], r10, lr\n\t"
    EDGEML_SCALE("q0") EDGEML_SCALE("q1") EDGEML_AWAY("q0") EDGEML_AWAY("q1")
    "vldrw.32 q2, [r1], #16\n\t"
    "vldrw.32 q3, [r1], #16\n\t"
    "vadd.i32 q0, q0, q2\n\t"
    "vadd.i32 q1, q1, q2\n\t"
    "vshl.s32 q0, q0, q3\n\t"
    "vshl.s32 q1, q1, q3\n\t"
    "vmax.s32 q0, q0, q6\n\t"
    "vmax.s32 q1, q1, q6\n\t"
    "vmin.s32 q0, q0, q7\n\t"
    "vmin.s32 q1, q1, q7\n\t"
    "ldrd r3, r5, [sp, #16]\n\t"
    "ldr r7, [sp, #12]\n\t"
    "vstrb.32 q1, [r5], #4\n\t"
    "vstrb.32 q0, [r3], #4\n\t"
    "strd r3, r5, [sp, #16]\n\t"
    "cmp r3, r7\n\t"
    "bne 1b\n\t"
    "add sp, #24\n\t"
    "vpop {d12-d15}\n\t"
    "pop {r4-r11, pc}"
    :
    :
    : "r0", "r1", "r2", "r3", "r12", "lr", "q0", "q1", "q2", "q3", "cc", "memory");
}

#undef EDGEML_SCALE
#undef EDGEML_AWAY
#else
static inline int32_t edgeml_stream_word_mve(const uint32_t *stream, int32_t i) {
  int32_t word;
  memcpy(&word, stream + i, sizeof word);
  return word;
}

static inline void edgeml_blocks_two_mve(const uint32_t *stream, const edgeml_blocks_mve *blocks) {
  int8_t *y1 = blocks->y1;
  for (int8_t *y0 = blocks->y0; y0 != blocks->y0_end; y0 += 4, y1 += 4) {
    const int8_t *weights = (const int8_t *)(stream + 4);
    const uint32_t *const scale = stream + 4 + 16 * blocks->chunks;
    for (int32_t i = 0; i < 4; i++) {
      int32_t sums[2] = {edgeml_stream_word_mve(stream, i), edgeml_stream_word_mve(stream, i)};
      for (int32_t k = 0; k < 16 * blocks->chunks; k++) {
        const int32_t w = weights[k / 16 * 64 + i * 16 + k % 16];
        if (w == 0) continue;
        sums[0] += blocks->x0[k] * w;
        sums[1] += blocks->x1[k] * w;
      }
      for (int32_t p = 1; p >= 0; p--) {
        int32_t y = edgeml_requantize_right(sums[p], edgeml_stream_word_mve(scale, i), edgeml_stream_word_mve(scale, 4 + i),
                                            -edgeml_stream_word_mve(scale, 8 + i));
        y = y < blocks->min ? blocks->min : y > blocks->max ? blocks->max : y;
        (p ? y1 : y0)[i] = (int8_t)y;
      }
    }
    stream = scale + 12;
  }
}
#endif

/*
 * Every filter of a bank on two patches, which are readable up to 16 * chunks bytes. Gives where the next bank's stream begins.
 */
#if defined(__GNUC__)
__attribute__((noinline, unused))
#endif
static const uint32_t *edgeml_filters_pair_s8_mve(const edgeml_filters_s8_mve *f, const uint32_t *stream, const int8_t *x0,
                                                  const int8_t *x1, int8_t *y0, int8_t *y1) {
  const int32_t whole = f->outputs & ~3;
  const int32_t rest = f->outputs & 3;
  edgeml_blocks_mve blocks = {x0, x1, f->chunks, y0 + whole, y0, y1, f->min, f->max};
  if (whole > 0) {
    edgeml_blocks_two_mve(stream, &blocks);
    stream += whole / 4 * edgeml_block_words_mve(f);
  }
  if (rest > 0) {
    int8_t last[8];
    blocks.y0 = last;
    blocks.y1 = last + 4;
    blocks.y0_end = last + 4;
    edgeml_blocks_two_mve(stream, &blocks);
    stream += edgeml_block_words_mve(f);
    for (int32_t i = whole; i < f->outputs; i++) {
      y1[i] = last[4 + i - whole];
      y0[i] = last[i - whole];
    }
  }
  return stream;
}

#endif
