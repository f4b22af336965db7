/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_INTEGER_TYPES_H
#define EDGEML_INTEGER_TYPES_H

#include <stdint.h>

/*
 * `M(suffix, type, U, bits)` for every integer type. Arithmetic is done in U, the unsigned type of at least 32 bits in which
 * it wraps around; turning the result back to the type wraps around as well, as in every compiler that matters.
 */
#define EDGEML_SIGNED_TYPES(M)  \
  M(s8, int8_t, uint32_t, 8)    \
  M(s16, int16_t, uint32_t, 16) \
  M(s32, int32_t, uint32_t, 32) \
  M(s64, int64_t, uint64_t, 64)

#define EDGEML_UNSIGNED_TYPES(M)  \
  M(u8, uint8_t, uint32_t, 8)     \
  M(u16, uint16_t, uint32_t, 16)  \
  M(u32, uint32_t, uint32_t, 32)  \
  M(u64, uint64_t, uint64_t, 64)

#define EDGEML_INTEGER_TYPES(M) \
  EDGEML_SIGNED_TYPES(M)        \
  EDGEML_UNSIGNED_TYPES(M)

#endif
