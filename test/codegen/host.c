/* The measuring program's machine (src/codegen/boards/qemu/firmware/platform.h) where the compiler runs: files by stdio, no counter. */
#include <stdio.h>

#include "platform.h"

static FILE *files[8];

int platform_open(const char *name, int for_writing) {
  for (int i = 0; i < 8; i++) {
    if (files[i]) continue;
    files[i] = fopen(name, for_writing ? "wb" : "rb");
    return files[i] ? i : -1;
  }
  return -1;
}

int platform_length(int file) {
  if (fseek(files[file], 0, SEEK_END) != 0) return -1;
  const long length = ftell(files[file]);
  return fseek(files[file], 0, SEEK_SET) == 0 ? (int)length : -1;
}

int platform_read(int file, void *data, uint32_t bytes) {
  return fread(data, 1, bytes, files[file]) != bytes;
}

int platform_write(int file, const void *data, uint32_t bytes) {
  return fwrite(data, 1, bytes, files[file]) != bytes;
}

int platform_close(int file) {
  return fclose(files[file]);
}

void platform_count_start(void) {}

uint32_t platform_count_stop(void) {
  return 0;
}

uint32_t *platform_stack_limit(void) {
  return 0;
}
