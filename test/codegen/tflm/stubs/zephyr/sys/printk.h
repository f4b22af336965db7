/* Stand-in for Zephyr's header. */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
void printk(const char *format, ...);
#ifdef __cplusplus
}
#endif
