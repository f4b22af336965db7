import { compiled, mainName, readme, sourceFiles } from './files.js';
import type { Platform, ProjectFiles, ProjectParts } from './types.js';

const platform: Platform = {
  includes: '#include <time.h>\n',
  functions: `static void board_begin(void) {}
static uint32_t board_micros(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (uint32_t)now.tv_sec * 1000000u + (uint32_t)(now.tv_nsec / 1000);
}
static void board_print(const char *text) {
  fputs(text, stdout);
  fflush(stdout);
}
static void board_idle(void) {}
static int board_read(void) {
  int c = getchar();
  return c == EOF ? (int)BOARD_END : c;
}
`,
  entry: `int main(void) {
  if (!program_begin()) return 1;
  while (program_step()) {
  }
  return 0;
}
`,
};

/** Where the Makefile of tensorflow/tflite-micro leaves what it downloads. */
const downloads = 'tensorflow/lite/micro/tools/make/downloads';

/** CMake alone: a program for the computer, or with a toolchain file for a board with a C library. */
export function cmake(parts: ProjectParts): ProjectFiles {
  const files = sourceFiles(parts, '', mainName(parts), platform);
  const sources = compiled(files, '').map((s) => `\n  ${s}`);
  const tflm = parts.kind === 'tflm';
  const library = tflm
    ? `
set(TFLM_PATH "\${CMAKE_CURRENT_LIST_DIR}/tflite-micro" CACHE PATH "A checkout of tensorflow/tflite-micro")
file(GLOB TFLM_DIRS "\${TFLM_PATH}/gen/*/lib")
find_library(TFLM_LIBRARY tensorflow-microlite PATHS \${TFLM_DIRS} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(NOT TFLM_LIBRARY)
  message(FATAL_ERROR "Build libtensorflow-microlite.a in TFLM_PATH first (see README.md), or set TFLM_LIBRARY.")
endif()
target_include_directories(${parts.name} PRIVATE
  "\${TFLM_PATH}"
  "\${TFLM_PATH}/${downloads}/flatbuffers/include"
  "\${TFLM_PATH}/${downloads}/gemmlowp"
)
target_compile_definitions(${parts.name} PRIVATE TF_LITE_STATIC_MEMORY)
target_link_libraries(${parts.name} PRIVATE "\${TFLM_LIBRARY}" m)
`
    : `target_link_libraries(${parts.name} PRIVATE m)\n`;
  files.set(
    'CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.13)
project(${parts.name} C CXX)
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
add_executable(${parts.name}${sources.join('')}
)
target_include_directories(${parts.name} PRIVATE "\${CMAKE_CURRENT_LIST_DIR}")
${library}`,
  );
  const make = 'make -C tflite-micro -f tensorflow/lite/micro/tools/make/Makefile microlite';
  const fetch = tflm ? `git clone https://github.com/tensorflow/tflite-micro && ${make} && ` : '';
  files.set('README.md', readme(parts, `${fetch}cmake -S . -B build && cmake --build build`, `run build/${parts.name}.`));
  return files;
}
