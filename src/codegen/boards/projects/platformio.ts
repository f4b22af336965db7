import { arduinoPlatform } from './arduino-platform.js';
import { readme, sourceFiles } from './files.js';
import type { ProjectFiles, ProjectParts } from './types.js';

const nano = { platform: 'nordicnrf52', board: 'nano33ble' };

/** By processor; portable C is given the first. */
export const boards: Readonly<Record<string, { readonly platform: string; readonly board: string }>> = {
  'cortex-m4': nano,
  esp32: { platform: 'espressif32', board: 'esp32dev' },
  esp32s3: { platform: 'espressif32', board: 'esp32-s3-devkitc-1' },
  rv32: { platform: 'espressif32', board: 'esp32-c3-devkitm-1' },
  'cortex-m0plus': { platform: 'raspberrypi', board: 'pico' },
  'cortex-m7': { platform: 'ststm32', board: 'portenta_h7_m7' },
};

/** PlatformIO with Arduino's framework; the port of TensorFlow Lite Micro is fetched from its repository. */
export function platformio(parts: ProjectParts): ProjectFiles {
  const files = sourceFiles(parts, 'src', 'main.cpp', arduinoPlatform(parts.kind));
  const { platform, board } = boards[parts.cpu ?? ''] ?? nano;
  const library = parts.kind === 'tflm' ? '\nlib_deps = https://github.com/spaziochirale/Chirale_TensorFLowLite.git' : '';
  files.set(
    'platformio.ini',
    `[env:${board}]
platform = ${platform}
board = ${board}
framework = arduino${library}
build_unflags = -std=gnu++11
build_flags = -std=gnu++17 -O2
monitor_speed = 115200
`,
  );
  files.set('README.md', readme(parts, 'pio run -t upload', 'pio device monitor shows the outputs.'));
  return files;
}
