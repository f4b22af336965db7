/*
 * Instructions by the machine's own timer. With `-icount shift=N` every instruction takes 2^N ns of the emulated time, and a
 * timer's tick is less than half of that, so that rounding gives the exact number. BOARD_TICK_PS is the tick in picoseconds,
 * BOARD_INSTRUCTION_PS what an instruction takes.
 */
#include <stdint.h>

#include "platform.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#if defined(BOARD_COUNTER_CMSDK)
/* CMSDK timer (Arm DDI 0479): counts down from RELOAD; INTSTATUS is set when it passes zero. */
enum { CTRL = 0x00, VALUE = 0x04, RELOAD = 0x08, INTSTATUS = 0x0C, ENABLE = 1, INTERRUPT = 8 };
#define AT(offset) REGISTER(BOARD_COUNTER_CMSDK + (offset))

static void start(void) {
  AT(CTRL) = 0;
  AT(RELOAD) = UINT32_MAX;
  AT(VALUE) = UINT32_MAX;
  AT(INTSTATUS) = 1;
  AT(CTRL) = ENABLE | INTERRUPT;
}

static int stop(uint64_t *ticks) {
  const uint32_t left = AT(VALUE);
  const uint32_t wrapped = AT(INTSTATUS);
  *ticks = UINT32_MAX - left;
  return wrapped != 0;
}

#elif defined(BOARD_COUNTER_NRF51)
/*
 * TIMER of the nRF51 (reference manual, chapter 18): captures on request; COMPARE 1 tells that the range is nearly through
 * (a mark at its very end may be stepped over).
 */
enum { TASKS_START = 0x000, TASKS_STOP = 0x004, TASKS_CLEAR = 0x00C, TASKS_CAPTURE0 = 0x040, COMPARE1 = 0x144 };
enum { MODE = 0x504, BITMODE = 0x508, PRESCALER = 0x510, CC0 = 0x540, CC1 = 0x544, BITS_32 = 3 };
#define AT(offset) REGISTER(BOARD_COUNTER_NRF51 + (offset))

static void start(void) {
  AT(TASKS_STOP) = 1;
  AT(MODE) = 0;
  AT(BITMODE) = BITS_32;
  AT(PRESCALER) = 0;
  AT(CC1) = 0xFFFF0000u;
  AT(COMPARE1) = 0;
  AT(TASKS_CLEAR) = 1;
  AT(TASKS_START) = 1;
}

static int stop(uint64_t *ticks) {
  AT(TASKS_CAPTURE0) = 1;
  *ticks = AT(CC0);
  return AT(COMPARE1) != 0;
}

#elif defined(BOARD_COUNTER_SSE)
/* System counter of the SSE-300 (Arm DDI 0593, CNTControlBase): 64 bits. */
enum { CNTCR = 0x00, CNTCV_LOW = 0x08, CNTCV_HIGH = 0x0C };
#define AT(offset) REGISTER(BOARD_COUNTER_SSE + (offset))

static void start(void) {
  AT(CNTCR) = 0;
  AT(CNTCV_LOW) = 0;
  AT(CNTCV_HIGH) = 0;
  AT(CNTCR) = 1;
}

static int stop(uint64_t *ticks) {
  const uint32_t low = AT(CNTCV_LOW);
  *ticks = low | (uint64_t)AT(CNTCV_HIGH) << 32;
  return 0;
}

#elif defined(BOARD_COUNTER_MCYCLE)
/* mcycle counts the nanoseconds of the emulated time. */
static uint64_t mcycle(void) {
  uint32_t low, high, again;
  do {
    __asm__ volatile(
        ".option push\n"
        ".option arch, +zicsr\n"
        "csrr %0, mcycleh\n"
        "csrr %1, mcycle\n"
        "csrr %2, mcycleh\n"
        ".option pop"
        : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return low | (uint64_t)high << 32;
}

static uint64_t began;

static void start(void) {
  began = mcycle();
}

static int stop(uint64_t *ticks) {
  *ticks = mcycle() - began;
  return 0;
}
#else
#error "a BOARD_COUNTER_ macro has to say which timer the machine has"
#endif

void platform_count_start(void) {
  start();
}

uint32_t platform_count_stop(void) {
  uint64_t ticks;
  if (stop(&ticks)) return PLATFORM_OVERFLOW;
  const uint64_t count = (ticks * BOARD_TICK_PS + BOARD_INSTRUCTION_PS / 2) / BOARD_INSTRUCTION_PS;
  return count < PLATFORM_OVERFLOW ? (uint32_t)count : PLATFORM_OVERFLOW;
}
