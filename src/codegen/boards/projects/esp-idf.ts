import { compiled, mainName, readme, sourceFiles } from './files.js';
import type { Platform, ProjectFiles, ProjectParts } from './types.js';

const platform = (kind: ProjectParts['kind']): Platform => ({
  includes: `#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
`,
  functions: `static void board_begin(void) {}
static uint32_t board_micros(void) { return (uint32_t)esp_timer_get_time(); }
static void board_print(const char *text) {
  fputs(text, stdout);
  fflush(stdout);
}
static void board_idle(void) { vTaskDelay(1); }

/* The console's driver answers at once; without a character it reports an end that is none. */
static int board_read(void) {
  int c = getchar();
  if (c != EOF) return c;
  clearerr(stdin);
  return BOARD_NOTHING;
}
`,
  entry: `${kind === 'tflm' ? 'extern "C" ' : ''}void app_main(void) {
  if (!program_begin()) return;
  while (program_step()) {
  }
}
`,
});

/** What `idf.py set-target` is told, by processor. */
export const targets: Readonly<Record<string, string>> = { esp32s3: 'esp32s3', esp32: 'esp32', rv32: 'esp32c3' };

/** An application of up to so many bytes fits the default partition; above, the large one of 1.5 MB is asked for. */
const defaultPartition = 700_000;

/** ESP-IDF 5, with the managed component espressif/esp-tflite-micro (components.espressif.com). */
export function espIdf(parts: ProjectParts): ProjectFiles {
  const files = sourceFiles(parts, 'main', mainName(parts), platform(parts.kind));
  const sources = compiled(files, 'main').map((s) => `"${s}"`);
  files.set(
    'CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.16)
include($ENV{IDF_PATH}/tools/cmake/project.cmake)
project(${parts.name})
`,
  );
  files.set(
    'main/CMakeLists.txt',
    `idf_component_register(SRCS ${sources.join(' ')}
                       INCLUDE_DIRS ".")
`,
  );
  const dependency = parts.kind === 'tflm' ? '\n  espressif/esp-tflite-micro: "^1.3.1"' : '';
  files.set('main/idf_component.yml', `dependencies:\n  idf: ">=5.0"${dependency}\n`);
  const large = parts.modelBytes > defaultPartition ? 'CONFIG_ESPTOOLPY_FLASHSIZE_4MB=y\nCONFIG_PARTITION_TABLE_SINGLE_APP_LARGE=y\n' : '';
  files.set('sdkconfig.defaults', `CONFIG_COMPILER_OPTIMIZATION_PERF=y\nCONFIG_ESP_MAIN_TASK_STACK_SIZE=8192\n${large}`);
  const target = targets[parts.cpu ?? ''] ?? 'esp32s3';
  files.set('README.md', readme(parts, `idf.py set-target ${target} && idf.py build flash`, 'idf.py monitor shows the outputs.'));
  return files;
}
