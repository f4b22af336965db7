/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INDICES_H
#define EDGEML_INDICES_H

#include <stdint.h>

/* Which slice of a tensor a vector of coordinates means. */
typedef struct {
  /* {length, step in bytes} of each axis that has a coordinate. */
  const int32_t *axes;
  /* Coordinates of a vector. */
  int32_t count;
  /* Bytes of one coordinate: 4 or 8. 0: the indices are int32 steps in bytes, worked out beforehand. */
  int32_t width;
} edgeml_indices;

static inline int64_t edgeml_index_at(const void *indices, int32_t i, int32_t width) {
  return width == 8 ? ((const int64_t *)indices)[i] : ((const int32_t *)indices)[i];
}

/* How far in bytes the `row`-th vector is. Negative coordinates count from the back; those beyond the ends mean the ends. */
static inline int32_t edgeml_place(const edgeml_indices *p, const void *indices, int32_t row) {
  int32_t place = 0, k;
  if (p->width == 0) return ((const int32_t *)indices)[row];
  for (k = 0; k < p->count; k++) {
    const int32_t length = p->axes[2 * k];
    int64_t i = edgeml_index_at(indices, row * p->count + k, p->width);
    if (i < 0) i += length;
    if (i < 0) i = 0;
    if (i >= length) i = length - 1;
    place += (int32_t)i * p->axes[2 * k + 1];
  }
  return place;
}

#endif
