/** Names in a bundle that are its own. */
export const ownFiles = { manifest: 'manifest.json', sums: 'SHA256SUMS', signature: 'SHA256SUMS.minisig', chunks: 'CHUNKS' } as const;

const longest = 200;

/**
 * What is wrong with a path of a file in a bundle, as the end of a sentence; undefined where nothing is. Paths are relative,
 * stay below their folder, and are printable ASCII: they stand in SHA256SUMS, in tar headers and in scripts on devices.
 */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > longest) return `has ${path.length} characters; at most ${longest} are taken`;
  if (!/^[\x20-\x7e]+$/.test(path)) return 'holds characters beyond printable ASCII';
  // An exclamation mark is history to csh, also between quotes.
  if (/[\\'"`$!]/.test(path)) return 'holds a backslash, a quotation mark, a dollar sign or an exclamation mark';
  const parts = path.split('/');
  if (parts.some((p) => p === '' || p === '.' || p === '..')) return 'leaves its folder, or has an empty part';
  if (parts.some((p) => p.startsWith('-') || p.startsWith(' ') || p.endsWith(' ')))
    return 'has a part that begins with - or a space, or ends in one';
  return undefined;
}
