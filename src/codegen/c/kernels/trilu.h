/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_TRILU_H
#define EDGEML_TRILU_H

#include <stdint.h>
#include <string.h>

/* One triangle of every matrix, zeros elsewhere; x and y may be one. */
typedef struct {
  int32_t matrices, rows, columns;
  /* Bytes of an element. */
  int32_t unit;
  /* 1: from diagonal k on to the right stays; 0: up to diagonal k. */
  int32_t upper, k;
} edgeml_trilu_params;

static inline void edgeml_trilu(const void *x, void *y, const edgeml_trilu_params *p) {
  const char *from = (const char *)x;
  char *to = (char *)y;
  int32_t m, row;
  for (m = 0; m < p->matrices; m++) {
    for (row = 0; row < p->rows; row++, from += p->columns * p->unit, to += p->columns * p->unit) {
      int32_t cut = row + p->k + (p->upper ? 0 : 1);
      size_t left, right;
      if (cut < 0) cut = 0;
      if (cut > p->columns) cut = p->columns;
      left = (size_t)(cut * p->unit);
      right = (size_t)((p->columns - cut) * p->unit);
      if (p->upper) {
        memset(to, 0, left);
        memmove(to + left, from + left, right);
      } else {
        memmove(to, from, left);
        memset(to + left, 0, right);
      }
    }
  }
}

#endif
