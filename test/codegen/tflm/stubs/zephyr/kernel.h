/* Stand-in for Zephyr's header. */
#pragma once
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
uint32_t k_cycle_get_32(void);
uint64_t k_cyc_to_us_floor64(uint64_t cycles);
void k_yield(void);
#ifdef __cplusplus
}
#endif
