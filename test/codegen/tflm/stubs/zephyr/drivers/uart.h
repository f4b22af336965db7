/* Stand-in for Zephyr's header. */
#pragma once
#include "zephyr/device.h"
#ifdef __cplusplus
extern "C" {
#endif
int uart_poll_in(const struct device *dev, unsigned char *c);
#ifdef __cplusplus
}
#endif
