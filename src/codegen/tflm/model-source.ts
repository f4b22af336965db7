import type { Origin } from '../../fs/mark.js';
import { modelHeadComment } from '../head.js';

/** Bytes on one line of an array. */
const perLine = 16;

const hex = Array.from({ length: 256 }, (_, i) => `0x${i.toString(16).padStart(2, '0')}`);

/**
 * The elements of a C array of bytes, 16 on a line, indented by two spaces, without the braces.
 * Built in chunks of lines, so that a model of many megabytes costs no more than its text.
 */
export function byteLines(bytes: Uint8Array): string {
  const chunks: string[] = [];
  let lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    let line = `  ${hex[bytes[at]]},`;
    const end = Math.min(at + perLine, bytes.length);
    for (let i = at + 1; i < end; i++) line += ` ${hex[bytes[i]]},`;
    lines.push(line);
    if (lines.length === 4096) {
      chunks.push(lines.join('\n'));
      lines = [];
    }
  }
  chunks.push(lines.join('\n'));
  return chunks.filter((c) => c !== '').join('\n');
}

const head = (origin: Origin): string => modelHeadComment(origin, ['The model as constant data.']).join('\n');

/** `<id>_model.h`: the declaration, for C and C++. */
export const modelHeader = (id: string, size: number, origin: Origin): string => `${head(origin)}
#ifndef ${id.toUpperCase()}_MODEL_H
#define ${id.toUpperCase()}_MODEL_H

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of the model. */
#define ${id.toUpperCase()}_MODEL_BYTES ${size}u

/** The flatbuffer, aligned to 16 bytes, in flash. */
extern const unsigned char ${id}_model[];
extern const unsigned int ${id}_model_len;

#ifdef __cplusplus
}
#endif

#endif
`;

/** `<id>_model.cc`: the file's own bytes, unchanged. Zephyr and Arduino need C++11 for `alignas`; every SDK has it. */
export const modelSource = (id: string, bytes: Uint8Array, origin: Origin): string => `${head(origin)}
#include "${id}_model.h"

alignas(16) const unsigned char ${id}_model[] = {
${byteLines(bytes)}
};

const unsigned int ${id}_model_len = sizeof(${id}_model);
`;
