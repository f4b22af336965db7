/** What decides the sizes of structures on a target. */
export interface Abi {
  /** Bytes of a pointer and of size_t. */
  readonly pointer: 4 | 8;
  /** Bytes of a small enumeration: 1 with Arm's embedded ABI (-fshort-enums), 4 elsewhere. */
  readonly enumeration: 1 | 4;
}

export interface Size {
  readonly bytes: number;
  readonly align: number;
}

export const alignUp = (n: number, to: number): number => Math.ceil(n / to) * to;

const cache = new Map<string, Size>();

/**
 * Size and alignment of a C structure, its members written as letters with an optional count before each:
 * `p` pointer or size_t, `i` 32-bit number, `d` 64-bit number, `h` 16-bit, `b` byte or bool, `e` enumeration. `7i2p` is seven
 * integers and two pointers. The empty structure has size 0.
 */
export function layout(members: string, abi: Abi): Size {
  const key = `${members}/${abi.pointer}/${abi.enumeration}`;
  const known = cache.get(key);
  if (known) return known;
  const width: Record<string, number> = { p: abi.pointer, i: 4, d: 8, h: 2, b: 1, e: abi.enumeration };
  let at = 0;
  let align = 1;
  for (const [, count, letter] of members.matchAll(/(\d*)([pidhbe])/g)) {
    const w = width[letter];
    align = Math.max(align, w);
    at = alignUp(at, w) + w * Number(count || 1);
  }
  const size = { bytes: alignUp(at, align), align };
  cache.set(key, size);
  return size;
}
