import { byteLines } from '../../tflm/model-source.js';
import type { Platform, ProjectParts } from './types.js';

/**
 * The program of a project: runs the model on the sample (or on zeros), prints outputs, time and arena, then waits for inputs on the
 * console as hexadecimal digits, which no terminal's line endings can spoil, and runs it on each. For 'c' it is C99 that is also C++,
 * for 'tflm' C++11.
 */
export function mainSource(parts: ProjectParts, platform: Platform): string {
  return `/* Runs the model and prints its outputs, the time it took and its memory. Inputs come over the console in hexadecimal. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

${platform.includes}
${parts.kind === 'tflm' ? tflmModel(parts) : cModel(parts)}
enum { BOARD_NOTHING = -1, BOARD_END = -2 };

${platform.functions}
${program(parts)}
${platform.entry}`;
}

const tflmModel = ({ name }: ProjectParts): string => `
#include "${name}_model.h"
#include "${name}_ops.h"
#include "${name}_settings.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

alignas(16) static uint8_t arena[${name.toUpperCase()}_ARENA_BYTES];
static tflite::MicroInterpreter *interpreter;

static const char *model_begin(void) {
  static ${name}_resolver resolver;
  if (${name}_add_ops(resolver) != kTfLiteOk) return "an operator is missing in this build";
  const tflite::Model *model = tflite::GetModel(${name}_model);
  if (model->version() != TFLITE_SCHEMA_VERSION) return "the model is of another schema version";
  static tflite::MicroInterpreter the_interpreter(model, resolver, arena, sizeof(arena));
  interpreter = &the_interpreter;
  return interpreter->AllocateTensors() == kTfLiteOk ? NULL : "the tensors do not fit the arena";
}

static uint8_t *model_input(int index) { return interpreter->input(index)->data.uint8; }
static const uint8_t *model_output(int index) { return interpreter->output(index)->data.uint8; }
static int model_run(void) { return interpreter->Invoke() == kTfLiteOk; }
static unsigned long model_arena_used(void) { return (unsigned long)interpreter->arena_used_bytes(); }
`;

function cModel({ name, inputs, outputs }: ProjectParts): string {
  const upper = name.toUpperCase();
  const offsets = (kind: string, n: number) => Array.from({ length: n }, (_, i) => `${upper}_${kind}_${i}_OFFSET`).join(', ') || '0';
  return `
#include "${name}.h"

/* Aligned by hand, which is the same in C and C++. */
static uint8_t memory[${upper}_ARENA_BYTES + ${upper}_ARENA_ALIGNMENT - 1];
static uint8_t *arena;

static const char *model_begin(void) {
  arena = memory + (${upper}_ARENA_ALIGNMENT - (uintptr_t)memory % ${upper}_ARENA_ALIGNMENT) % ${upper}_ARENA_ALIGNMENT;
  return NULL;
}

static uint8_t *model_input(int index) {
  static const size_t offsets[] = {${offsets('INPUT', inputs.length)}};
  return arena + offsets[index];
}

static const uint8_t *model_output(int index) {
  static const size_t offsets[] = {${offsets('OUTPUT', outputs.length)}};
  return arena + offsets[index];
}

static int model_run(void) {
  ${name}_run(arena);
  return 1;
}

static unsigned long model_arena_used(void) { return ${upper}_ARENA_BYTES; }
`;
}

function program(parts: ProjectParts): string {
  const upper = parts.name.toUpperCase();
  const { inputs, outputs } = parts;
  const sizes = inputs.map((_, i) => `${upper}_INPUT_${i}_BYTES`).join(', ') || '0';
  const prints = outputs.map((port, i) => `  print_output(${i}, ${elementKind(port.type)}, ${upper}_OUTPUT_${i}_BYTES);`);
  return `
static const size_t input_bytes[] = {${sizes}};
enum { INPUTS = ${inputs.length} };
${sampleSource(parts)}
/** Prints a number with six digits behind the point, without the float support of printf, which small C libraries lack. */
static void print_real(float x) {
  char text[48];
  float size = x < 0.0f ? -x : x;
  if (!(size < 2000000000.0f)) {
    board_print(size != size ? " nan" : x < 0.0f ? " -large" : " large");
    return;
  }
  long whole = (long)size;
  long millionths = (long)((size - (float)whole) * 1000000.0f);
  snprintf(text, sizeof(text), " %s%ld.%06ld", x < 0.0f ? "-" : "", whole, millionths);
  board_print(text);
}

static void print_integer(long x) {
  char text[24];
  snprintf(text, sizeof(text), " %ld", x);
  board_print(text);
}

/** Values of an output: \`kind\` is f for float, i for signed, u for unsigned integers of \`width\` bytes. */
static void print_output(int index, char kind, int width, size_t bytes) {
  char text[32];
  const uint8_t *data = model_output(index);
  snprintf(text, sizeof(text), "output %d:", index);
  board_print(text);
  for (size_t at = 0; at + (size_t)width <= bytes; at += (size_t)width) {
    uint32_t bits = 0;
    memcpy(&bits, data + at, width < 4 ? (size_t)width : 4);
    if (kind == 'f') {
      float x;
      memcpy(&x, &bits, 4);
      print_real(x);
    } else if (kind == 'u' || width > 4) {
      print_integer((long)bits);
    } else {
      uint32_t sign = (uint32_t)1 << (8 * width - 1);
      print_integer((long)(int32_t)((bits ^ sign) - sign));
    }
  }
  board_print("\\n");
}

static void run(void) {
  char text[64];
  uint32_t start = board_micros();
  int done = model_run();
  uint32_t took = board_micros() - start;
  if (!done) {
    board_print("the model failed\\n");
    return;
  }
${prints.join('\n')}
  snprintf(text, sizeof(text), "time: %lu us\\narena: %lu of %lu bytes\\n", (unsigned long)took, model_arena_used(),
           (unsigned long)${upper}_ARENA_BYTES);
  board_print(text);
}

/** Sets the model up and runs it once; 0 where that fails. */
static int program_begin(void) {
  const char *problem;
  board_begin();
  problem = model_begin();
  if (problem) {
    board_print(problem);
    board_print("\\n");
    return 0;
  }
${inputs.map((_, i) => `  ${sampleOf(parts, i)}`).join('\n')}
  run();
  return 1;
}

static int digit_of(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** Takes what has arrived on the console and runs the model once all inputs are there; 0 at the end of the console. */
static int program_step(void) {
  static int input, high = -1;
  static size_t received;
  int c = board_read();
  if (c == BOARD_END) return 0;
  if (c == BOARD_NOTHING) {
    board_idle();
    return 1;
  }
  int digit = digit_of(c);
  if (digit < 0 || INPUTS == 0) return 1;
  if (high < 0) {
    high = digit;
    return 1;
  }
  model_input(input)[received++] = (uint8_t)(high * 16 + digit);
  high = -1;
  if (received < input_bytes[input]) return 1;
  received = 0;
  if (++input < INPUTS) return 1;
  input = 0;
  run();
  return 1;
}
`;
}

const kinds: Readonly<Record<string, string>> = {
  FLOAT32: "'f', 4",
  INT8: "'i', 1",
  INT16: "'i', 2",
  INT32: "'i', 4",
  INT64: "'i', 8",
  UINT8: "'u', 1",
  BOOL: "'u', 1",
  UINT16: "'u', 2",
  UINT32: "'u', 4",
  UINT64: "'u', 8",
};

const elementKind = (type: string): string => kinds[type.toUpperCase()] ?? "'u', 1";

const hasSample = ({ sample, inputs }: ProjectParts, i: number): boolean => sample?.[i]?.length === inputs[i].bytes;

const sampleSource = (parts: ProjectParts): string =>
  parts.inputs
    .map((_, i) =>
      hasSample(parts, i) ? `\nstatic const uint8_t sample_${i}[] = {\n${byteLines(parts.sample?.[i] ?? new Uint8Array())}\n};\n` : '',
    )
    .join('');

const sampleOf = (parts: ProjectParts, i: number): string =>
  hasSample(parts, i) ? `memcpy(model_input(${i}), sample_${i}, sizeof(sample_${i}));` : `memset(model_input(${i}), 0, input_bytes[${i}]);`;
