/* Stand-in for the Pico SDK's header. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
bool stdio_init_all(void);
void sleep_ms(uint32_t ms);
uint32_t time_us_32(void);
int getchar_timeout_us(uint32_t timeout_us);
static inline void tight_loop_contents(void) {}
#ifdef __cplusplus
}
#endif
