/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_GATHER_H
#define EDGEML_GATHER_H

#include "bytes.h"
#include "indices.h"
#include "loops.h"

/* Slices of x at indices (Gather, GatherND). */
typedef struct {
  edgeml_indices indices;
  /* Batches, whose indices differ; in each, parts of x that take the same indices; in each of those, index vectors. */
  int32_t batches, parts, rows;
  /* Bytes of a part of x, of a slice, and of an element where a slice is one (else 0). */
  int32_t part, run, unit;
} edgeml_gather_params;

static inline void edgeml_gather(const void *x, const void *indices, void *y, const edgeml_gather_params *p) {
  const char *from = (const char *)x;
  char *to = (char *)y;
  int32_t batch, part, row;
  for (batch = 0; batch < p->batches; batch++) {
    for (part = 0; part < p->parts; part++, from += p->part) {
      for (row = 0; row < p->rows; row++, to += p->run) {
        edgeml_copy_run(to, from + edgeml_place(&p->indices, indices, batch * p->rows + row), p->run, p->unit);
      }
    }
  }
}

/* One element of x for every index (GatherElements). */
typedef struct {
  edgeml_indices indices;
  /* {count, step in x in bytes} over the indices: the step is 0 along the axis that they run along. */
  const int32_t *loops;
  int32_t depth;
  /* Bytes of an element. */
  int32_t unit;
} edgeml_gather_elements_params;

static inline void edgeml_gather_elements(const void *x, const void *indices, void *y, const edgeml_gather_elements_params *p) {
  char *to = (char *)y;
  int32_t index[EDGEML_MAX_LOOPS] = {0};
  int32_t at = 0, i = 0;
  do {
    edgeml_copy_run(to, (const char *)x + at + edgeml_place(&p->indices, indices, i++), p->unit, p->unit);
    to += p->unit;
  } while (edgeml_advance(p->loops, p->depth, 1, index, &at));
}

#endif
