/* Files and the stack of an emulated board; its counter is in counter.c. */
#include <stdint.h>

#include "platform.h"
#include "semihosting.h"

extern uint32_t board_stack_limit[];

int platform_open(const char *name, int for_writing) {
  uint32_t length = 0;
  while (name[length] != '\0') length++;
  const uint32_t block[3] = {(uint32_t)(uintptr_t)name, for_writing ? MODE_WRITE_BINARY : MODE_READ_BINARY, length};
  return semihosting(SYS_OPEN, block);
}

int platform_length(int file) {
  const uint32_t block[1] = {(uint32_t)file};
  return semihosting(SYS_FLEN, block);
}

/* Semihosting answers with the number of bytes that did not go through. */
int platform_read(int file, void *data, uint32_t bytes) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)(uintptr_t)data, bytes};
  return bytes > 0 && semihosting(SYS_READ, block) != 0;
}

int platform_write(int file, const void *data, uint32_t bytes) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)(uintptr_t)data, bytes};
  return bytes > 0 && semihosting(SYS_WRITE, block) != 0;
}

int platform_close(int file) {
  const uint32_t block[1] = {(uint32_t)file};
  return semihosting(SYS_CLOSE, block) != 0;
}

uint32_t *platform_stack_limit(void) {
  return board_stack_limit;
}
