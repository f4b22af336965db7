/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGEML_COPY_H
#define EDGEML_COPY_H

#include <stdint.h>
#include <string.h>

/* The same bytes elsewhere; the two places may share memory. */
static inline void edgeml_copy(const void *from, void *to, int32_t bytes) { memmove(to, from, (size_t)bytes); }

#endif
