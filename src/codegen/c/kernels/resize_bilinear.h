#ifndef EDGEML_RESIZE_BILINEAR_H
#define EDGEML_RESIZE_BILINEAR_H

#include <stdint.h>

/*
 * Between two rows and two columns, in steps of 1/1024. Of every row and column of the output: where in x (in elements) the two
 * that it lies between begin, and how far it is from the first, in 1024ths (beyond 0 and 1024 at the borders).
 */
typedef struct {
  int32_t batches, height, width, channels;
  /* Elements of one image of x. */
  int32_t image;
  const int32_t *top, *bottom, *left, *right;
  const int16_t *down, *across;
} edgeml_resize_bilinear_params;

/* Rounded half away from zero, as the products of int8 fit in 32 bits and those of int16 in 64. */
#define EDGEML_RESIZE_BILINEAR(SUFFIX, T, WIDE)                                                                           \
  static inline void edgeml_resize_bilinear_##SUFFIX(const T *x, T *y, const edgeml_resize_bilinear_params *p) {          \
    int32_t b, h, w, c;                                                                                                   \
    for (b = 0; b < p->batches; b++, x += p->image) {                                                                     \
      for (h = 0; h < p->height; h++) {                                                                                   \
        const T *const upper = x + p->top[h];                                                                             \
        const T *const lower = x + p->bottom[h];                                                                          \
        const int32_t down = p->down[h];                                                                                  \
        for (w = 0; w < p->width; w++) {                                                                                  \
          const int32_t across = p->across[w], left = p->left[w], right = p->right[w];                                    \
          const int32_t k00 = (1024 - down) * (1024 - across), k10 = down * (1024 - across);                              \
          const int32_t k01 = (1024 - down) * across, k11 = down * across;                                                \
          for (c = 0; c < p->channels; c++) {                                                                             \
            const WIDE sum = (WIDE)upper[left + c] * k00 + (WIDE)lower[left + c] * k10 + (WIDE)upper[right + c] * k01 +   \
                             (WIDE)lower[right + c] * k11;                                                                \
            *y++ = (T)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));                                             \
          }                                                                                                               \
        }                                                                                                                 \
      }                                                                                                                   \
    }                                                                                                                     \
  }

EDGEML_RESIZE_BILINEAR(s8, int8_t, int32_t)
EDGEML_RESIZE_BILINEAR(s16, int16_t, int64_t)

#endif
