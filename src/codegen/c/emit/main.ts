import type { Origin } from '../../../fs/mark.js';
import type { Value } from '../../../ir/graph.js';
import { headComment } from '../../head.js';

/** Where the main program gets its bytes from. */
export type MainKind = 'files' | 'serial';

export interface MainInput {
  readonly name: string;
  readonly origin: Origin;
  readonly about: readonly string[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** `main.c`: reads the bytes of all inputs, one after the other, runs the model and writes those of all outputs. */
export const mainText = (kind: MainKind, input: MainInput): string => (kind === 'files' ? filesMain(input) : serialMain(input));

const ports = (values: readonly Value[], line: (i: number) => string[]): string[] => values.flatMap((_, i) => line(i));

function filesMain({ name, origin, about, inputs, outputs }: MainInput): string {
  const NAME = name.toUpperCase();
  return [
    ...headComment(origin, [
      ...about,
      '',
      `Try it: cc -O2 main.c ${name}.c -lm && ./a.out IN OUT`,
      'IN holds the raw bytes of the inputs, one after the other; OUT gets those of the outputs.',
    ]),
    '#include <stdio.h>',
    '',
    `#include "${name}.h"`,
    '',
    `static uint8_t memory[${NAME}_ARENA_BYTES + ${NAME}_ARENA_ALIGNMENT - 1];`,
    '',
    'static int fail(const char *what, const char *path) {',
    '  fprintf(stderr, "%s %s\\n", what, path);',
    '  return 1;',
    '}',
    '',
    'int main(int argc, char **argv) {',
    `  void *const arena = memory + (${NAME}_ARENA_ALIGNMENT - (uintptr_t)memory % ${NAME}_ARENA_ALIGNMENT) % ${NAME}_ARENA_ALIGNMENT;`,
    '  FILE *file;',
    '  if (argc != 3) return fail("usage:", "a.out IN OUT");',
    '  file = fopen(argv[1], "rb");',
    '  if (!file) return fail("cannot read", argv[1]);',
    ...ports(inputs, (i) => [
      `  if (fread(${name}_input_${i}(arena), 1, ${NAME}_INPUT_${i}_BYTES, file) != ${NAME}_INPUT_${i}_BYTES) {`,
      '    fclose(file);',
      '    return fail("too few bytes in", argv[1]);',
      '  }',
    ]),
    '  if (fgetc(file) != EOF) {',
    '    fclose(file);',
    '    return fail("too many bytes in", argv[1]);',
    '  }',
    '  fclose(file);',
    `  ${name}_run(arena);`,
    '  file = fopen(argv[2], "wb");',
    '  if (!file) return fail("cannot write", argv[2]);',
    ...ports(outputs, (i) => [
      `  if (fwrite(${name}_output_${i}(arena), 1, ${NAME}_OUTPUT_${i}_BYTES, file) != ${NAME}_OUTPUT_${i}_BYTES) {`,
      '    fclose(file);',
      '    return fail("cannot write", argv[2]);',
      '  }',
    ]),
    '  return fclose(file) == 0 ? 0 : fail("cannot write", argv[2]);',
    '}',
    '',
  ].join('\n');
}

function serialMain({ name, origin, about, inputs, outputs }: MainInput): string {
  const NAME = name.toUpperCase();
  return [
    ...headComment(origin, [
      ...about,
      '',
      'Over a UART: send the raw bytes of the inputs, one after the other; the raw bytes of the outputs come back; and so on.',
      'The bytes go through stdio, which board support packages connect to their UART. Where yours does not, or translates',
      'line ends, define EDGEML_GETC() (the next byte, or a negative number at the end) and EDGEML_PUTC(byte).',
    ]),
    '#ifndef EDGEML_GETC',
    '#include <stdio.h>',
    '#define EDGEML_GETC() getchar()',
    '#define EDGEML_PUTC(byte) putchar(byte)',
    '#define EDGEML_FLUSH() fflush(stdout)',
    '#endif',
    '#ifndef EDGEML_FLUSH',
    '#define EDGEML_FLUSH() ((void)0)',
    '#endif',
    '',
    `#include "${name}.h"`,
    '',
    `static uint8_t memory[${NAME}_ARENA_BYTES + ${NAME}_ARENA_ALIGNMENT - 1];`,
    '',
    'static int receive(void *to, int32_t bytes) {',
    '  uint8_t *p = (uint8_t *)to;',
    '  while (bytes-- > 0) {',
    '    const int c = EDGEML_GETC();',
    '    if (c < 0) return 0;',
    '    *p++ = (uint8_t)c;',
    '  }',
    '  return 1;',
    '}',
    '',
    'static void send(const void *from, int32_t bytes) {',
    '  const uint8_t *p = (const uint8_t *)from;',
    '  while (bytes-- > 0) EDGEML_PUTC(*p++);',
    '  EDGEML_FLUSH();',
    '}',
    '',
    'int main(void) {',
    `  void *const arena = memory + (${NAME}_ARENA_ALIGNMENT - (uintptr_t)memory % ${NAME}_ARENA_ALIGNMENT) % ${NAME}_ARENA_ALIGNMENT;`,
    '  for (;;) {',
    ...ports(inputs, (i) => [`    if (!receive(${name}_input_${i}(arena), ${NAME}_INPUT_${i}_BYTES)) return 0;`]),
    `    ${name}_run(arena);`,
    ...ports(outputs, (i) => [`    send(${name}_output_${i}(arena), ${NAME}_OUTPUT_${i}_BYTES);`]),
    '  }',
    '}',
    '',
  ].join('\n');
}
