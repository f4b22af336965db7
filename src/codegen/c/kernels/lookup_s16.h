/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_LOOKUP_S16_H
#define EDGEML_LOOKUP_S16_H

#include <stdint.h>

/*
 * A function given at 513 places from -32768 to 32768, with straight lines between; in place if wanted.
 * The slope is a difference in 16 bits, as in TensorFlow Lite: steeper functions wrap around.
 */
static inline void edgeml_lookup_s16(const int16_t *x, int16_t *y, const int16_t *table, int32_t count) {
  int32_t i;
  for (i = 0; i < count; i++) {
    const int16_t *const at = table + 256 + (x[i] >> 7);
    const int32_t slope = (int16_t)(uint16_t)((uint32_t)(int32_t)at[1] - (uint32_t)(int32_t)at[0]);
    y[i] = (int16_t)(uint16_t)(at[0] + ((slope * (x[i] & 0x7f) + 64) >> 7));
  }
}

#endif
