/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_PICK_H
#define EDGEML_PICK_H

#include "bytes.h"
#include "loops.h"

/* y[i, j, …] = x[a[i] + b[j] + …]: every axis picks its own places, in any order and as often as it likes. */
typedef struct {
  /* The length of each axis of y, outermost first. */
  const int32_t *counts;
  /* For each axis one after the other: where in x each of its places begins, in bytes. */
  const int32_t *places;
  int32_t depth;
  /* Bytes that lie together at a place, and 1, 2, 4 or 8 where they are one element of that size; else 0. */
  int32_t run, unit;
} edgeml_pick_params;

static inline void edgeml_pick(const void *x, void *y, const edgeml_pick_params *p) {
  const int32_t last = p->depth - 1;
  const int32_t count = p->counts[last];
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  char *to = (char *)y;
  int32_t d, i;
  do {
    const int32_t *places = p->places;
    const char *from = (const char *)x;
    for (d = 0; d < last; d++) {
      from += places[index[d]];
      places += p->counts[d];
    }
    for (i = 0; i < count; i++, to += p->run) edgeml_copy_run(to, from + places[i], p->run, p->unit);
    for (d = last - 1; d >= 0; d--) {
      if (++index[d] < p->counts[d]) break;
      index[d] = 0;
    }
  } while (d >= 0);
}

#endif
