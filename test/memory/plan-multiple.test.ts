import { expect, it } from 'vitest';
import { planArena } from '../../src/memory/plan.js';

const image = { bytes: 640, first: 0, last: 1 };
const result = { bytes: 640, first: 1, last: 2 };

it('lays a result on its operand where the difference is a multiple of what is asked for', () => {
  const plan = planArena([image, result], [{ output: 1, input: 0, distance: 0, multiple: 64 }]);
  expect(plan.bytes).toBe(640);
  expect(plan.offsets[0]).toBe(plan.offsets[1]);
});

it('rounds a distance up to the next multiple', () => {
  const plan = planArena([image, result], [{ output: 1, input: 0, distance: 80, multiple: 64 }]);
  expect(plan.offsets[0] - plan.offsets[1]).toBe(128);
});

it('never takes a difference between two multiples', () => {
  // Something small below the operand pushes it up by 16 bytes: the result has to follow by whole multiples or stay clear.
  for (const bytes of [16, 48, 80, 144]) {
    const small = { bytes, first: 0, last: 2 };
    const { offsets } = planArena([small, image, result], [{ output: 2, input: 1, distance: 0, multiple: 64 }]);
    const gap = offsets[1] - offsets[2];
    expect(gap >= 640 || gap <= -640 || (gap >= 0 && gap % 64 === 0)).toBe(true);
  }
});
