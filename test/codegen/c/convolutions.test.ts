import { expect, it } from 'vitest';
import { hasCompiler } from '../../suites/c-backend.js';
import { convolution, dense, product } from './convolution-layers.js';
import { emulated } from './emulated-layers.js';
import { type Expectation, layer, quantized, rescaled, scaleOf, wrong } from './integer-layers.js';

const all = (wide: boolean): Expectation[] => [
  ...Array.from({ length: 50 }, (_, i) => convolution('Conv2D', 1 + i, wide)),
  ...Array.from({ length: 25 }, (_, i) => convolution('ConvTranspose2D', 200 + i, wide)),
  ...Array.from({ length: 35 }, (_, i) => dense(300 + i, wide)),
  ...Array.from({ length: 20 }, (_, i) => product(400 + i, wide)),
];

const narrow = all(false);

// Input and output of a layer alone overlap as far as its `overlaps` allows, so that every case tries the distance, too.
it.skipIf(!hasCompiler).each([
  ['portable', 'double'],
  ['portable', 'single'],
  ['cortex-m4', 'double'],
  ['cortex-m4', 'single'],
  ['cortex-m55', 'double'],
  ['cortex-m55', 'single'],
] as const)('products with int8 filters for %s, %s rounding', async (cpu, rounding) => {
  expect(await wrong(narrow, cpu, rounding)).toEqual([]);
});

it.skipIf(!hasCompiler)('products with int8 filters of int16', async () => {
  expect(await wrong(all(true), 'portable')).toEqual([]);
});

// Compilers do not see the assembly of these processors: every tail of its loops has to run.
it.each(['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'])('products with int8 filters on an emulated %s', async (cpu) => {
  const some = [...narrow.slice(0, 16), ...narrow.slice(50, 56), ...narrow.slice(75, 90)];
  expect(await emulated(some, cpu)).toEqual([]);
});

it.skipIf(!hasCompiler)('a channel whose bias fills 32 bits and that no input changes', async () => {
  const x = quantized('x', 'int8', [1, 2, 2, 4], 0.05, 3);
  const w = { ...quantized('w', 'int8', [2, 1, 1, 4], [2e-12, 0.01], 0, 0), data: Int8Array.of(127, -127, 5, 9, 10, -20, 30, -40) };
  const b = { name: 'b', dtype: 'int32' as const, shape: [2], data: Int32Array.of(2 ** 31 - 1, 0) };
  const y = quantized('y', 'int8', [1, 2, 2, 2], 0.1, -7);
  const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, activation: 'none' };
  const data = Int8Array.from({ length: 16 }, (_, i) => 17 * i - 128);
  // 2^31 * 1e-13 / 0.1 is 0.002: the first channel is the zero point.
  const second = (p: number) => [10, -20, 30, -40].reduce((s, v, c) => s + v * (data[4 * p + c] - 3), 0);
  const at = (sum: number) => Math.max(-128, Math.min(127, rescaled(sum, (scaleOf(x) * scaleOf(w, 1)) / scaleOf(y)) - 7));
  const expected = () => [0, 1, 2, 3].flatMap((p) => [-7, at(second(p))]);
  const inputs = [{ dtype: 'int8' as const, shape: x.shape, data }];
  const one: Expectation = { title: 'bias', graph: layer('Conv2D', [x, w, b], y, attrs), inputs, expected };
  for (const cpu of ['portable', 'cortex-m4', 'cortex-m55']) expect(await wrong([one], cpu)).toEqual([]);
});
