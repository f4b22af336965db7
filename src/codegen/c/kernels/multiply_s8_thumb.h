/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MULTIPLY_S8_THUMB_H
#define EDGEML_MULTIPLY_S8_THUMB_H

#include <stdint.h>

/*
 * Armv6-M: adds to four sums the products of `depth` inputs with four weights each; gives where the weights end. Only r0 to r7
 * multiply and load, and signed bytes only from the sum of two registers: r2 to r5 hold 0 to 3 for that.
 * r0 weights, r1 inputs, r6 input, r7 weight, r8 to r11 sums, r12 end of fours, lr end.
 */
#if defined(__thumb__) && !defined(__thumb2__) && defined(__GNUC__)
#define EDGEML_HAS_MULTIPLY_THUMB 1
#define EDGEML_FOUR_PRODUCTS \
  "ldrsb r7, [r0, r2]\n\t"   \
  "muls r7, r6\n\t"          \
  "add r8, r7\n\t"           \
  "ldrsb r7, [r0, r3]\n\t"   \
  "muls r7, r6\n\t"          \
  "add r9, r7\n\t"           \
  "ldrsb r7, [r0, r4]\n\t"   \
  "muls r7, r6\n\t"          \
  "add r10, r7\n\t"          \
  "ldrsb r7, [r0, r5]\n\t"   \
  "muls r7, r6\n\t"          \
  "add r11, r7\n\t"          \
  "adds r0, #4\n\t"

__attribute__((naked, noinline, unused)) static const int8_t *edgeml_multiply_thumb(__attribute__((unused)) const int8_t *weights,
                                                                                    __attribute__((unused)) const int8_t *x,
                                                                                    __attribute__((unused)) int32_t depth,
                                                                                    __attribute__((unused)) int32_t *sums) {
  __asm__ volatile(
    ".syntax unified\n\t"
    "push {r4-r7, lr}\n\t"
    "mov r4, r8\n\t"
    "mov r5, r9\n\t"
    "mov r6, r10\n\t"
    "mov r7, r11\n\t"
    "push {r3-r7}\n\t"
    "ldmia r3!, {r4-r7}\n\t"
    "mov r8, r4\n\t"
    "mov r9, r5\n\t"
    "mov r10, r6\n\t"
    "mov r11, r7\n\t"
    "movs r5, #3\n\t"
    "adds r4, r1, r2\n\t"
    "mov lr, r4\n\t"
    "bics r2, r5\n\t"
    "adds r4, r1, r2\n\t"
    "mov r12, r4\n\t"
    "movs r2, #0\n\t"
    "movs r3, #1\n\t"
    "movs r4, #2\n\t"
    "cmp r1, r12\n\t"
    "beq 2f\n"
    "1:\n\t"
    "ldrsb r6, [r1, r2]\n\t" EDGEML_FOUR_PRODUCTS
    "ldrsb r6, [r1, r3]\n\t" EDGEML_FOUR_PRODUCTS
    "ldrsb r6, [r1, r4]\n\t" EDGEML_FOUR_PRODUCTS
    "ldrsb r6, [r1, r5]\n\t" EDGEML_FOUR_PRODUCTS
    "adds r1, #4\n\t"
    "cmp r1, r12\n\t"
    "bne 1b\n"
    "2:\n\t"
    "cmp r1, lr\n\t"
    "beq 3f\n\t"
    "ldrsb r6, [r1, r2]\n\t"
    "adds r1, #1\n\t" EDGEML_FOUR_PRODUCTS
    "b 2b\n"
    "3:\n\t"
    "ldr r3, [sp]\n\t"
    "mov r4, r8\n\t"
    "mov r5, r9\n\t"
    "mov r6, r10\n\t"
    "mov r7, r11\n\t"
    "stmia r3!, {r4-r7}\n\t"
    "pop {r3-r7}\n\t"
    "mov r8, r4\n\t"
    "mov r9, r5\n\t"
    "mov r10, r6\n\t"
    "mov r11, r7\n\t"
    "pop {r4-r7, pc}"
    :
    :
    : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

#undef EDGEML_FOUR_PRODUCTS
#else
#define EDGEML_HAS_MULTIPLY_THUMB 0
#endif

#endif
