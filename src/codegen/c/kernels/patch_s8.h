#ifndef EDGEML_PATCH_S8_H
#define EDGEML_PATCH_S8_H

#include <stdint.h>
#include <string.h>

/* How the filters of a convolution move over an image [batches, in_height, in_width, in_channels]. */
typedef struct {
  int32_t batches, in_height, in_width, in_channels;
  int32_t out_height, out_width;
  int32_t kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
  int32_t pad_top, pad_left;
  /* Channels that a filter sees: all, or those of a group. */
  int32_t groups, group_channels;
  /* What the padding holds. */
  int32_t zero_point;
} edgeml_conv_window;

/* Short runs: libraries for small cores copy byte by byte, and a call costs as much as a dozen bytes. */
static inline void edgeml_copy_bytes(int8_t *to, const int8_t *from, int32_t bytes) {
#if defined(__ARM_FEATURE_UNALIGNED)
  uint32_t word;
  for (; bytes >= 4; bytes -= 4, to += 4, from += 4) {
    memcpy(&word, from, 4);
    memcpy(to, &word, 4);
  }
  for (; bytes > 0; bytes--) *to++ = *from++;
#else
  memcpy(to, from, (size_t)bytes);
#endif
}

/* The input under a filter at row `top` and column `left` (either may lie outside), for one group: `image` is its first channel. */
static inline void edgeml_patch_s8(const edgeml_conv_window *w, const int8_t *image, int32_t top, int32_t left, int8_t *to) {
  const int32_t channels = w->group_channels;
  int32_t first = 0;
  int32_t end = w->kernel_width;
  while (first < end && left + first * w->dilation_width < 0) first++;
  while (end > first && left + (end - 1) * w->dilation_width >= w->in_width) end--;
  const int32_t step = w->dilation_width * w->in_channels;
  const int32_t runs = step == channels ? 1 : end - first;
  const int32_t run = step == channels ? (end - first) * channels : channels;
  const int32_t before = first * channels;
  const int32_t after = (w->kernel_width - end) * channels;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, top += w->dilation_height) {
    if (top < 0 || top >= w->in_height) {
      memset(to, w->zero_point, (size_t)(w->kernel_width * channels));
      to += w->kernel_width * channels;
      continue;
    }
    if (before > 0) memset(to, w->zero_point, (size_t)before);
    to += before;
    const int8_t *from = image + (top * w->in_width + left + first * w->dilation_width) * w->in_channels;
    for (int32_t i = 0; i < runs; i++, from += step, to += run) edgeml_copy_bytes(to, from, run);
    if (after > 0) memset(to, w->zero_point, (size_t)after);
    to += after;
  }
}

#endif
