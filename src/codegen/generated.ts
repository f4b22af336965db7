import { parse } from 'node:path/posix';

/**
 * Whether a file of the output is the model's own, to be written over when it is generated again. The others (mains and build
 * files of a project) are meant to be changed.
 */
export function isGenerated(path: string, name: string): boolean {
  const { name: stem } = parse(path);
  return /(^|\/)edgeml\//.test(path) || stem === name || stem.startsWith(`${name}_`);
}
