import { parse } from 'node:path/posix';
import type { FolderFile } from '../fs/folder.js';
import type { Origin } from '../fs/mark.js';

/** Generated texts as files of a folder. Kernels are no model's own. */
export function folderFiles(texts: ReadonlyMap<string, string | Uint8Array>, origin: Origin): FolderFile[] {
  const encoder = new TextEncoder();
  return [...texts].map(([path, content]) => ({
    path,
    bytes: typeof content === 'string' ? encoder.encode(content) : content,
    scaffold: !isGenerated(path, origin.name),
    ...(!isKernel(path) && { origin }),
  }));
}

/** A warning where a name that was asked for could not be an identifier as it is. */
export const renamed = (asked: string | undefined, name: string): string[] =>
  asked === undefined || asked === name
    ? []
    : [`--name ${asked} is no C identifier in lower case of at most 48 characters: it became ${name}.`];

const isKernel = (path: string): boolean => /(^|\/)edgeml\//.test(path);

/**
 * Whether a file of the output is the model's own, to be written over when it is generated again. The others (mains, sketches
 * and build files of a project) are meant to be changed.
 */
function isGenerated(path: string, name: string): boolean {
  const { name: stem, ext } = parse(path);
  return isKernel(path) || (ext !== '.ino' && (stem === name || stem.startsWith(`${name}_`)));
}
