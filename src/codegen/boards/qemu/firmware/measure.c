/*
 * Runs a model on every set of inputs in the file `in` and leaves
 *   out    the outputs, back to back
 *   stats  for each inference: instructions, bytes of stack (uint32 each)
 *   trace  for each tensor of each inference: number of the inference, index of the layer, instructions since the last
 *          tensor, length of the name, length of the tensor (uint32 each), then name and tensor; only where the model was
 *          compiled with its trace macro
 */
#include "model.h"
#include "platform.h"

#define PAINT 0xA5A5A5A5u

static int trace_file = -1;
static uint32_t counter_cost;
static uint32_t inference;
static int failed;

static uint32_t length_of(const char *text) {
  uint32_t n = 0;
  while (text[n] != '\0') n++;
  return n;
}

static uint32_t without_cost(uint32_t count) {
  if (count == PLATFORM_OVERFLOW) return count;
  return count > counter_cost ? count - counter_cost : 0;
}

void edgeml_trace(int layer, const char *tensor, const void *data, int32_t bytes) {
  uint32_t head[5];
  head[2] = without_cost(platform_count_stop());
  head[0] = inference;
  head[1] = (uint32_t)layer;
  head[3] = length_of(tensor);
  head[4] = (uint32_t)bytes;
  failed |= platform_write(trace_file, head, sizeof head);
  failed |= platform_write(trace_file, tensor, head[3]);
  failed |= platform_write(trace_file, data, head[4]);
  platform_count_start();
}

/* The stack pointer; nothing that is in use lies below it. */
static inline uint32_t *stack_pointer(void) {
  uint32_t *sp = 0;
#if defined(__arm__)
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#elif defined(__riscv)
  __asm__ volatile("mv %0, sp" : "=r"(sp));
#endif
  return sp;
}

static uint32_t used(const uint32_t *limit, const uint32_t *top) {
  const volatile uint32_t *p = limit;
  while (p < top && *p == PAINT) p++;
  return (uint32_t)((top - p) * 4);
}

static int transfer(int file, const edgeml_port *ports, uint32_t count, int writing) {
  int wrong = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint8_t *at = edgeml_arena + ports[i].offset;
    wrong |= writing ? platform_write(file, at, ports[i].bytes) : platform_read(file, at, ports[i].bytes);
  }
  return wrong;
}

int main(void) {
  uint32_t set = 0;
  for (uint32_t i = 0; i < edgeml_input_count; i++) set += edgeml_inputs[i].bytes;
  const int in = platform_open("in", 0);
  const int out = platform_open("out", 1);
  const int stats = platform_open("stats", 1);
  trace_file = platform_open("trace", 1);
  if (in < 0 || out < 0 || stats < 0 || trace_file < 0) return 2;
  const int length = platform_length(in);
  if (length < 0 || set == 0 || (uint32_t)length % set != 0) return 3;

  platform_count_start();
  counter_cost = platform_count_stop();

  uint32_t *const limit = platform_stack_limit();
  const uint32_t count = (uint32_t)length / set;
  for (inference = 0; inference < count && !failed; inference++) {
    uint32_t stat[2];
    failed |= transfer(in, edgeml_inputs, edgeml_input_count, 0);
    /* In place, not in a function, whose own frame it would write over. */
    uint32_t *const top = stack_pointer();
    for (volatile uint32_t *p = limit; p && p < (volatile uint32_t *)top; p++) *p = PAINT;
    platform_count_start();
    edgeml_infer();
    stat[0] = without_cost(platform_count_stop());
    stat[1] = limit ? used(limit, top) : 0;
    failed |= transfer(out, edgeml_outputs, edgeml_output_count, 1);
    failed |= platform_write(stats, stat, sizeof stat);
  }
  failed |= platform_close(out) | platform_close(stats) | platform_close(trace_file) | platform_close(in);
  return failed ? 4 : 0;
}
