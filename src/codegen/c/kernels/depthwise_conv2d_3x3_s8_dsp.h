/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_DEPTHWISE_CONV2D_3X3_S8_DSP_H
#define EDGEML_DEPTHWISE_CONV2D_3X3_S8_DSP_H

#include "dsp.h"
#include "requantize.h"
#include "window.h"

/*
 * Depthwise 3x3 with a horizontal stride of 1 or 2, a vertical one of up to 3, and a multiple of four channels.
 * Four channels at a time pass over the whole image. The three rows under the windows are held as pairs of int16, channel by
 * channel, in panels of 8 columns of which the last two are the next panel's first:
 * rows [panels][4 channels][3 slots][4 pairs]. Row r is in slot r % 3, and the filter is turned to meet it.
 */
typedef struct {
  edgeml_window window;
  int32_t zero_point;
  int32_t panels;
  int32_t clamps; /* whether min and max are within int8 */
  int32_t min, max;
  const int8_t *weights; /* [3, 3, channels] */
  const int32_t *filters; /* [channels][4]: bias (with the zero point of the input), multiplier, offset, shift */
} edgeml_depthwise_3x3_dsp_params;

/* A filter as the inner loop reads it: of the rows 0, 1, 2, 0, 1 the pairs of taps (0, 1) and (1, 2). */
typedef struct {
  uint32_t taps[5][2];
  int32_t bias, multiplier, offset, exponent;
} edgeml_depthwise_filter;

/* A function of its own: inlined, it would share too few registers with what is around it. */
#if defined(__GNUC__)
#define EDGEML_APART __attribute__((noinline))
#else
#define EDGEML_APART
#endif

/* Words of scratch memory. */
#define EDGEML_PANEL_WORDS 48

/* Filters times two and times 2^shift where that is to the left: the high half of a doubled product is one instruction. */
static inline void edgeml_depthwise_filters_dsp(edgeml_depthwise_filter *to, const int8_t *w, const int32_t *from, int32_t channels) {
  int32_t c, r;
  for (c = 0; c < 4; c++, to++, from += 4) {
    const int32_t shift = from[3];
    const int32_t unit = (int32_t)2 << (shift > 0 ? shift : 0);
    const int8_t *tap = w + c;
    for (r = 0; r < 3; r++, tap += 3 * channels) {
      const uint32_t w0 = (uint32_t)(tap[0] * unit), w1 = (uint32_t)(tap[channels] * unit), w2 = (uint32_t)(tap[2 * channels] * unit);
      to->taps[r][0] = edgeml_pkhbt(w0, w1);
      to->taps[r][1] = edgeml_pkhbt(w1, w2);
    }
    for (r = 0; r < 2; r++) {
      to->taps[3 + r][0] = to->taps[r][0];
      to->taps[3 + r][1] = to->taps[r][1];
    }
    to->bias = from[0] * unit;
    to->multiplier = from[1];
    to->offset = from[2];
    to->exponent = shift < 0 ? -shift : 0;
  }
}

/* One column of four channels into the low (0) or high (1) half of a pair. */
static inline void edgeml_depthwise_column_dsp(uint32_t *pair, uint32_t x, int32_t high) {
  const uint32_t even = edgeml_sxtb16(x), odd = edgeml_sxtb16_ror8(x);
  const uint32_t halves[4] = {even, odd, even >> 16, odd >> 16};
  int32_t c;
  for (c = 0; c < 4; c++) {
    const uint16_t v = (uint16_t)halves[c];
    memcpy((char *)(pair + 12 * c) + 2 * high, &v, 2);
  }
}

/* A row of the input into its slot; columns outside the data are never written. */
static EDGEML_APART void edgeml_depthwise_row_dsp(uint32_t *slot, const int8_t *x, int32_t step, const edgeml_depthwise_3x3_dsp_params *p) {
  const int32_t left = p->window.pad_left;
  const int32_t right = left + p->window.width;
  int32_t k;
  for (k = 0; k < p->panels; k++, slot += EDGEML_PANEL_WORDS) {
    const int32_t first = 6 * k;
    const int32_t end = right < first + 8 ? right : first + 8;
    int32_t q = left > first ? left : first;
    const int8_t *px = x + (q - left) * step;
    uint32_t *pair = slot + ((q - first) >> 1);
    if (q & 1) {
      edgeml_depthwise_column_dsp(pair++, edgeml_load32(px), 1);
      px += step;
      q++;
    }
    for (; q + 1 < end; q += 2, pair++) {
      const uint32_t a = edgeml_load32(px), b = edgeml_load32(px + step);
      const uint32_t a02 = edgeml_sxtb16(a), a13 = edgeml_sxtb16_ror8(a);
      const uint32_t b02 = edgeml_sxtb16(b), b13 = edgeml_sxtb16_ror8(b);
      px += 2 * step;
      pair[0] = edgeml_pkhbt(a02, b02);
      pair[12] = edgeml_pkhbt(a13, b13);
      pair[24] = edgeml_pkhtb(a02, b02);
      pair[36] = edgeml_pkhtb(a13, b13);
    }
    if (q < end) edgeml_depthwise_column_dsp(pair, edgeml_load32(px), 0);
  }
}

static inline int8_t edgeml_depthwise_finish_dsp(int32_t acc, int32_t multiplier, int32_t offset, int32_t exponent) {
#ifdef EDGEML_SINGLE_ROUNDING
  return (int8_t)edgeml_ssat8(edgeml_smmla(acc, multiplier, offset) >> exponent);
#else
  return (int8_t)edgeml_ssat8(edgeml_smmlar(acc, multiplier, offset + (acc >> 31)) >> exponent);
#endif
}

/*
 * The first five sums of a panel at a horizontal stride of 1, from `bias` on. A compiler that orders these instructions itself
 * runs out of registers.
 */
#if EDGEML_HAS_DSP
#define EDGEML_DEPTHWISE_FIVE(X, W)                                                                                   \
  a4 = bias;                                                                                                          \
  __asm__ volatile(                                                                                                   \
    "ldrd %[w01], %[w12], [%[w], #0]\n\t"                                                                             \
    "ldrd %[t0], %[t1], [%[x], #0]\n\t"                                                                               \
    "smlad %[a0], %[t0], %[w01], %[a4]\n\t"                                                                           \
    "smlatb %[a1], %[t0], %[w01], %[a4]\n\t"                                                                          \
    "smlabt %[a0], %[t1], %[w12], %[a0]\n\t"                                                                          \
    "smlad %[a1], %[t1], %[w12], %[a1]\n\t"                                                                           \
    "ldrd %[t0], %[t2], [%[x], #8]\n\t"                                                                               \
    "smlad %[a2], %[t1], %[w01], %[a4]\n\t"                                                                           \
    "smlatb %[a3], %[t1], %[w01], %[a4]\n\t"                                                                          \
    "smlabt %[a2], %[t0], %[w12], %[a2]\n\t"                                                                          \
    "smlad %[a3], %[t0], %[w12], %[a3]\n\t"                                                                           \
    "smlad %[a4], %[t0], %[w01], %[a4]\n\t"                                                                           \
    "smlabt %[a4], %[t2], %[w12], %[a4]\n\t"                                                                          \
    "ldrd %[w01], %[w12], [%[w], #8]\n\t"                                                                             \
    "ldrd %[t0], %[t1], [%[x], #16]\n\t"                                                                              \
    "smlad %[a0], %[t0], %[w01], %[a0]\n\t"                                                                           \
    "smlatb %[a1], %[t0], %[w01], %[a1]\n\t"                                                                          \
    "smlabt %[a0], %[t1], %[w12], %[a0]\n\t"                                                                          \
    "smlad %[a1], %[t1], %[w12], %[a1]\n\t"                                                                           \
    "ldrd %[t0], %[t2], [%[x], #24]\n\t"                                                                              \
    "smlad %[a2], %[t1], %[w01], %[a2]\n\t"                                                                           \
    "smlatb %[a3], %[t1], %[w01], %[a3]\n\t"                                                                          \
    "smlabt %[a2], %[t0], %[w12], %[a2]\n\t"                                                                          \
    "smlad %[a3], %[t0], %[w12], %[a3]\n\t"                                                                           \
    "smlad %[a4], %[t0], %[w01], %[a4]\n\t"                                                                           \
    "smlabt %[a4], %[t2], %[w12], %[a4]\n\t"                                                                          \
    "ldrd %[w01], %[w12], [%[w], #16]\n\t"                                                                            \
    "ldrd %[t0], %[t1], [%[x], #32]\n\t"                                                                              \
    "smlad %[a0], %[t0], %[w01], %[a0]\n\t"                                                                           \
    "smlatb %[a1], %[t0], %[w01], %[a1]\n\t"                                                                          \
    "smlabt %[a0], %[t1], %[w12], %[a0]\n\t"                                                                          \
    "smlad %[a1], %[t1], %[w12], %[a1]\n\t"                                                                           \
    "ldrd %[t0], %[t2], [%[x], #40]\n\t"                                                                              \
    "smlad %[a2], %[t1], %[w01], %[a2]\n\t"                                                                           \
    "smlatb %[a3], %[t1], %[w01], %[a3]\n\t"                                                                          \
    "smlabt %[a2], %[t0], %[w12], %[a2]\n\t"                                                                          \
    "smlad %[a3], %[t0], %[w12], %[a3]\n\t"                                                                           \
    "smlad %[a4], %[t0], %[w01], %[a4]\n\t"                                                                           \
    "smlabt %[a4], %[t2], %[w12], %[a4]\n\t"                                                                          \
    : [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2), [a3] "=&r"(a3), [a4] "+&r"(a4), [t0] "=&r"(t0), [t1] "=&r"(t1), \
      [t2] "=&r"(t2), [w01] "=&r"(w01), [w12] "=&r"(w12)                                                              \
    : [x] "r"(X), [w] "r"(W)                                                                                          \
    : "memory")
#else
#define EDGEML_DEPTHWISE_FIVE(X, W)                               \
  a0 = a1 = a2 = a3 = a4 = bias;                                  \
  for (t0 = 0; t0 < 3; t0++) {                                    \
    const uint32_t *const pairs = (X) + 4 * t0;                   \
    w01 = (W)[2 * t0];                                            \
    w12 = (W)[2 * t0 + 1];                                        \
    t1 = pairs[1];                                                \
    t2 = pairs[2];                                                \
    a0 = edgeml_smlabt(t1, w12, edgeml_smlad(pairs[0], w01, a0)); \
    a1 = edgeml_smlad(t1, w12, edgeml_smlatb(pairs[0], w01, a1)); \
    a2 = edgeml_smlabt(t2, w12, edgeml_smlad(t1, w01, a2));       \
    a3 = edgeml_smlad(t2, w12, edgeml_smlatb(t1, w01, a3));       \
    a4 = edgeml_smlabt(pairs[3], w12, edgeml_smlad(t2, w01, a4)); \
  }
#endif

/* The sixth sum. */
#define EDGEML_DEPTHWISE_SIXTH(X, W) \
  a0 = edgeml_smlatb((X)[2], (W)[0], a0); \
  a0 = edgeml_smlad((X)[3], (W)[1], a0)

/* Three sums at a horizontal stride of 2. */
#define EDGEML_DEPTHWISE_THREE(X, W)                        \
  do {                                                      \
    const uint32_t w01 = (W)[0], w12 = (W)[1];              \
    const uint32_t x0 = (X)[0], x1 = (X)[1], x2 = (X)[2];   \
    a0 = edgeml_smlad(x0, w01, a0);                         \
    a0 = edgeml_smlabt(x1, w12, a0);                        \
    a1 = edgeml_smlad(x1, w01, a1);                         \
    a1 = edgeml_smlabt(x2, w12, a1);                        \
    a2 = edgeml_smlad(x2, w01, a2);                         \
    a2 = edgeml_smlabt((X)[3], w12, a2);                    \
  } while (0)

#define EDGEML_DEPTHWISE_PUT(ACC)                                                \
  *to = edgeml_depthwise_finish_dsp(ACC, multiplier, offset, exponent);          \
  to += step

/* A row of outputs of four channels. */
static EDGEML_APART void edgeml_depthwise_stride1_dsp(const uint32_t *rows, int8_t *y, int32_t turn, const edgeml_depthwise_filter *f,
                                                      const edgeml_depthwise_3x3_dsp_params *p) {
  const int32_t step = p->window.channels;
  const edgeml_depthwise_filter *const end = f + 4;
  for (; f != end; f++, rows += 12, y++) {
    const uint32_t *const w = f->taps[turn];
    const uint32_t *x = rows;
    const int32_t bias = f->bias, multiplier = f->multiplier, offset = f->offset, exponent = f->exponent;
    int8_t *to = y;
    int32_t left = p->window.out_width;
    do {
      int32_t a0, a1, a2, a3, a4;
      uint32_t t0, t1, t2, w01, w12;
      EDGEML_DEPTHWISE_FIVE(x, w);
      EDGEML_DEPTHWISE_PUT(a0);
      if (left >= 5) {
        EDGEML_DEPTHWISE_PUT(a1);
        EDGEML_DEPTHWISE_PUT(a2);
        EDGEML_DEPTHWISE_PUT(a3);
        EDGEML_DEPTHWISE_PUT(a4);
        if (left == 5) break;
        a0 = bias;
        EDGEML_DEPTHWISE_SIXTH(x, w);
        EDGEML_DEPTHWISE_SIXTH(x + 4, w + 2);
        EDGEML_DEPTHWISE_SIXTH(x + 8, w + 4);
        EDGEML_DEPTHWISE_PUT(a0);
      } else {
        for (; left > 1; left--) {
          EDGEML_DEPTHWISE_PUT(a1);
          a1 = a2;
          a2 = a3;
        }
      }
      x += EDGEML_PANEL_WORDS;
      left -= 6;
    } while (left > 0);
  }
}

/* The same at a horizontal stride of 2: three outputs from a panel. */
static EDGEML_APART void edgeml_depthwise_stride2_dsp(const uint32_t *rows, int8_t *y, int32_t turn, const edgeml_depthwise_filter *f,
                                                      const edgeml_depthwise_3x3_dsp_params *p) {
  const int32_t step = p->window.channels;
  const edgeml_depthwise_filter *const end = f + 4;
  for (; f != end; f++, rows += 12, y++) {
    const uint32_t *const w = f->taps[turn];
    const uint32_t *x = rows;
    const int32_t bias = f->bias, multiplier = f->multiplier, offset = f->offset, exponent = f->exponent;
    int8_t *to = y;
    int32_t left;
    for (left = p->window.out_width; left > 0; left -= 3, x += EDGEML_PANEL_WORDS) {
      int32_t a0 = bias, a1 = bias, a2 = bias;
      EDGEML_DEPTHWISE_THREE(x, w);
      EDGEML_DEPTHWISE_THREE(x + 4, w + 2);
      EDGEML_DEPTHWISE_THREE(x + 8, w + 4);
      EDGEML_DEPTHWISE_PUT(a0);
      if (left > 1) {
        EDGEML_DEPTHWISE_PUT(a1);
      }
      if (left > 2) {
        EDGEML_DEPTHWISE_PUT(a2);
      }
    }
  }
}

/* For activations that leave less than int8: cuts four channels of a row that is written. */
static inline void edgeml_depthwise_clamp_dsp(int8_t *y, const edgeml_depthwise_3x3_dsp_params *p) {
  int32_t i, c;
  for (i = 0; i < p->window.out_width; i++, y += p->window.channels)
    for (c = 0; c < 4; c++) y[c] = (int8_t)edgeml_clamp(y[c], p->min, p->max);
}

/* `memory` is scratch: four filters, then the rows. The output may lie on the input. */
static inline void edgeml_depthwise_conv2d_3x3_s8_dsp(const int8_t *x, int8_t *y, void *memory,
                                                      const edgeml_depthwise_3x3_dsp_params *p) {
  const edgeml_window *const w = &p->window;
  const int32_t channels = w->channels;
  edgeml_depthwise_filter *const filters = (edgeml_depthwise_filter *)memory;
  uint32_t *const rows = (uint32_t *)(void *)(filters + 4);
  const uint8_t zero = (uint8_t)p->zero_point;
  const int8_t zeros[4] = {(int8_t)zero, (int8_t)zero, (int8_t)zero, (int8_t)zero};
  int32_t i, n, c;
  for (i = 0; i < p->panels * EDGEML_PANEL_WORDS; i++) rows[i] = edgeml_pkhbt((uint32_t)p->zero_point, (uint32_t)p->zero_point);
  for (n = 0; n < w->batches; n++, x += w->height * w->width * channels, y += w->out_height * w->out_width * channels) {
    for (c = 0; c < channels; c += 4) {
      int32_t slot = 0, r = -w->pad_top, next = 3 - w->pad_top, turn = 0, oy;
      int8_t *to = y + c;
      edgeml_depthwise_filters_dsp(filters, p->weights + c, p->filters + 4 * c, channels);
      for (oy = 0; oy < w->out_height; oy++, next += w->stride_y, to += w->out_width * channels) {
        for (; r < next; r++) {
          const int32_t inside = r >= 0 && r < w->height;
          edgeml_depthwise_row_dsp(rows + 4 * slot, inside ? x + r * w->width * channels + c : zeros, inside ? channels : 0, p);
          slot = slot == 2 ? 0 : slot + 1;
        }
        /* The slot that comes next holds the first of the three rows. */
        turn = slot == 0 ? 0 : 3 - slot;
        if (w->stride_x == 1) {
          edgeml_depthwise_stride1_dsp(rows, to, turn, filters, p);
        } else {
          edgeml_depthwise_stride2_dsp(rows, to, turn, filters, p);
        }
        if (p->clamps) edgeml_depthwise_clamp_dsp(to, p);
      }
    }
  }
}

#endif
