/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_FILTERS_PAIR_S8_H
#define EDGEML_FILTERS_PAIR_S8_H

#include "filters_s8.h"
#include "multiply_s8_thumb.h"

/* Sums of four outputs for two patches, which begin at their biases: a0, a1, b0, b1, c0, c1, d0, d1. */
typedef struct {
  const int8_t *x0, *x1;
  /* In the first patch: where fours end, and where all ends. */
  const int8_t *fours, *end;
  int32_t sums[8];
} edgeml_sums_two;

#if defined(__thumb2__)
/*
 * Compilers spill sums in this loop. Registers: r0 weights, r1 r2 patches, r3 to r10 sums, r11 r12 inputs, lr a weight.
 * On the stack: fours, end, the struct.
 */
#define EDGEML_STEP \
  "ldrsb r11, [r1], #1\n\t" \
  "ldrsb r12, [r2], #1\n\t" \
  "ldrsb lr, [r0], #1\n\t" \
  "mla r3, lr, r11, r3\n\t" \
  "mla r4, lr, r12, r4\n\t" \
  "ldrsb lr, [r0], #1\n\t" \
  "mla r5, lr, r11, r5\n\t" \
  "mla r6, lr, r12, r6\n\t" \
  "ldrsb lr, [r0], #1\n\t" \
  "mla r7, lr, r11, r7\n\t" \
  "mla r8, lr, r12, r8\n\t" \
  "ldrsb lr, [r0], #1\n\t" \
  "mla r9, lr, r11, r9\n\t" \
  "mla r10, lr, r12, r10\n\t"

__attribute__((naked, noinline, unused)) static const int8_t *edgeml_multiply_two(__attribute__((unused)) const int8_t *weights,
                                                                                  __attribute__((unused)) edgeml_sums_two *s) {
  __asm__ volatile(
    "push {r4-r11, lr}\n\t"
    "mov lr, r1\n\t"
    "ldrd r1, r2, [lr], #8\n\t"
    "ldrd r3, r4, [lr], #8\n\t"
    "push {r3, r4, lr}\n\t"
    "ldmia lr, {r3-r10}\n"
    "1:\n\t"
    "ldr lr, [sp]\n\t"
    "cmp r1, lr\n\t"
    "beq.n 3f\n"
    "2:\n\t" EDGEML_STEP EDGEML_STEP EDGEML_STEP EDGEML_STEP
    "ldr lr, [sp]\n\t"
    "cmp r1, lr\n\t"
    "bne.w 2b\n"
    "3:\n\t"
    "ldr lr, [sp, #4]\n\t"
    "cmp r1, lr\n\t"
    "beq.n 4f\n\t" EDGEML_STEP
    "b.n 3b\n"
    "4:\n\t"
    "ldr lr, [sp, #8]\n\t"
    "stmia lr, {r3-r10}\n\t"
    "add sp, #12\n\t"
    "pop {r4-r11, pc}"
    :
    :
    : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

#undef EDGEML_STEP
#elif EDGEML_HAS_MULTIPLY_THUMB
static inline const int8_t *edgeml_multiply_two(const int8_t *weights, edgeml_sums_two *s) {
  const int32_t depth = (int32_t)(s->end - s->x0);
  int32_t first[4], second[4];
  for (int32_t i = 0; i < 4; i++) first[i] = second[i] = s->sums[2 * i];
  const int8_t *const next = edgeml_multiply_thumb(weights, s->x0, depth, first);
  if (s->x1 != s->x0) edgeml_multiply_thumb(weights, s->x1, depth, second);
  for (int32_t i = 0; i < 4; i++) {
    s->sums[2 * i] = first[i];
    s->sums[2 * i + 1] = second[i];
  }
  return next;
}
#else
static inline const int8_t *edgeml_multiply_two(const int8_t *weights, edgeml_sums_two *s) {
  int32_t a0 = s->sums[0], a1 = s->sums[1], b0 = s->sums[2], b1 = s->sums[3];
  int32_t c0 = s->sums[4], c1 = s->sums[5], d0 = s->sums[6], d1 = s->sums[7];
  const int8_t *x1 = s->x1;
  for (const int8_t *x0 = s->x0, *end = s->end; x0 != end; weights += 4) {
    const int32_t v0 = *x0++;
    const int32_t v1 = *x1++;
    int32_t w = weights[0];
    a0 += v0 * w;
    a1 += v1 * w;
    w = weights[1];
    b0 += v0 * w;
    b1 += v1 * w;
    w = weights[2];
    c0 += v0 * w;
    c1 += v1 * w;
    w = weights[3];
    d0 += v0 * w;
    d1 += v1 * w;
  }
  const int32_t sums[8] = {a0, a1, b0, b1, c0, c1, d0, d1};
  for (int32_t i = 0; i < 8; i++) s->sums[i] = sums[i];
  return weights;
}
#endif

/*
 * Every filter of a bank on two patches of `depth` bytes. y1 may be y0, and x1 x0, where there is one patch only: of each
 * output the first patch's is written last.
 */
#if defined(__GNUC__)
__attribute__((noinline, unused))
#endif
static void edgeml_filters_pair_s8(const edgeml_filters_s8 *f, const int8_t *weights, const int32_t *channel, const int8_t *x0,
                                   const int8_t *x1, int8_t *y0, int8_t *y1) {
  edgeml_sums_two s = {x0, x1, x0 + (f->depth & ~3), x0 + f->depth, {0}};
  for (int32_t left = f->outputs; left > 0; left -= 4) {
    for (int32_t i = 0; i < 4; i++) s.sums[2 * i] = s.sums[2 * i + 1] = channel[4 * i];
    weights = edgeml_multiply_two(weights, &s);
    const int32_t *const end = s.sums + (left < 4 ? 2 * left : 8);
    if (f->right) {
      /* The usual case, on its own so that what it compares with stays in registers. */
      const int32_t min = f->min, max = f->max;
      for (const int32_t *sum = s.sums; sum != end; sum += 2, channel += 4) {
        const int32_t multiplier = channel[1], offset = channel[2], exponent = channel[3];
        *y1++ = (int8_t)edgeml_clamp(edgeml_requantize_right(sum[1], multiplier, offset, exponent), min, max);
        *y0++ = (int8_t)edgeml_clamp(edgeml_requantize_right(sum[0], multiplier, offset, exponent), min, max);
      }
      continue;
    }
    for (const int32_t *sum = s.sums; sum != end; sum += 2, channel += 4) {
      *y1++ = edgeml_finish_s8(f, channel, sum[1]);
      *y0++ = edgeml_finish_s8(f, channel, sum[0]);
    }
  }
}

#endif
