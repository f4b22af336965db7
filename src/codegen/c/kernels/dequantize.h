/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEQUANTIZE_H
#define EDGEML_DEQUANTIZE_H

#include <stdint.h>

/* The reals that integers stand for. */
#define EDGEML_DEQUANTIZE(SUFFIX, T)                                                                                  \
  static inline void edgeml_dequantize_##SUFFIX(const T *x, float *y, int32_t count, float scale, int32_t zero) {     \
    int32_t i;                                                                                                        \
    for (i = 0; i < count; i++) y[i] = scale * (float)(x[i] - zero);                                                  \
  }

EDGEML_DEQUANTIZE(s8, int8_t)
EDGEML_DEQUANTIZE(u8, uint8_t)
EDGEML_DEQUANTIZE(s16, int16_t)

#endif
