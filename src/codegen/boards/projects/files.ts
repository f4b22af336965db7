import { mainSource } from './main.js';
import type { Platform, ProjectFiles, ProjectParts } from './types.js';

/** File name of the program: C for plain C, C++ for TensorFlow Lite Micro. */
export const mainName = (parts: ProjectParts, cpp = 'cc'): string => (parts.kind === 'c' ? 'main.c' : `main.${cpp}`);

/** Whether a compiler is given this file (headers are not). */
export const isSource = (name: string): boolean => /\.(c|cc|cpp|s)$/i.test(name);

/** The generated sources and the program in a folder; a program that the sources bring along gives way to the project's. */
export function sourceFiles(parts: ProjectParts, folder: string, main: string, platform: Platform): ProjectFiles {
  const files: ProjectFiles = new Map();
  const at = (name: string) => (folder ? `${folder}/${name}` : name);
  for (const [name, content] of parts.sources) if (name !== 'main.c') files.set(at(name), content);
  files.set(at(main), mainSource(parts, platform));
  return files;
}

/** Names of what the compiler is given, relative to the folder, for a list in a build file. */
export const compiled = (files: ProjectFiles, folder: string): string[] =>
  [...files.keys()].filter(isSource).map((name) => (folder ? name.slice(folder.length + 1) : name));

const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

/** Three lines: what it is, how to build and load it, how to talk to it. */
export const readme = (parts: ProjectParts, build: string, talk: string): string =>
  `${parts.title}: ${parts.kind === 'tflm' ? 'TensorFlow Lite Micro' : 'plain C'}, ${kib(parts.modelBytes)} of constants in flash and ${kib(parts.arenaBytes)} of arena in RAM.
Build and load: ${build}
Then: ${talk} It runs once at the start; each further ${parts.inputs.reduce((n, p) => n + p.bytes, 0)} bytes of input, sent in hexadecimal (xxd -p input.bin), run it again.
`;
