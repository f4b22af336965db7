/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_LOOPS_H
#define EDGEML_LOOPS_H

#include <stdint.h>

/* No generated code nests deeper: values have a rank of 8 at most. */
#define EDGEML_MAX_LOOPS 8

/*
 * Nested loops as a table, outermost first: of each its count, then the step of every operand. Kernels run the innermost
 * loop themselves and call this to go on to its next start: `at` holds where each operand is, `index` the counters.
 * Returns 0 when all loops are through.
 */
static inline int edgeml_advance(const int32_t *loops, int32_t depth, int32_t operands, int32_t *index, int32_t *at) {
  int32_t d, o;
  for (d = depth - 1; d >= 0; d--) {
    const int32_t *const loop = loops + d * (operands + 1);
    for (o = 0; o < operands; o++) at[o] += loop[1 + o];
    if (++index[d] < loop[0]) return 1;
    for (o = 0; o < operands; o++) at[o] -= loop[0] * loop[1 + o];
    index[d] = 0;
  }
  return 0;
}

#endif
