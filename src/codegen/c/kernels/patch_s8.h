/* SPDX-License-Identifier: Apache-2.0 */
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
  /* Where the first output lies, and how far apart those of neighbouring images, rows and columns are. */
  int32_t y_first, y_image, y_row, y_column;
} edgeml_conv_window;

/* Windows one after the other. Begins as {x, y + y_first, 0, 0}. */
typedef struct {
  const int8_t *image;
  int8_t *y_image;
  int32_t row, column;
} edgeml_conv_cursor;

/* Where a window lies: the image, its first row and column (either may lie outside), and its outputs. */
typedef struct {
  const int8_t *image;
  int32_t top, left;
  int8_t *y;
} edgeml_conv_place;

static inline edgeml_conv_place edgeml_next_place(const edgeml_conv_window *w, edgeml_conv_cursor *c) {
  const edgeml_conv_place place = {c->image, c->row * w->stride_height - w->pad_top, c->column * w->stride_width - w->pad_left,
                                   c->y_image + c->row * w->y_row + c->column * w->y_column};
  if (++c->column == w->out_width) {
    c->column = 0;
    if (++c->row == w->out_height) {
      c->row = 0;
      c->image += w->in_height * w->in_width * w->in_channels;
      c->y_image += w->y_image;
    }
  }
  return place;
}

#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__) || defined(__i386__)
#define EDGEML_UNALIGNED_WORDS 1
#else
#define EDGEML_UNALIGNED_WORDS 0
#endif
#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define EDGEML_HELIUM_RUNS 1
#else
#define EDGEML_HELIUM_RUNS 0
#endif

/*
 * Short runs: libraries for small cores copy byte by byte, and a call costs as much as a dozen bytes. Whole words are written,
 * up to 3 bytes beyond the run, and read where they end before `limit`.
 */
static inline void edgeml_copy_run_s8(int8_t *to, const int8_t *from, int32_t bytes, const int8_t *limit) {
#if EDGEML_HELIUM_RUNS
  (void)limit;
  __asm__ volatile(
    "wlstp.8 lr, %[bytes], 2f\n"
    "1:\n\t"
    "vldrb.8 q0, [%[from]], #16\n\t"
    "vstrb.8 q0, [%[to]], #16\n\t"
    "letp lr, 1b\n"
    "2:"
    : [to] "+r"(to), [from] "+r"(from)
    : [bytes] "r"(bytes)
    : "lr", "q0", "cc", "memory");
#else
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
#endif
}

/* `bytes` times the byte that `word` has four times; writes whole words. */
static inline void edgeml_fill_run_s8(int8_t *to, uint32_t word, int32_t bytes) {
#if EDGEML_HELIUM_RUNS
  __asm__ volatile(
    "vdup.32 q0, %[word]\n\t"
    "wlstp.8 lr, %[bytes], 2f\n"
    "1:\n\t"
    "vstrb.8 q0, [%[to]], #16\n\t"
    "letp lr, 1b\n"
    "2:"
    : [to] "+r"(to)
    : [word] "r"(word), [bytes] "r"(bytes)
    : "lr", "q0", "cc", "memory");
#elif EDGEML_UNALIGNED_WORDS
  for (; bytes > 0; bytes -= 4, to += 4) memcpy(to, &word, 4);
#else
  memset(to, (int)(word & 0xffu), (size_t)bytes);
#endif
}

/*
 * The input under a filter, for the group that begins `first_channel` bytes into a pixel. `limit` is the end of the input.
 * Of `to` 3 bytes beyond the patch may be overwritten.
 */
#if defined(__GNUC__)
__attribute__((noinline, unused))
#endif
static void edgeml_patch_s8(const edgeml_conv_window *w, const edgeml_conv_place *place, int32_t first_channel, const int8_t *limit,
                            int8_t *to) {
  const int32_t channels = w->group_channels;
  const int32_t dilation = w->dilation_width;
  const int32_t left = place->left;
  int32_t top = place->top;
  int32_t first = 0;
  int32_t end = w->kernel_width;
  for (int32_t at = left; at < 0 && first < end; at += dilation) first++;
  for (int32_t at = left + (end - 1) * dilation; at >= w->in_width && first < end; at -= dilation) end--;
  const int32_t step = dilation * w->in_channels;
  const int32_t whole = (end - first) * channels;
  const int32_t run = step == channels ? whole : channels;
  const int32_t before = first * channels;
  const int32_t after = (w->kernel_width - end) * channels;
  const int32_t offset = first_channel + (left + first * dilation) * w->in_channels;
  const int32_t image_row = w->in_width * w->in_channels;
  if (run == whole && before + after == 0 && top >= 0 && top + (w->kernel_height - 1) * w->dilation_height < w->in_height) {
    const int8_t *from = place->image + (top * image_row + offset);
    for (int32_t ky = w->kernel_height; ky > 0; ky--, to += whole, from += w->dilation_height * image_row)
      edgeml_copy_run_s8(to, from, whole, limit);
    return;
  }
  const uint32_t padding = 0x01010101u * (uint8_t)w->zero_point;
  for (int32_t ky = w->kernel_height; ky > 0; ky--, top += w->dilation_height) {
    if ((uint32_t)top >= (uint32_t)w->in_height) {
      edgeml_fill_run_s8(to, padding, before + whole + after);
      to += before + whole + after;
      continue;
    }
    edgeml_fill_run_s8(to, padding, before);
    to += before;
    const int8_t *from = place->image + (top * image_row + offset);
    for (int32_t left_over = whole; left_over > 0; left_over -= run, from += step, to += run) edgeml_copy_run_s8(to, from, run, limit);
    edgeml_fill_run_s8(to, padding, after);
    to += after;
  }
}

#endif
