/* What the measuring program asks of the machine that it runs on: files, a counter of instructions, the stack's end. */
#ifndef EDGEML_PLATFORM_H
#define EDGEML_PLATFORM_H

#include <stdint.h>

/* A count that the counter cannot hold. */
#define PLATFORM_OVERFLOW UINT32_MAX

/* Opens a file of the working directory; negative where that fails. */
int platform_open(const char *name, int for_writing);
/* Bytes of an open file; negative where they are not known. */
int platform_length(int file);
/* Both return 0 where all bytes went through. */
int platform_read(int file, void *data, uint32_t bytes);
int platform_write(int file, const void *data, uint32_t bytes);
int platform_close(int file);

/* Instructions between start and stop, with what the two calls cost themselves. */
void platform_count_start(void);
uint32_t platform_count_stop(void);

/* The lowest word of the stack; null where the stack is not known. */
uint32_t *platform_stack_limit(void);

#endif
