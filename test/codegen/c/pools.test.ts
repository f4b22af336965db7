import { expect, it } from 'vitest';
import { toNumbers } from '../../../src/ir/tensor.js';
import { windowOutput } from '../../../src/ops/families/window.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { activated, type Expectation, integers, layer, numbers, quantized, wrong, zeroOf } from './integer-layers.js';

/** A pool of a random form, and the answer by its definition: means are rounded half away from zero. */
function pool(op: 'AveragePool2D' | 'MaxPool2D', type: 'int8' | 'int16', seed: number): Expectation {
  const next = numbers(seed);
  const kernel = seed % 7 === 0 ? [9 + next(9), 10 + next(30)] : [1 + next(4), 1 + next(4)];
  const pads = [0, 1, 0, 1].map((i) => next(Math.min(kernel[i], 3)));
  const strides = [1 + next(3), 1 + next(3)];
  const size = (i: number): number => Math.max(1 + next(9), kernel[i] - pads[i] - pads[i + 2]);
  const [n, h, w, c] = [1 + next(2), size(0), size(1), next(2) === 0 ? 4 + 4 * next(3) : 1 + next(9)];
  const activation = (['none', 'relu', 'relu6'] as const)[next(3)];
  const out = [0, 1].map((i) => windowOutput([h, w][i], kernel[i], strides[i], 1, pads[i], pads[i + 2]));
  const zero = type === 'int8' ? next(256) - 128 : 0;
  const scale = type === 'int8' ? 0.05 : 0.0005;
  const x = quantized('x', type, [n, h, w, c], scale, zero);
  const y = quantized('y', type, [n, ...out, c], scale, zero);
  const graph = layer(op, [x], y, { kernel, strides, pads, dilations: [1, 1], ceil: false, activation });
  const X = integers(x, next);
  const expected = (): number[] => {
    const xs = toNumbers(X);
    const values: number[] = [];
    for (let image = 0; image < n; image++)
      for (let oy = 0; oy < out[0]; oy++)
        for (let ox = 0; ox < out[1]; ox++)
          for (let k = 0; k < c; k++) {
            const seen: number[] = [];
            for (let ky = 0; ky < kernel[0]; ky++)
              for (let kx = 0; kx < kernel[1]; kx++) {
                const [iy, ix] = [oy * strides[0] - pads[0] + ky, ox * strides[1] - pads[1] + kx];
                if (iy >= 0 && iy < h && ix >= 0 && ix < w) seen.push(xs[((image * h + iy) * w + ix) * c + k]);
              }
            const sum = seen.reduce((a, v) => a + v, 0);
            const half = Math.trunc(seen.length / 2);
            const mean = Math.trunc((sum > 0 ? sum + half : sum - half) / seen.length);
            values.push(activated(op === 'MaxPool2D' ? Math.max(...seen) : mean, y, activation));
          }
    return values;
  };
  return { title: `${op} ${type} ${seed}, zero point ${zeroOf(x)}`, graph, inputs: [X], expected };
}

it.skipIf(!hasCompiler).each(['portable', 'cortex-m4'])('pools of int8 and int16 for %s', async (cpu) => {
  const cases = (['AveragePool2D', 'MaxPool2D'] as const).flatMap((op) =>
    (['int8', 'int16'] as const).flatMap((type) => Array.from({ length: 20 }, (_, i) => pool(op, type, i + 1))),
  );
  expect(await wrong(cases, cpu)).toEqual([]);
});

it.skipIf(!hasCompiler)('means without a division are exact for every count and sum', async () => {
  // 1 x n windows whose elements make sums over the whole range, halves of the count among them.
  const cases = Array.from({ length: 25 }, (_, i): Expectation => {
    const n = 1 + 15 * i;
    const columns = 64;
    const x = quantized('x', 'int8', [1, n, columns, 1], 0.1, 0);
    const data = new Int8Array(n * columns);
    for (let c = 0; c < columns; c++) {
      const sum = Math.round(((c - 32) / 32) * 127 * n) + (c % 3) - 1;
      for (let r = 0, left = sum; r < n; r++) {
        const v = Math.max(-128, Math.min(127, Math.trunc(left / (n - r))));
        data[r * columns + c] = v;
        left -= v;
      }
    }
    const y = quantized('y', 'int8', [1, 1, columns, 1], 0.1, 0);
    const attrs = { kernel: [n, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ceil: false, activation: 'none' };
    const expected = () =>
      Array.from({ length: columns }, (_, c) => {
        let sum = 0;
        for (let r = 0; r < n; r++) sum += data[r * columns + c];
        return Math.trunc((sum + Math.sign(sum) * Math.trunc(n / 2)) / n);
      });
    const X = { dtype: 'int8' as const, shape: x.shape, data };
    return { title: `${n} elements`, graph: layer('AveragePool2D', [x], y, attrs), inputs: [X], expected };
  });
  expect(await wrong(cases, 'portable')).toEqual([]);
});
