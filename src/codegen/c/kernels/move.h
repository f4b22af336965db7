/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_MOVE_H
#define EDGEML_MOVE_H

#include "bytes.h"
#include "loops.h"

/*
 * Everything that only brings elements into another order: transposes, slices, pieces of a concatenation or a split,
 * repetitions, blocks of space and depth, reversals.
 */
typedef struct {
  /* {count, step in x, step in y} in bytes, outermost first. */
  const int32_t *loops;
  int32_t depth;
  /* Where in x and y the first run is, in bytes. */
  int32_t from, to;
  /* Bytes that lie together. */
  int32_t run;
  /* 1, 2, 4 or 8 where a run is one element of that size; else 0. */
  int32_t unit;
} edgeml_move_params;

static inline void edgeml_move(const void *x, void *y, const edgeml_move_params *p) {
  const int32_t *const inner = p->loops + 3 * (p->depth - 1);
  const int32_t count = inner[0], step = inner[1], stride = inner[2];
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  int32_t at[2], i;
  at[0] = p->from;
  at[1] = p->to;
  do {
    const char *from = (const char *)x + at[0];
    char *to = (char *)y + at[1];
    switch (p->unit) {
      case 1:
        for (i = 0; i < count; i++) to[i * stride] = from[i * step];
        break;
      case 2:
        for (i = 0; i < count; i++) edgeml_copy_run(to + i * stride, from + i * step, 2, 2);
        break;
      case 4:
        for (i = 0; i < count; i++) edgeml_copy_run(to + i * stride, from + i * step, 4, 4);
        break;
      case 8:
        for (i = 0; i < count; i++) edgeml_copy_run(to + i * stride, from + i * step, 8, 8);
        break;
      default:
        for (i = 0; i < count; i++) edgeml_copy_run(to + i * stride, from + i * step, p->run, 0);
    }
  } while (edgeml_advance(p->loops, p->depth - 1, 2, index, at));
}

#endif
