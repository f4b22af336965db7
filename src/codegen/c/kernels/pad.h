/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_PAD_H
#define EDGEML_PAD_H

#include "bytes.h"
#include "loops.h"

/* Elements of one value around x. */
typedef struct {
  /*
   * {count, step in x in bytes, elements of fill between two rows that this loop separates}, outermost first. A row is what
   * lies together in x.
   */
  const int32_t *loops;
  int32_t depth;
  /* Where in x the first row is, in bytes. */
  int32_t from;
  /* Bytes of a row. */
  int32_t run;
  /* Elements of fill before the first row and after the last. */
  int32_t before, after;
  /* Bytes of an element. */
  int32_t unit;
} edgeml_pad_params;

/* `value` points at one element. */
static inline void edgeml_pad(const void *x, void *y, const void *value, const edgeml_pad_params *p) {
  char *to = (char *)y;
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  int32_t at = p->from;
  int32_t gap = p->before, d;
  do {
    edgeml_fill(to, value, gap, p->unit);
    to += gap * p->unit;
    edgeml_copy_run(to, (const char *)x + at, p->run, 0);
    to += p->run;
    for (d = p->depth - 1; d >= 0; d--) {
      const int32_t *const loop = p->loops + 3 * d;
      at += loop[1];
      gap = loop[2];
      if (++index[d] < loop[0]) break;
      at -= loop[0] * loop[1];
      index[d] = 0;
    }
  } while (d >= 0);
  edgeml_fill(to, value, p->after, p->unit);
}

#endif
