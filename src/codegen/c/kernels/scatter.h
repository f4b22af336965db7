/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_SCATTER_H
#define EDGEML_SCATTER_H

#include "bytes.h"
#include "indices.h"
#include "loops.h"

/*
 * y already holds x; `rows` updates are brought to their places in it, one after the other. ScatterND brings slices,
 * ScatterElements single elements, whose places depend on where the update stands as well: `loops`.
 */
typedef struct {
  edgeml_indices indices;
  /* {count, step in y in bytes} over the updates of ScatterElements: 0 along its axis. */
  const int32_t *loops;
  int32_t depth;
  int32_t rows;
  /* Elements of an update. */
  int32_t block;
  /* Bytes of an element. */
  int32_t unit;
} edgeml_scatter_params;

/* Calls `STEP` with `to` and `from` at every update. */
#define EDGEML_EACH_UPDATE(STEP)                                          \
  int32_t index[EDGEML_MAX_LOOPS] = {0};                                  \
  int32_t at = 0, row;                                                    \
  const char *from = (const char *)updates;                               \
  for (row = 0; row < p->rows; row++) {                                   \
    char *const to = (char *)y + at + edgeml_place(&p->indices, indices, row); \
    STEP;                                                                 \
    from += p->block * p->unit;                                           \
    edgeml_advance(p->loops, p->depth, 1, index, &at);                    \
  }

static inline void edgeml_scatter(const void *indices, const void *updates, void *y, const edgeml_scatter_params *p) {
  EDGEML_EACH_UPDATE(edgeml_copy_run(to, from, p->block * p->unit, p->block == 1 ? p->unit : 0))
}

/*
 * Updates that meet the element that is there: `a` is that, `b` the update, `U` a type in which integers wrap around.
 * Of floats, what is not a number wins.
 */
#define EDGEML_SCATTER(HOW, SUFFIX, T, U, RESULT)                                                                      \
  static inline void edgeml_meet_##HOW##_##SUFFIX(void *to, const void *from, int32_t n) {                             \
    T *const there = (T *)to;                                                                                          \
    const T *const update = (const T *)from;                                                                           \
    int32_t i;                                                                                                         \
    for (i = 0; i < n; i++) {                                                                                          \
      const T a = there[i];                                                                                            \
      const T b = update[i];                                                                                           \
      there[i] = (T)(RESULT);                                                                                          \
    }                                                                                                                  \
  }                                                                                                                    \
  static inline void edgeml_scatter_##HOW##_##SUFFIX(const void *indices, const void *updates, void *y,                \
                                                     const edgeml_scatter_params *p) {                                 \
    EDGEML_EACH_UPDATE(edgeml_meet_##HOW##_##SUFFIX(to, from, p->block))                                               \
  }

#define EDGEML_SCATTERS(SUFFIX, T, U)                          \
  EDGEML_SCATTER(add, SUFFIX, T, U, (U)a + (U)b)               \
  EDGEML_SCATTER(mul, SUFFIX, T, U, (U)a * (U)b)               \
  EDGEML_SCATTER(max, SUFFIX, T, U, a >= b || a != a ? a : b)  \
  EDGEML_SCATTER(min, SUFFIX, T, U, a <= b || a != a ? a : b)

EDGEML_SCATTERS(s8, int8_t, uint32_t)
EDGEML_SCATTERS(u8, uint8_t, uint32_t)
EDGEML_SCATTERS(s16, int16_t, uint32_t)
EDGEML_SCATTERS(u16, uint16_t, uint32_t)
EDGEML_SCATTERS(s32, int32_t, uint32_t)
EDGEML_SCATTERS(u32, uint32_t, uint32_t)
EDGEML_SCATTERS(s64, int64_t, uint64_t)
EDGEML_SCATTERS(u64, uint64_t, uint64_t)
EDGEML_SCATTERS(f32, float, float)
EDGEML_SCATTERS(f64, double, double)

#endif
