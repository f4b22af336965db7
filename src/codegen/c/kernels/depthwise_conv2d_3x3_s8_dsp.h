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
} edgeml_depthwise_conv2d_3x3_s8;

/* A filter as the inner loop reads it: of the rows 0, 1, 2, 0, 1 the pairs of taps (0, 1) and (1, 2). */
typedef struct {
  uint32_t taps[5][2];
  int32_t bias, multiplier, offset, exponent;
} edgeml_depthwise_filter;

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
static inline void edgeml_depthwise_row_dsp(uint32_t *slot, const int8_t *x, int32_t step, const edgeml_depthwise_conv2d_3x3_s8 *p) {
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

static inline int32_t edgeml_depthwise_scale_dsp(int32_t acc, const edgeml_depthwise_filter *f) {
#ifdef EDGEML_SINGLE_ROUNDING
  return edgeml_smmla(acc, f->multiplier, f->offset) >> f->exponent;
#else
  return edgeml_smmlar(acc, f->multiplier, f->offset + (acc >> 31)) >> f->exponent;
#endif
}

/* The sums of up to six outputs of a panel, written `step` bytes apart from the last one back. */
static inline void edgeml_depthwise_finish_dsp(int8_t *y, int32_t step, int32_t count, const int32_t *sums,
                                               const edgeml_depthwise_filter *f, const edgeml_depthwise_conv2d_3x3_s8 *p) {
  if (p->clamps) {
    for (y += (count - 1) * step; count > 0; count--, y -= step)
      *y = (int8_t)edgeml_clamp(edgeml_depthwise_scale_dsp(sums[count - 1], f), p->min, p->max);
    return;
  }
  y += (count - 1) * step;
  switch (count) {
    case 6:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[5], f));
      y -= step; /* fall through */
    case 5:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[4], f));
      y -= step; /* fall through */
    case 4:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[3], f));
      y -= step; /* fall through */
    case 3:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[2], f));
      y -= step; /* fall through */
    case 2:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[1], f));
      y -= step; /* fall through */
    default:
      *y = (int8_t)edgeml_ssat8(edgeml_depthwise_scale_dsp(sums[0], f));
  }
}

/* An output row of one channel at a horizontal stride of 1: six outputs from the four pairs of each slot. */
static inline void edgeml_depthwise_stride1_dsp(const uint32_t *x, int8_t *y, int32_t turn, const edgeml_depthwise_filter *f,
                                                const edgeml_depthwise_conv2d_3x3_s8 *p) {
  const int32_t step = p->window.channels;
  const uint32_t *const w = f->taps[turn];
  int32_t left;
  for (left = p->window.out_width; left > 0; left -= 6, x += EDGEML_PANEL_WORDS, y += 6 * step) {
    int32_t a = f->bias, b = a, c = a, d = a, e = a, g = a;
    int32_t s;
    for (s = 0; s < 3; s++) {
      const uint32_t w01 = w[2 * s], w12 = w[2 * s + 1];
      const uint32_t x0 = x[4 * s], x1 = x[4 * s + 1], x2 = x[4 * s + 2], x3 = x[4 * s + 3];
      a = edgeml_smlad(x0, w01, a);
      b = edgeml_smlatb(x0, w01, b);
      a = edgeml_smlabt(x1, w12, a);
      b = edgeml_smlad(x1, w12, b);
      c = edgeml_smlad(x1, w01, c);
      d = edgeml_smlatb(x1, w01, d);
      c = edgeml_smlabt(x2, w12, c);
      d = edgeml_smlad(x2, w12, d);
      e = edgeml_smlad(x2, w01, e);
      g = edgeml_smlatb(x2, w01, g);
      e = edgeml_smlabt(x3, w12, e);
      g = edgeml_smlad(x3, w12, g);
    }
    {
      const int32_t sums[6] = {a, b, c, d, e, g};
      edgeml_depthwise_finish_dsp(y, step, left < 6 ? left : 6, sums, f, p);
    }
  }
}

/* The same at a horizontal stride of 2: three outputs from a panel. */
static inline void edgeml_depthwise_stride2_dsp(const uint32_t *x, int8_t *y, int32_t turn, const edgeml_depthwise_filter *f,
                                                const edgeml_depthwise_conv2d_3x3_s8 *p) {
  const int32_t step = p->window.channels;
  const uint32_t *const w = f->taps[turn];
  int32_t left;
  for (left = p->window.out_width; left > 0; left -= 3, x += EDGEML_PANEL_WORDS, y += 3 * step) {
    int32_t a = f->bias, b = a, c = a;
    int32_t s;
    for (s = 0; s < 3; s++) {
      const uint32_t w01 = w[2 * s], w12 = w[2 * s + 1];
      const uint32_t x0 = x[4 * s], x1 = x[4 * s + 1], x2 = x[4 * s + 2], x3 = x[4 * s + 3];
      a = edgeml_smlad(x0, w01, a);
      a = edgeml_smlabt(x1, w12, a);
      b = edgeml_smlad(x1, w01, b);
      b = edgeml_smlabt(x2, w12, b);
      c = edgeml_smlad(x2, w01, c);
      c = edgeml_smlabt(x3, w12, c);
    }
    {
      const int32_t sums[6] = {a, b, c, 0, 0, 0};
      edgeml_depthwise_finish_dsp(y, step, left < 3 ? left : 3, sums, f, p);
    }
  }
}

/* `memory` is scratch: four filters, then the rows. The output may lie on the input. */
static inline void edgeml_depthwise_conv2d_3x3_s8_dsp(const int8_t *x, int8_t *y, void *memory,
                                                      const edgeml_depthwise_conv2d_3x3_s8 *p) {
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
          uint32_t *const to_slot = rows + 4 * slot;
          if (r >= 0 && r < w->height) {
            edgeml_depthwise_row_dsp(to_slot, x + r * w->width * channels + c, channels, p);
          } else {
            edgeml_depthwise_row_dsp(to_slot, zeros, 0, p);
          }
          slot = slot == 2 ? 0 : slot + 1;
        }
        /* The slot that comes next holds the first of the three rows. */
        turn = slot == 0 ? 0 : 3 - slot;
        for (i = 0; i < 4; i++) {
          if (w->stride_x == 1) {
            edgeml_depthwise_stride1_dsp(rows + 12 * i, to + i, turn, filters + i, p);
          } else {
            edgeml_depthwise_stride2_dsp(rows + 12 * i, to + i, turn, filters + i, p);
          }
        }
      }
    }
  }
}

#endif
