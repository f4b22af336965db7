/*
 * Semihosting (Arm IHI 0100, RISC-V semihosting specification): operations that the emulator carries out.
 * The numbers are the same on both; only the trap differs.
 */
#ifndef EDGEML_SEMIHOSTING_H
#define EDGEML_SEMIHOSTING_H

#include <stdint.h>

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_FLEN = 0x0C, SYS_EXIT_EXTENDED = 0x20 };
enum { MODE_READ_BINARY = 1, MODE_WRITE_BINARY = 5 };
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

static inline int semihosting(int operation, const void *parameter) {
#if defined(__arm__)
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = parameter;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#else
  register int a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = parameter;
  /* The three words that mark the trap have to be uncompressed and in one page. */
  __asm__ volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli zero, zero, 0x1f\n"
      "ebreak\n"
      "srai zero, zero, 7\n"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
#endif
}

static inline void semihosting_exit(uint32_t code) {
  const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, code};
  semihosting(SYS_EXIT_EXTENDED, block);
  for (;;) {
  }
}

#endif
