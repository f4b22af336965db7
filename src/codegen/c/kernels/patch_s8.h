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

#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__) || defined(__i386__)
#define EDGEML_UNALIGNED_WORDS 1
#else
#define EDGEML_UNALIGNED_WORDS 0
#endif

/*
 * Short runs: libraries for small cores copy byte by byte, and a call costs as much as a dozen bytes. Whole words are written,
 * up to 3 bytes beyond the run, and read where they end before `limit`.
 */
static inline void edgeml_copy_run_s8(int8_t *to, const int8_t *from, int32_t bytes, const int8_t *limit) {
#if EDGEML_UNALIGNED_WORDS
  if (bytes + 3 <= limit - from) {
    for (; bytes > 0; bytes -= 4, to += 4, from += 4) {
      uint32_t word;
      memcpy(&word, from, 4);
      memcpy(to, &word, 4);
    }
    return;
  }
#endif
  (void)limit;
  memcpy(to, from, (size_t)bytes);
}

/* `bytes` times the byte that `word` has four times; writes whole words. */
static inline void edgeml_fill_run_s8(int8_t *to, uint32_t word, int32_t bytes) {
#if EDGEML_UNALIGNED_WORDS
  for (; bytes > 0; bytes -= 4, to += 4) memcpy(to, &word, 4);
#else
  memset(to, (int)(word & 0xffu), (size_t)bytes);
#endif
}

/*
 * The input under a filter at row `top` and column `left` (either may lie outside), for one group: `image` is its first channel.
 * `limit` is the end of the input. Of `to` 3 bytes beyond the patch may be overwritten.
 */
#if defined(__GNUC__)
__attribute__((noinline, unused))
#endif
static void edgeml_patch_s8(const edgeml_conv_window *w, const int8_t *image, const int8_t *limit, int32_t top, int32_t left,
                            int8_t *to) {
  const int32_t channels = w->group_channels;
  const int32_t dilation = w->dilation_width;
  int32_t first = 0;
  int32_t end = w->kernel_width;
  for (int32_t at = left; at < 0 && first < end; at += dilation) first++;
  for (int32_t at = left + (end - 1) * dilation; at >= w->in_width && first < end; at -= dilation) end--;
  const int32_t step = dilation * w->in_channels;
  const int32_t whole = (end - first) * channels;
  const int32_t run = step == channels ? whole : channels;
  const int32_t before = first * channels;
  const int32_t after = (w->kernel_width - end) * channels;
  const uint32_t padding = 0x01010101u * (uint8_t)w->zero_point;
  image += (left + first * dilation) * w->in_channels;
  for (int32_t ky = w->kernel_height; ky > 0; ky--, top += w->dilation_height) {
    if ((uint32_t)top >= (uint32_t)w->in_height) {
      edgeml_fill_run_s8(to, padding, before + whole + after);
      to += before + whole + after;
      continue;
    }
    edgeml_fill_run_s8(to, padding, before);
    to += before;
    const int8_t *from = image + top * w->in_width * w->in_channels;
    for (int32_t left_over = whole; left_over > 0; left_over -= run, from += step, to += run) edgeml_copy_run_s8(to, from, run, limit);
    edgeml_fill_run_s8(to, padding, after);
    to += after;
  }
}

#endif
