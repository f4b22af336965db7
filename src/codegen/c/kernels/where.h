/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_WHERE_H
#define EDGEML_WHERE_H

#include "bytes.h"
#include "loops.h"

/* z = condition ? x : y with broadcasting. */
typedef struct {
  /* {count, step of the condition, of x and of y in elements}, outermost first. */
  const int32_t *loops;
  int32_t depth;
  /* Bytes of an element of x, y and z. */
  int32_t unit;
} edgeml_where_params;

static inline void edgeml_where(const uint8_t *condition, const void *x, const void *y, void *z, const edgeml_where_params *p) {
  const int32_t *const inner = p->loops + 4 * (p->depth - 1);
  const int32_t unit = p->unit;
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  int32_t at[3] = {0, 0, 0};
  char *to = (char *)z;
  int32_t i;
  do {
    for (i = 0; i < inner[0]; i++, to += unit) {
      const char *const from = condition[at[0] + i * inner[1]] ? (const char *)x + (at[1] + i * inner[2]) * unit
                                                               : (const char *)y + (at[2] + i * inner[3]) * unit;
      edgeml_copy_run(to, from, unit, unit);
    }
  } while (edgeml_advance(p->loops, p->depth - 1, 3, index, at));
}

#endif
