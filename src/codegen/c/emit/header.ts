import { commentText } from '../../../comment.js';
import type { Origin } from '../../../fs/mark.js';
import type { Value } from '../../../ir/graph.js';
import { byteSize, sizeOf } from '../../../ir/types.js';
import { headComment } from '../../head.js';
import { floatLiteral } from '../../text.js';
import type { Storage } from '../storage.js';
import { cTypes } from './literals.js';

export interface HeaderInput {
  readonly name: string;
  readonly origin: Origin;
  readonly about: readonly string[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly storage: Storage;
  readonly labels?: readonly string[];
}

/** `<name>.h`: sizes, where inputs and outputs lie, how their numbers stand for reals, and the one function. */
export function headerText({ name, origin, about, inputs, outputs, storage, labels }: HeaderInput): string {
  const NAME = name.toUpperCase();
  return [
    ...headComment(origin, about),
    `#ifndef ${NAME}_H`,
    `#define ${NAME}_H`,
    '',
    '#include <stdint.h>',
    '',
    '#ifdef __cplusplus',
    'extern "C" {',
    '#endif',
    '',
    '/* Working memory: inputs, outputs and everything between them. Its address has to be a multiple of the alignment. */',
    `#define ${NAME}_ARENA_BYTES ${storage.bytes}`,
    `#define ${NAME}_ARENA_ALIGNMENT 16`,
    '',
    ...ports(NAME, 'INPUT', inputs, storage),
    ...ports(NAME, 'OUTPUT', outputs, storage),
    '/*',
    ' * Runs the model once. Write the inputs into the arena first; afterwards it holds the outputs, and the inputs are',
    ' * overwritten. Two arenas are two independent instances. Compile with',
    ` * -D${NAME}_STATIC_ARENA to have an arena made: ${name}_arena.`,
    ' */',
    `void ${name}_run(void *arena);`,
    '',
    `#ifdef ${NAME}_STATIC_ARENA`,
    `extern uint8_t ${name}_arena[${NAME}_ARENA_BYTES];`,
    '#endif',
    '',
    ...(labels ? [`#define ${NAME}_LABELS ${labels.length}`, `extern const char *const ${name}_labels[${NAME}_LABELS];`, ''] : []),
    ...accessors(name, 'input', inputs),
    ...accessors(name, 'output', outputs),
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '',
    '#endif',
    '',
  ].join('\n');
}

/** Scale and zero point of a value that is quantized per tensor. */
function grid(port: string, { quant }: Value): string[] {
  if (quant?.scale.length !== 1) return [];
  const [zeroPoint] = quant.zeroPoint;
  return [
    `#define ${port}_SCALE ${floatLiteral(quant.scale[0])}`,
    `#define ${port}_ZERO_POINT ${zeroPoint < 0 ? `(${zeroPoint})` : zeroPoint}`,
  ];
}

const isQuantized = (v: Value): boolean => v.quant?.scale.length === 1;

function ports(NAME: string, side: string, values: readonly Value[], storage: Storage): string[] {
  const lines = [`#define ${NAME}_${side}S ${values.length}`];
  values.forEach((v, i) => {
    const port = `${NAME}_${side}_${i}`;
    lines.push(
      `/* '${commentText(v.name)}': ${v.dtype} [${v.shape.join(', ')}] */`,
      `#define ${port}_OFFSET ${storage.offsetOf(v)}`,
      `#define ${port}_BYTES ${byteSize(v)}`,
      `#define ${port}_ELEMENTS ${sizeOf(v.shape)}`,
      ...grid(port, v),
    );
  });
  return [...lines, ''];
}

const ranges: Readonly<Record<string, readonly [number, number]>> = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] };

function accessors(name: string, side: 'input' | 'output', values: readonly Value[]): string[] {
  return values.flatMap((v, i) => {
    const type = cTypes[v.dtype];
    const port = `${name}_${side}_${i}`;
    const PORT = port.toUpperCase();
    const lines = [
      `static inline ${type} *${port}(void *arena) {`,
      `  return (${type} *)(void *)((uint8_t *)arena + ${PORT}_OFFSET);`,
      '}',
      '',
    ];
    const range = ranges[v.dtype];
    if (!isQuantized(v) || !range) return lines;
    const [low, high] = range;
    lines.push(
      `static inline float ${port}_dequantize(${type} q) {`,
      `  return ${PORT}_SCALE * (float)((int32_t)q - ${PORT}_ZERO_POINT);`,
      '}',
      '',
      `static inline ${type} ${port}_quantize(float real) {`,
      `  const float q = real / ${PORT}_SCALE;`,
      `  if (!(q > ${floatLiteral(low)} - (float)${PORT}_ZERO_POINT)) return ${low};`,
      `  if (q >= ${floatLiteral(high)} - (float)${PORT}_ZERO_POINT) return ${high};`,
      `  return (${type})((int32_t)(q < 0.0f ? q - 0.5f : q + 0.5f) + ${PORT}_ZERO_POINT);`,
      '}',
      '',
    );
    return lines;
  });
}
