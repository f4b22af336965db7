/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_ADD_SCALED_S8_DSP_H
#define EDGEML_ADD_SCALED_S8_DSP_H

#include "dsp.h"
#include "requantize.h"

/*
 * edgeml_add_scaled_s8 for operands of one shape. The operand with the larger scale is only shifted: `large`, of which half the
 * left shift remains. The doubled sum is (large << 20) + 2 * scaled(small) + constant.
 */
typedef struct {
  int32_t small_constant; /* less its zero point, shifted by 21 */
  int32_t small_multiplier, small_offset, small_exponent;
  int32_t small_sign; /* 1 where negative numbers are rounded away from zero: where there is a shift to the right */
  int32_t constant;
  int32_t multiplier, offset, exponent;
  int32_t min, max;
} edgeml_add_scaled_s8_dsp_params;

static inline int32_t edgeml_add_scaled_one_dsp(int32_t small, int32_t large, const edgeml_add_scaled_s8_dsp_params *p) {
  const int32_t shifted = small * (1 << 21) + p->small_constant;
#ifdef EDGEML_SINGLE_ROUNDING
  const int32_t scaled = edgeml_smmla(shifted, p->small_multiplier, p->small_offset) >> p->small_exponent;
  const int32_t sum = p->constant + large * (1 << 20) + scaled * 2;
  return edgeml_ssat8(edgeml_smmla(sum, p->multiplier, p->offset) >> p->exponent);
#else
  const int32_t away = edgeml_smmla(shifted, p->small_sign, p->small_offset);
  const int32_t scaled = edgeml_smmlar(shifted, p->small_multiplier, away) >> p->small_exponent;
  const int32_t sum = p->constant + large * (1 << 20) + scaled * 2;
  return edgeml_ssat8(edgeml_smmlar(sum, p->multiplier, p->offset + (sum >> 31)) >> p->exponent);
#endif
}

/* y may be an operand. */
static inline void edgeml_add_scaled_s8_dsp(const int8_t *small, const int8_t *large, int8_t *y, int32_t count,
                                            const edgeml_add_scaled_s8_dsp_params *params) {
  const edgeml_add_scaled_s8_dsp_params p = *params;
  const int32_t words = count >> 2;
  int32_t i;
  for (i = 0; i < words; i++, small += 4, large += 4, y += 4) {
    const uint32_t s = edgeml_load32(small), l = edgeml_load32(large);
    const int32_t y0 = edgeml_add_scaled_one_dsp((int8_t)(s & 0xffu), (int8_t)(l & 0xffu), &p);
    const int32_t y1 = edgeml_add_scaled_one_dsp((int8_t)((s >> 8) & 0xffu), (int8_t)((l >> 8) & 0xffu), &p);
    const int32_t y2 = edgeml_add_scaled_one_dsp((int8_t)((s >> 16) & 0xffu), (int8_t)((l >> 16) & 0xffu), &p);
    const int32_t y3 = edgeml_add_scaled_one_dsp((int8_t)(s >> 24), (int8_t)(l >> 24), &p);
    y[0] = (int8_t)y0;
    y[1] = (int8_t)y1;
    y[2] = (int8_t)y2;
    y[3] = (int8_t)y3;
  }
  for (i = count & 3; i > 0; i--) *y++ = (int8_t)edgeml_add_scaled_one_dsp(*small++, *large++, &p);
  if (p.min == INT8_MIN && p.max == INT8_MAX) return;
  /* Few activations leave less than int8: not worth four comparisons in the loop. */
  for (i = 1; i <= count; i++) y[-i] = (int8_t)edgeml_clamp(y[-i], p.min, p.max);
}

#endif
