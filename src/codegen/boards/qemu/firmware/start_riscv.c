/* Start of a RISC-V core in machine mode: traps, pointers, memory. */
#include <stdint.h>

#include "semihosting.h"

extern uint32_t board_data_start[], board_data_end[], board_data_load[], board_bss_start[], board_bss_end[];
int main(void);

__attribute__((aligned(4), used)) static void board_fault(void) {
  semihosting(SYS_WRITE0, "the processor took a trap\n");
  semihosting_exit(99);
}

__attribute__((noreturn, used)) static void board_reset(void) {
  const uint32_t *from = board_data_load;
  for (volatile uint32_t *to = board_data_start; to < board_data_end;) *to++ = *from++;
  for (volatile uint32_t *to = board_bss_start; to < board_bss_end;) *to++ = 0;
  semihosting_exit((uint32_t)main());
  for (;;) {
  }
}

/* The library keeps errno in thread-local storage: tp points to the only thread's. */
__attribute__((naked, section(".vectors"), used)) void board_start(void) {
  __asm__ volatile(
      ".option push\n"
      ".option norelax\n"
      "la gp, __global_pointer$\n"
      ".option pop\n"
      "la tp, board_thread\n"
      "la sp, board_stack_top\n"
      "la t0, board_fault\n"
      ".option push\n"
      ".option arch, +zicsr\n"
      "csrw mtvec, t0\n"
      ".option pop\n"
      "j board_reset\n");
}
