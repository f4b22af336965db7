import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Buffer, lowerBound, type Overlap, planArena } from '../../src/memory/plan.js';

const buffer = (bytes: number, first: number, last: number): Buffer => ({ bytes, first, last });

/** Buffers of a chain of steps, with permission for each step to lay its result over its operand. */
const chain = (sizes: readonly number[], distance: number): { buffers: Buffer[]; overlaps: Overlap[] } => ({
  buffers: sizes.map((bytes, i) => buffer(bytes, i, i + 1)),
  overlaps: sizes.slice(1).map((_, i) => ({ output: i + 1, input: i, distance })),
});

const buffers = fc.array(
  fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), first: fc.nat(20), length: fc.nat(6) }).map(({ bytes, first, length }) => ({
    bytes,
    first,
    last: first + length,
  })),
  { minLength: 1, maxLength: 25 },
);

/** What a plan does wrong, in words. */
function faults(
  all: readonly Buffer[],
  overlaps: readonly Overlap[],
  { offsets, bytes }: ReturnType<typeof planArena>,
  align: number,
): string[] {
  const allowed = (i: number, j: number): boolean =>
    overlaps.some((o) => o.output === i && o.input === j && all[i].first === all[j].last && offsets[i] + o.distance <= offsets[j]);
  return all.flatMap((a, i) => {
    const own = [
      ...(offsets[i] % align === 0 ? [] : [`${i} is not aligned`]),
      ...(offsets[i] >= 0 && offsets[i] + a.bytes <= bytes ? [] : [`${i} is outside`]),
    ];
    const pairs = all.slice(0, i).flatMap((b, j) => {
      if (a.first > b.last || b.first > a.last) return [];
      if (offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i]) return [];
      return allowed(i, j) || allowed(j, i) ? [] : [`${i} and ${j} share memory`];
    });
    return [...own, ...pairs];
  });
}

describe('planArena', () => {
  it('gives memory that is never used twice at the same time', () => {
    fc.assert(
      fc.property(buffers, fc.constantFrom(1, 4, 16), (all, align) => {
        const plan = planArena(all, [], align);
        expect(faults(all, [], plan, align)).toEqual([]);
        expect(plan.bytes).toBeGreaterThanOrEqual(lowerBound(all));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the distance that an overlap asks for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 2, maxLength: 12 }), fc.nat(400), (sizes, distance) => {
        const { buffers: all, overlaps } = chain(sizes, distance);
        expect(faults(all, overlaps, planArena(all, overlaps, 4), 4)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('needs one tensor for a chain that works in place, and the distances on top where it runs ahead', () => {
    const inPlace = chain([8000, 8000, 8000, 8000], 0);
    expect(planArena(inPlace.buffers, inPlace.overlaps).bytes).toBe(8000);
    const ahead = chain([8000, 8000, 8000, 8000], 320);
    expect(planArena(ahead.buffers, ahead.overlaps).bytes).toBe(8000 + 3 * 320);
    expect(planArena(ahead.buffers).bytes).toBe(16000);
  });

  it('does not lay a result over an operand that is needed later', () => {
    const all = [buffer(100, 0, 5), buffer(100, 1, 2)];
    expect(planArena(all, [{ output: 1, input: 0, distance: 0 }], 4).bytes).toBe(200);
  });

  it('finds the least memory for the residual block of ResNet-8, three feature maps at once', () => {
    const all = [buffer(3072, 0, 1), buffer(16384, 1, 4), buffer(16384, 2, 3), buffer(16384, 3, 4), buffer(16384, 4, 6)];
    expect(planArena(all).bytes).toBe(3 * 16384);
  });

  it('reaches the lower bound where a plain order by size does not', () => {
    const all = [buffer(30, 0, 2), buffer(20, 2, 4), buffer(40, 4, 6), buffer(10, 0, 6), buffer(20, 1, 3)];
    expect(planArena(all, [], 1).bytes).toBe(lowerBound(all));
  });

  it('gives the same plan every time', () => {
    fc.assert(
      fc.property(buffers, (all) => {
        expect(planArena(all)).toEqual(planArena(all));
      }),
      { numRuns: 20 },
    );
  });
});
