/* Start of an Arm Cortex-M: vectors, memory, floating point and Helium. */
#include <stdint.h>

#include "semihosting.h"

extern uint32_t board_stack_top[], board_data_start[], board_data_end[], board_data_load[], board_bss_start[], board_bss_end[];
int main(void);

#define CPACR (*(volatile uint32_t *)0xE000ED88u)

__attribute__((noreturn)) void board_reset(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= 0xFu << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
#endif
  const uint32_t *from = board_data_load;
  for (volatile uint32_t *to = board_data_start; to < board_data_end;) *to++ = *from++;
  for (volatile uint32_t *to = board_bss_start; to < board_bss_end;) *to++ = 0;
  semihosting_exit((uint32_t)main());
  for (;;) {
  }
}

/* An access that is not aligned, an unknown instruction, an address where nothing is. */
static void board_fault(void) {
  semihosting(SYS_WRITE0, "the processor took a fault\n");
  semihosting_exit(99);
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)board_stack_top, (uintptr_t)board_reset, (uintptr_t)board_fault, (uintptr_t)board_fault, (uintptr_t)board_fault,
    (uintptr_t)board_fault,     (uintptr_t)board_fault, (uintptr_t)board_fault, (uintptr_t)board_fault, (uintptr_t)board_fault,
    (uintptr_t)board_fault,     (uintptr_t)board_fault, (uintptr_t)board_fault, (uintptr_t)board_fault, (uintptr_t)board_fault,
    (uintptr_t)board_fault,
};
