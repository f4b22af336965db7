import { commentText } from '../../comment.js';
import type { Origin } from '../../fs/mark.js';
import { headComment } from '../head.js';
import { floatLiteral, stringLiteral } from '../text.js';
import type { ArenaReport, TflmPort } from './types.js';

export interface Settings {
  readonly id: string;
  readonly origin: Origin;
  readonly arena: ArenaReport;
  /** Bytes of the arena where pointers have 64 bits. */
  readonly hostBytes: number;
  /** What the arena was planned for, e.g. "CMSIS-NN on cortex-m4". */
  readonly plannedFor: string;
  readonly inputs: readonly TflmPort[];
  readonly outputs: readonly TflmPort[];
  readonly labels?: readonly string[];
}

const ctypes: Readonly<Record<string, string>> = {
  FLOAT32: 'float',
  INT8: 'int8_t',
  UINT8: 'uint8_t',
  INT16: 'int16_t',
  UINT16: 'uint16_t',
  INT32: 'int32_t',
  UINT32: 'uint32_t',
  INT64: 'int64_t',
  UINT64: 'uint64_t',
  FLOAT64: 'double',
  BOOL: 'bool',
};

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  INT8: [-128, 127],
  UINT8: [0, 255],
  INT16: [-32768, 32767],
};

/** `<id>_settings.h`: numbers about the model, and helpers between real numbers and its inputs and outputs. For C99 and C++11. */
export function settingsHeader(s: Settings): string {
  const upper = s.id.toUpperCase();
  const parts = s.arena.parts.map((p) => ` *   ${String(p.bytes).padStart(8)} ${p.kind}`).join('\n');
  const ports = [...s.inputs.map((p, i) => port(s.id, 'input', i, p)), ...s.outputs.map((p, i) => port(s.id, 'output', i, p))];
  return `${headComment(s.origin, ['Arena, inputs and outputs of the model.']).join('\n')}
#ifndef ${upper}_SETTINGS_H
#define ${upper}_SETTINGS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes of the tensor arena, which must be aligned to 16. Planned for ${s.plannedFor}:
${parts}
 *   ${String(s.arena.used).padStart(8)} in use while the model runs, ${s.arena.allocationPeak} while it is set up
 */
#ifndef ${upper}_ARENA_BYTES
#if UINTPTR_MAX > 0xffffffffu
#define ${upper}_ARENA_BYTES ${s.hostBytes}
#else
#define ${upper}_ARENA_BYTES ${s.arena.bytes}
#endif
#endif

#define ${upper}_INPUTS ${s.inputs.length}
#define ${upper}_OUTPUTS ${s.outputs.length}

${ports.join('\n')}${s.labels ? `\n${classNames(s.id, s.labels)}` : ''}
#endif
`;
}

function port(id: string, kind: 'input' | 'output', index: number, p: TflmPort): string {
  const prefix = `${id.toUpperCase()}_${kind.toUpperCase()}_${index}`;
  const type = ctypes[p.type] ?? 'uint8_t';
  const count = p.shape.reduce((n, d) => n * d, 1);
  const lines = [
    `/* ${kind} ${index}: ${commentText(p.name)}, ${p.type.toLowerCase()} [${p.shape.join(', ')}] */`,
    `#define ${prefix}_NAME ${stringLiteral(p.name)}`,
    `#define ${prefix}_TYPE ${type}`,
    `#define ${prefix}_RANK ${p.shape.length}`,
    `#define ${prefix}_SHAPE {${p.shape.length > 0 ? p.shape.join(', ') : '1'}}`,
    `#define ${prefix}_ELEMENTS ${count}`,
    `#define ${prefix}_BYTES ${p.bytes}`,
  ];
  if (p.scale !== undefined) {
    lines.push(`#define ${prefix}_SCALE ${floatLiteral(p.scale)}`, `#define ${prefix}_ZERO_POINT ${cInteger(p.zeroPoint ?? 0)}`);
    const range = ranges[p.type];
    if (range) lines.push('', helpers(id, kind, index, type, range, prefix));
  }
  return `${lines.join('\n')}\n`;
}

const cInteger = (n: number): string => (n < 0 ? `(${n})` : String(n));

function helpers(id: string, kind: string, index: number, type: string, [low, high]: readonly [number, number], prefix: string): string {
  const name = `${kind}_${index}`;
  return `/** The nearest value of ${kind} ${index} to a real number, halves away from zero, clamped. */
static inline ${type} ${id}_quantize_${name}(float x) {
  float q = roundf(x / ${prefix}_SCALE) + (float)${prefix}_ZERO_POINT;
  if (!(q > ${low}.0f)) return (${type})${low < 0 ? `(${low})` : low};
  return q < ${high}.0f ? (${type})q : (${type})${high};
}

/** The real number that a value of ${kind} ${index} stands for. */
static inline float ${id}_dequantize_${name}(${type} q) {
  return ${prefix}_SCALE * (float)((int32_t)q - ${prefix}_ZERO_POINT);
}`;
}

function classNames(id: string, labels: readonly string[]): string {
  return `#define ${id.toUpperCase()}_CLASSES ${labels.length}

/** Name of class \`index\`; empty outside of 0 to ${labels.length - 1}. */
static inline const char *${id}_class_name(int index) {
  static const char *const names[${labels.length}] = {
${labels.map((l) => `    ${stringLiteral(l)},`).join('\n')}
  };
  return index >= 0 && index < ${labels.length} ? names[index] : "";
}
`;
}
