import { arduinoPlatform } from './arduino-platform.js';
import { readme, sourceFiles } from './files.js';
import type { ProjectFiles, ProjectParts } from './types.js';

/** A sketch: its folder has the name of the .ino file, and C++ files end in .cpp, which is what every version of the builder compiles. */
export function arduino(parts: ProjectParts): ProjectFiles {
  const sources = new Map([...parts.sources].map(([name, content]) => [name.replace(/\.cc$/, '.cpp'), content]));
  const files = sourceFiles({ ...parts, sources }, parts.name, `${parts.name}.ino`, arduinoPlatform(parts.kind));
  const install = parts.kind === 'tflm' ? 'arduino-cli lib install Chirale_TensorFLowLite && ' : '';
  files.set(
    'README.md',
    readme(
      parts,
      `${install}arduino-cli compile -b FQBN ${parts.name} && arduino-cli upload -b FQBN -p PORT ${parts.name} (FQBN: e.g. arduino:mbed_nano:nano33ble).`,
      'the serial monitor at 115200 baud shows the outputs.',
    ),
  );
  return files;
}
