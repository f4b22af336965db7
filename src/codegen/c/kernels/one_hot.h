/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_ONE_HOT_H
#define EDGEML_ONE_HOT_H

#include "bytes.h"
#include "indices.h"

typedef struct {
  /* Indices in all, and how many of them lie behind the new axis. */
  int32_t indices, inner;
  int32_t depth;
  /* Bytes of an index (4 or 8), and of an element of y. */
  int32_t width, unit;
  /* 1: negative indices count from the back; 0: they are outside. */
  int32_t wraps;
} edgeml_one_hot_params;

/* `values` are {off, on}. Indices outside leave everything off. */
static inline void edgeml_one_hot(const void *indices, void *y, const void *values, const edgeml_one_hot_params *p) {
  const char *const on = (const char *)values + p->unit;
  int32_t i;
  edgeml_fill(y, values, p->indices * p->depth, p->unit);
  for (i = 0; i < p->indices; i++) {
    int64_t at = edgeml_index_at(indices, i, p->width);
    if (at < 0 && p->wraps) at += p->depth;
    if (at < 0 || at >= p->depth) continue;
    edgeml_copy_run((char *)y + (((i / p->inner) * p->depth + (int32_t)at) * p->inner + i % p->inner) * p->unit, on, p->unit, p->unit);
  }
}

#endif
