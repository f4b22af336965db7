import { compiled, mainName, readme, sourceFiles } from './files.js';
import type { Platform, ProjectFiles, ProjectParts } from './types.js';

/** PICO_BOARD by processor. */
export const boards: Readonly<Record<string, string>> = { 'cortex-m0plus': 'pico', 'cortex-m33': 'pico2' };

const platform: Platform = {
  includes: '#include "pico/stdlib.h"\n',
  functions: `static void board_begin(void) {
  stdio_init_all();
  sleep_ms(2000); /* until the computer has opened the USB port */
}
static uint32_t board_micros(void) { return time_us_32(); }
static void board_print(const char *text) { fputs(text, stdout); }
static void board_idle(void) { tight_loop_contents(); }
static int board_read(void) {
  int c = getchar_timeout_us(0);
  return c < 0 ? BOARD_NOTHING : c;
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

/** Raspberry Pi Pico SDK, with raspberrypi/pico-tflmicro, which is built with CMSIS-NN, as a folder beside the sources. */
export function picoSdk(parts: ProjectParts): ProjectFiles {
  const files = sourceFiles(parts, '', mainName(parts), platform);
  const sources = compiled(files, '').map((s) => `\n  ${s}`);
  const tflm = parts.kind === 'tflm';
  const library = tflm
    ? `
set(PICO_TFLMICRO_PATH "\${CMAKE_CURRENT_LIST_DIR}/pico-tflmicro" CACHE PATH "A checkout of raspberrypi/pico-tflmicro")
add_subdirectory("\${PICO_TFLMICRO_PATH}" pico-tflmicro EXCLUDE_FROM_ALL)
`
    : '';
  files.set(
    'CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.13)
include("$ENV{PICO_SDK_PATH}/external/pico_sdk_import.cmake")
project(${parts.name} C CXX ASM)
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
pico_sdk_init()
${library}
add_executable(${parts.name}${sources.join('')}
)
target_include_directories(${parts.name} PRIVATE "\${CMAKE_CURRENT_LIST_DIR}")
target_link_libraries(${parts.name} pico_stdlib${tflm ? ' pico-tflmicro' : ''})
pico_enable_stdio_usb(${parts.name} 1)
pico_enable_stdio_uart(${parts.name} 0)
pico_add_extra_outputs(${parts.name})
`,
  );
  const board = boards[parts.cpu ?? ''] ?? 'pico';
  const clone = tflm ? 'git clone https://github.com/raspberrypi/pico-tflmicro && ' : '';
  files.set(
    'README.md',
    readme(
      parts,
      `${clone}cmake -S . -B build -DPICO_BOARD=${board} && cmake --build build, with PICO_SDK_PATH set; copy build/${parts.name}.uf2 to the board.`,
      'the USB serial port shows the outputs.',
    ),
  );
  return files;
}
