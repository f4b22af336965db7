/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_REVERSE_SEQUENCE_H
#define EDGEML_REVERSE_SEQUENCE_H

#include "bytes.h"
#include "indices.h"

/* x as [outer, first, between, second, run bytes], where first and second are batch and time in either order. */
typedef struct {
  int32_t outer, first, between, second, run;
  /* 1 where the batch comes first. */
  int32_t batch_first;
  /* Bytes of a length: 4 or 8. */
  int32_t width;
  /* Bytes of an element where a run is one; else 0. */
  int32_t unit;
} edgeml_reverse_sequence_params;

static inline void edgeml_reverse_sequence(const void *x, const void *lengths, void *y, const edgeml_reverse_sequence_params *p) {
  const int32_t step = p->batch_first ? p->run : p->between * p->second * p->run;
  const int32_t times = p->batch_first ? p->second : p->first;
  const char *from = (const char *)x;
  char *to = (char *)y;
  int32_t o, i, b, j;
  for (o = 0; o < p->outer; o++) {
    for (i = 0; i < p->first; i++) {
      for (b = 0; b < p->between; b++) {
        for (j = 0; j < p->second; j++, from += p->run, to += p->run) {
          const int32_t time = p->batch_first ? j : i;
          const int64_t given = edgeml_index_at(lengths, p->batch_first ? i : j, p->width);
          const int32_t length = given < times ? (int32_t)given : times;
          edgeml_copy_run(to, time < length ? from + (length - 1 - 2 * time) * step : from, p->run, p->unit);
        }
      }
    }
  }
}

#endif
