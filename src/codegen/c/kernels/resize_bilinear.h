/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_RESIZE_BILINEAR_H
#define EDGEML_RESIZE_BILINEAR_H

#include <stdint.h>

/*
 * Between two rows and two columns, in steps of 2^-bits. Of every row and column of the output: where in x (in elements) the two
 * that it lies between begin, and how far it is from the first (beyond both at the borders).
 */
typedef struct {
  int32_t batches, height, width, channels;
  /* Elements of one image of x. */
  int32_t image;
  const int32_t *top, *bottom, *left, *right;
  const int16_t *down, *across;
  int32_t bits;
  /* 1: halves are rounded up, else away from zero. */
  int32_t up;
} edgeml_resize_bilinear_params;

/* The products of int8 fit in 32 bits, those of int16 in 64. */
#define EDGEML_RESIZE_BILINEAR(SUFFIX, T, WIDE)                                                                           \
  static inline void edgeml_resize_bilinear_##SUFFIX(const T *x, T *y, const edgeml_resize_bilinear_params *p) {          \
    const int32_t one = (int32_t)1 << p->bits, half = (int32_t)1 << (2 * p->bits - 1);                                    \
    int32_t b, h, w, c;                                                                                                   \
    for (b = 0; b < p->batches; b++, x += p->image) {                                                                     \
      for (h = 0; h < p->height; h++) {                                                                                   \
        const T *const upper = x + p->top[h];                                                                             \
        const T *const lower = x + p->bottom[h];                                                                          \
        const int32_t down = p->down[h];                                                                                  \
        for (w = 0; w < p->width; w++) {                                                                                  \
          const int32_t across = p->across[w], left = p->left[w], right = p->right[w];                                    \
          const int32_t k00 = (one - down) * (one - across), k10 = down * (one - across);                                 \
          const int32_t k01 = (one - down) * across, k11 = down * across;                                                 \
          for (c = 0; c < p->channels; c++) {                                                                             \
            const WIDE sum = (WIDE)upper[left + c] * k00 + (WIDE)lower[left + c] * k10 + (WIDE)upper[right + c] * k01 +   \
                             (WIDE)lower[right + c] * k11;                                                                \
            *y++ = (T)(p->up ? (sum + half) >> (2 * p->bits) : (sum + (sum > 0 ? half : -half)) / half / 2);              \
          }                                                                                                               \
        }                                                                                                                 \
      }                                                                                                                   \
    }                                                                                                                     \
  }

EDGEML_RESIZE_BILINEAR(s8, int8_t, int32_t)
EDGEML_RESIZE_BILINEAR(s16, int16_t, int64_t)

#endif
