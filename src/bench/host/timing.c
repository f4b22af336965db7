/*
 * Times a generated model where the compiler runs: timing RUNS SECONDS LIMIT TRACED_RUNS
 * Reads the bytes of all inputs from the file `in`; prints, a line each,
 *   run NANOSECONDS           one inference
 *   warm COUNT                inferences before those
 *   peak BYTES                the most memory that was resident, 0 where the system does not tell
 *   layer INDEX NANOSECONDS   from the tensor before to a tensor of this layer, in up to TRACED_RUNS further inferences
 *   traced COUNT              how many those were
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__APPLE__)
#include <sys/resource.h>
#endif

#include "model.h"

#define MOST_RUNS 1000000u

static int tracing;
static uint64_t mark;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void edgeml_trace(int layer, const char *tensor, const void *data, int32_t bytes) {
  (void)tensor, (void)data, (void)bytes;
  if (!tracing) return;
  printf("layer %d %llu\n", layer, (unsigned long long)(now() - mark));
  mark = now();
}

/* Layers write over inputs that are no longer needed, so every inference gets them anew, outside of its time. */
static uint64_t infer(const uint8_t *in) {
  for (uint32_t i = 0; i < edgeml_input_count; i++) {
    memcpy(edgeml_arena + edgeml_inputs[i].offset, in, edgeml_inputs[i].bytes);
    in += edgeml_inputs[i].bytes;
  }
  const uint64_t start = now();
  mark = start;
  edgeml_infer();
  return now() - start;
}

static uint32_t repeat(const uint8_t *in, uint32_t runs, double seconds, double limit, uint64_t *times) {
  const uint64_t begin = now();
  for (uint32_t n = 0;;) {
    times[n++] = infer(in);
    const double passed = (double)(now() - begin) / 1e9;
    if (passed > limit || n == MOST_RUNS || (n >= runs && passed >= seconds)) return n;
  }
}

static unsigned long long peak(void) {
  unsigned long long bytes = 0;
#if defined(__linux__)
  /* Not getrusage: its maximum begins with that of the process that forked this one. */
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) {
    if (sscanf(line, "VmHWM: %llu kB", &bytes) == 1) break;
  }
  if (status) fclose(status);
  bytes *= 1024;
#elif defined(__APPLE__)
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) == 0) bytes = (unsigned long long)usage.ru_maxrss;
#endif
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const uint32_t runs = (uint32_t)strtoul(argv[1], 0, 10);
  const double seconds = strtod(argv[2], 0);
  const double limit = strtod(argv[3], 0);
  const int traced = (int)strtol(argv[4], 0, 10);
  size_t size = 0;
  for (uint32_t i = 0; i < edgeml_input_count; i++) size += edgeml_inputs[i].bytes;
  uint8_t *in = malloc(size + 1);
  uint64_t *times = malloc(sizeof *times * MOST_RUNS);
  FILE *file = fopen("in", "rb");
  if (!in || !times || !file || fread(in, 1, size, file) != size) return 3;
  fclose(file);

  const uint32_t warm = repeat(in, 3, seconds / 2, limit / 10, times);
  const uint32_t count = repeat(in, runs, seconds, limit, times);
  printf("peak %llu\n", peak());
  printf("warm %lu\n", (unsigned long)warm);
  for (uint32_t i = 0; i < count; i++) printf("run %llu\n", (unsigned long long)times[i]);
  tracing = 1;
  const uint64_t begin = now();
  int done = 0;
  while (done < traced && (done == 0 || (double)(now() - begin) / 1e9 < limit / 10)) {
    infer(in);
    done++;
  }
  printf("traced %d\n", done);
  free(times);
  free(in);
  return 0;
}
