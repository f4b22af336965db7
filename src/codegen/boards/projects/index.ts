import { markLine } from '../../../fs/mark.js';
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
export function projectFor(sdk: Sdk, parts: ProjectParts): ProjectFiles {
  const own = new Set(parts.sources.values());
  return new Map([...makers[sdk](parts)].map(([path, content]) => [path, own.has(content) ? content : marked(path, `${content}`, parts)]));
}

/** By its first line a file is known again when another model comes into the folder. */
function marked(path: string, text: string, parts: ProjectParts): string {
  const line = markLine(parts);
  if (/\.(c|cc|cpp|ino)$/.test(path)) return `/* ${line} */\n${text}`;
  if (path.endsWith('.md')) return `<!-- ${line} -->\n${text}`;
  return `${path.endsWith('.ini') ? ';' : '#'} ${line}\n${text}`;
}
