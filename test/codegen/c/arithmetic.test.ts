import { expect, it } from 'vitest';
import type { Value } from '../../../src/ir/graph.js';
import { toNumbers } from '../../../src/ir/tensor.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { activated, type Expectation, integers, layer, numbers, quantized, rescaled, scaleOf, wrong, zeroOf } from './integer-layers.js';

const shapes: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [[67], [67]],
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
  [[2, 3, 4, 5], [5]],
  [[2, 3, 4, 5], [1]],
  [[], [3, 5]],
  [
    [4, 1],
    [1, 6],
  ],
  [
    [2, 1, 3, 1, 4],
    [1, 5, 1, 2, 1],
  ],
  [
    [1, 5, 1, 4],
    [2, 1, 3, 4],
  ],
];

function binary(op: 'Add' | 'Sub' | 'Mul', type: 'int8' | 'int16', seed: number): Expectation {
  const next = numbers(seed);
  const [sa, sb] = shapes[next(shapes.length)];
  const rank = Math.max(sa.length, sb.length);
  const [pa, pb] = [sa, sb].map((s) => [...new Array<number>(rank - s.length).fill(1), ...s]);
  const shape = pa.map((n, i) => Math.max(n, pb[i]));
  const zero = () => (type === 'int8' ? next(256) - 128 : 0);
  const scale = () => (seed % 5 === 0 ? 0.04 : 0.01 * 2 ** (next(1000) / 100 - 5)) / (type === 'int8' ? 1 : 256);
  const a = quantized('a', type, sa, scale(), zero());
  const b = quantized('b', type, sb, scale(), zero());
  const size = type === 'int8' ? 100 : 25_000;
  const natural = op === 'Mul' ? scaleOf(a) * scaleOf(b) * size : Math.max(scaleOf(a), scaleOf(b));
  const y = quantized('y', type, shape, natural * (0.7 + next(100) / 50), zero());
  const activation = (['none', 'none', 'relu', 'relu_n1_to_1'] as const)[next(4)];
  const constant = seed % 4 === 0;
  const B = integers(b, next);
  const graph = layer(op, [a, constant ? { ...b, data: B.data } : b], y, { activation });
  const A = integers(a, next);
  const expected = (rounding: 'double' | 'single'): number[] => {
    const [as, bs] = [toNumbers(A), toNumbers(B)];
    const at = (i: number, padded: readonly number[]): number => {
      let [rest, index, step] = [i, 0, 1];
      for (let d = rank - 1; d >= 0; d--) {
        if (padded[d] !== 1) index += (rest % shape[d]) * step;
        rest = Math.floor(rest / shape[d]);
        step *= padded[d];
      }
      return index;
    };
    // No runtime rounds int16 once.
    const of = element(op, type, a, b, y, type === 'int16' ? 'double' : rounding);
    return Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) =>
      activated(of(as[at(i, pa)] - zeroOf(a), bs[at(i, pb)] - zeroOf(b)) + zeroOf(y), y, activation),
    );
  };
  const title = `${op} ${type} ${seed}: [${sa}] [${sb}] ${activation}`;
  return { title, graph, inputs: constant ? [A] : [A, B], expected };
}

/** numerics.md §2: a sum through a grid of twice the larger scale, with 20 or 15 bits to spare; differences work that out in float32. */
function element(op: string, type: string, a: Value, b: Value, y: Value, rounding: 'double' | 'single') {
  if (op === 'Mul') return (p: number, q: number) => rescaled(p * q, (scaleOf(a) * scaleOf(b)) / scaleOf(y), rounding);
  const bits = type === 'int8' ? 20 : 15;
  const f = op === 'Sub' ? Math.fround : (v: number) => v;
  const twice = f(2 * Math.max(scaleOf(a), scaleOf(b)));
  return (p: number, q: number) => {
    const sa = rescaled(p * 2 ** bits, f(scaleOf(a) / twice), rounding);
    const sb = rescaled(q * 2 ** bits, f(scaleOf(b) / twice), rounding);
    return rescaled(op === 'Sub' ? sa - sb : sa + sb, f(twice / f(2 ** bits * scaleOf(y))), rounding);
  };
}

// Input and output of a layer alone share their memory where `overlaps` allows it, so that in place is tried, too.
it.skipIf(!hasCompiler).each([
  ['portable', 'double'],
  ['portable', 'single'],
  ['cortex-m4', 'double'],
  ['cortex-m4', 'single'],
] as const)('sums, differences and products for %s, %s rounding', async (cpu, rounding) => {
  const cases = (['Add', 'Sub', 'Mul'] as const).flatMap((op) =>
    (['int8', 'int16'] as const).flatMap((type) => Array.from({ length: op === 'Add' ? 24 : 12 }, (_, i) => binary(op, type, i + 1))),
  );
  expect(await wrong(cases, cpu, rounding)).toEqual([]);
});

it.skipIf(!hasCompiler)('sums of every pair of int8', async () => {
  const every = Int8Array.from({ length: 65536 }, (_, i) => (i >> 8) - 128);
  const other = Int8Array.from({ length: 65536 }, (_, i) => (i & 255) - 128);
  const cases = [
    [0.05, 0.05, 0.1, 3, -7, 11],
    [0.031, 0.002, 0.033, -128, 12, -128],
    [0.0007, 0.9, 0.7, 5, 127, 0],
  ].map(([sa, sb, sy, za, zb, zy]): Expectation => {
    const [a, b, y] = [
      quantized('a', 'int8', [65536], sa, za),
      quantized('b', 'int8', [65536], sb, zb),
      quantized('y', 'int8', [65536], sy, zy),
    ];
    const expected = (): number[] => {
      const of = element('Add', 'int8', a, b, y, 'double');
      return Array.from(every, (v, i) => activated(of(v - za, other[i] - zb) + zy, y, 'none'));
    };
    const [A, B] = [every, other].map((data) => ({ dtype: 'int8' as const, shape: [65536], data }));
    return { title: `scales ${sa} ${sb} ${sy}`, graph: layer('Add', [a, b], y, { activation: 'none' }), inputs: [A, B], expected };
  });
  expect(await wrong(cases, 'cortex-m4')).toEqual([]);
});
