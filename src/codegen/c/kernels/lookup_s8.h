/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_LOOKUP_S8_H
#define EDGEML_LOOKUP_S8_H

#include <stdint.h>

/* y[i] = table[x[i]], the index read as uint8; in place if wanted. Bytes in, bytes out: the table knows what they stand for. */
static inline void edgeml_lookup_s8(const void *x, void *y, const int8_t *table, int32_t count) {
  const uint8_t *const from = (const uint8_t *)x;
  int8_t *const to = (int8_t *)y;
  int32_t i;
  for (i = 0; i < count; i++) to[i] = table[from[i]];
}

#endif
