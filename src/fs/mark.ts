import { commentText } from '../comment.js';
import { edgemlVersion } from '../version.js';

/** What a generated file was made from, and what its names begin with. */
export interface Origin {
  /** The model's file name, without a folder. */
  readonly source: string;
  /** The C identifier. */
  readonly name: string;
}

/** Generated files say so near their beginning, within so many bytes. */
const within = 600;

/** The line in the head comment of generated files by which {@link originIn} knows them. */
export const markLine = (origin: Origin): string => `edgeml codegen ${edgemlVersion()}: ${sourceOf(origin)} as ${origin.name}`;

/** What a file with such a line was made from; undefined where there is none. */
export function originIn(content: Uint8Array): Origin | undefined {
  const found = /edgeml codegen \S+: (.+) as (\w+)/.exec(headOf(content));
  return found ? { source: found[1], name: found[2] } : undefined;
}

/** Whether edgeml wrote a file, as far as its beginning tells. */
export const isEdgemls = (content: Uint8Array): boolean => /edgeml/i.test(headOf(content));

export const isSameOrigin = (a: Origin, b: Origin): boolean => sourceOf(a) === sourceOf(b) && a.name === b.name;

const headOf = (content: Uint8Array): string => new TextDecoder().decode(content.subarray(0, within));

/** Short enough for the beginning of a file. */
const sourceOf = ({ source }: Origin): string => commentText(source, 100);
