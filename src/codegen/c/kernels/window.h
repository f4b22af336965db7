/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_WINDOW_H
#define EDGEML_WINDOW_H

#include <stdint.h>

/* A window that slides over [batches, height, width, channels]; pads after the data follow from the output's size. */
typedef struct {
  int32_t batches, height, width, channels;
  int32_t out_height, out_width;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x;
  int32_t dilation_y, dilation_x;
  int32_t pad_top, pad_left;
} edgeml_window;

/* The first tap of a window that begins at `origin` and is not before the data. */
static inline int32_t edgeml_first_tap(int32_t origin, int32_t dilation) {
  if (origin >= 0) return 0;
  return dilation == 1 ? -origin : (dilation - 1 - origin) / dilation;
}

/* The tap after the last one that lies before the end of `size` elements. */
static inline int32_t edgeml_end_tap(int32_t origin, int32_t dilation, int32_t size, int32_t taps) {
  const int32_t room = size - origin;
  const int32_t fit = dilation == 1 ? room : (room + dilation - 1) / dilation;
  return fit < taps ? fit : taps;
}

#endif
