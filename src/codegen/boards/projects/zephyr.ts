import { compiled, mainName, readme, sourceFiles } from './files.js';
import type { Platform, ProjectFiles, ProjectParts } from './types.js';

const platform: Platform = {
  includes: `#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
`,
  functions: `static const struct device *const console = DEVICE_DT_GET(DT_CHOSEN(zephyr_console));

static void board_begin(void) {}
static uint32_t board_micros(void) { return (uint32_t)k_cyc_to_us_floor64(k_cycle_get_32()); }
static void board_print(const char *text) { printk("%s", text); }
static void board_idle(void) { k_yield(); }
static int board_read(void) {
  unsigned char c;
  return uart_poll_in(console, &c) == 0 ? (int)c : (int)BOARD_NOTHING;
}
`,
  entry: `int main(void) {
  int running = program_begin();
  while (running && program_step()) {
  }
  return 0;
}
`,
};

/** Zephyr, with its optional module tflite-micro (CONFIG_TENSORFLOW_LITE_MICRO). */
export function zephyr(parts: ProjectParts): ProjectFiles {
  const files = sourceFiles(parts, 'src', mainName(parts), platform);
  const tflm = parts.kind === 'tflm';
  const sources = compiled(files, 'src').map((s) => ` src/${s}`);
  files.set(
    'CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.20.0)
find_package(Zephyr REQUIRED HINTS $ENV{ZEPHYR_BASE})
project(${parts.name})
target_sources(app PRIVATE${sources.join('')})
target_include_directories(app PRIVATE src)
`,
  );
  const cmsis = parts.kernels === 'cmsis-nn' ? 'CONFIG_TENSORFLOW_LITE_MICRO_CMSIS_NN_KERNELS=y\n' : '';
  const cpp = tflm ? `CONFIG_CPP=y\nCONFIG_STD_CPP17=y\nCONFIG_TENSORFLOW_LITE_MICRO=y\n${cmsis}` : '';
  files.set(
    'prj.conf',
    `${cpp}CONFIG_SERIAL=y\nCONFIG_CONSOLE=y\nCONFIG_UART_CONSOLE=y\nCONFIG_MAIN_STACK_SIZE=8192\nCONFIG_SPEED_OPTIMIZATIONS=y\n`,
  );
  const fetch = tflm ? 'west config manifest.project-filter -- +tflite-micro && west update && ' : '';
  files.set('README.md', readme(parts, `${fetch}west build -b BOARD . && west flash`, 'the serial console shows the outputs.'));
  return files;
}
