/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_BYTES_H
#define EDGEML_BYTES_H

#include <stdint.h>
#include <string.h>

/*
 * Elements that are only moved are taken as unsigned integers of their size. Compilers may assume that memory read as one
 * type was not written as another, unless told otherwise.
 */
#if defined(__GNUC__)
typedef uint16_t __attribute__((__may_alias__)) edgeml_bytes2;
typedef uint32_t __attribute__((__may_alias__)) edgeml_bytes4;
typedef uint64_t __attribute__((__may_alias__)) edgeml_bytes8;
#else
typedef uint16_t edgeml_bytes2;
typedef uint32_t edgeml_bytes4;
typedef uint64_t edgeml_bytes8;
#endif

/*
 * Copies `run` bytes, to where they are or to lower addresses. `unit` is 1, 2, 4 or 8 where they are one element, aligned to
 * its size, and else 0. A few bytes are copied one by one, as a call would take longer.
 */
static inline void edgeml_copy_run(char *to, const char *from, int32_t run, int32_t unit) {
  switch (unit) {
    case 1:
      *to = *from;
      break;
    case 2:
      *(edgeml_bytes2 *)(void *)to = *(const edgeml_bytes2 *)(const void *)from;
      break;
    case 4:
      *(edgeml_bytes4 *)(void *)to = *(const edgeml_bytes4 *)(const void *)from;
      break;
    case 8:
      *(edgeml_bytes8 *)(void *)to = *(const edgeml_bytes8 *)(const void *)from;
      break;
    default:
      if (run >= 12) {
        memmove(to, from, (size_t)run);
      } else {
        while (run-- > 0) *to++ = *from++;
      }
  }
}

/* `count` times the element of `unit` bytes at `value`. */
static inline void edgeml_fill(void *y, const void *value, int32_t count, int32_t unit) {
  char *to = (char *)y;
  const char *from = (const char *)value;
  if (unit == 1) {
    memset(to, *(const unsigned char *)value, (size_t)count);
    return;
  }
  /* Units are powers of two. gcc 12 takes a memcpy of them here for one that reads beyond a value of one byte. */
  for (int32_t i = 0, n = count * unit; i < n; i++) to[i] = from[i & (unit - 1)];
}

#endif
