import { arduinoPlatform } from './arduino-platform.js';
import { readme, sourceFiles } from './files.js';
import type { ProjectFiles, ProjectParts } from './types.js';

/** A board by processor, as `arduino-cli` names it; portable C is given the first. */
export const sketchBoards: Readonly<Record<string, string>> = {
  'cortex-m4': 'arduino:mbed_nano:nano33ble',
  'cortex-m0plus': 'rp2040:rp2040:rpipico',
  'cortex-m3': 'arduino:sam:arduino_due_x',
  'cortex-m7': 'arduino:mbed_portenta:envie_m7',
  'cortex-m33': 'rp2040:rp2040:rpipico2',
  rv32: 'esp32:esp32:esp32c3',
  esp32: 'esp32:esp32:esp32',
  esp32s3: 'esp32:esp32:esp32s3',
};

/** A sketch: its folder has the name of the .ino file, and C++ files end in .cpp, which is what every version of the builder compiles. */
export function arduino(parts: ProjectParts): ProjectFiles {
  const sources = new Map([...parts.sources].map(([name, content]) => [name.replace(/\.cc$/, '.cpp'), content]));
  const files = sourceFiles({ ...parts, sources }, parts.name, `${parts.name}.ino`, arduinoPlatform(parts.kind));
  const board = sketchBoards[parts.cpu ?? ''] ?? sketchBoards['cortex-m4'];
  const install = parts.kind === 'tflm' ? 'arduino-cli lib install Chirale_TensorFLowLite && ' : '';
  files.set(
    'README.md',
    readme(
      parts,
      `${install}arduino-cli compile -b FQBN ${parts.name} && arduino-cli upload -b FQBN -p PORT ${parts.name} (FQBN: e.g. ${board}).`,
      'the serial monitor at 115200 baud shows the outputs.',
    ),
  );
  return files;
}
