import { arduino } from './arduino.js';
import { cmake } from './cmake.js';
import { espIdf } from './esp-idf.js';
import { picoSdk } from './pico-sdk.js';
import { platformio } from './platformio.js';
import type { ProjectFiles, ProjectParts, Sdk } from './types.js';
import { zephyr } from './zephyr.js';

const makers: Readonly<Record<Sdk, (parts: ProjectParts) => ProjectFiles>> = {
  'esp-idf': espIdf,
  'pico-sdk': picoSdk,
  zephyr,
  arduino,
  platformio,
  cmake,
};

/**
 * A folder that the SDK builds: the generated sources, a program that runs the model, build files and a README of three lines.
 * The sources keep their names where the SDK takes them.
 */
export const projectFor = (sdk: Sdk, parts: ProjectParts): ProjectFiles => makers[sdk](parts);
