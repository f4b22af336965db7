import { expect, it } from 'vitest';
import { toNumbers } from '../../../src/ir/tensor.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { runC } from '../../suites/quantized/run-c.js';
import { integers, layer, numbers, quantized, scaleOf } from './integer-layers.js';

/** Scales from nearly flat rows to rows in which only the largest element counts. */
const scales = [0.0005, 0.01, 0.0625, 0.3, 1.7, 40];

/** By how many steps of the output a kernel is off exp(x) / Σ exp(x), or its logarithm; the recorded answers judge the last bit. */
async function error(op: 'Softmax' | 'LogSoftmax', type: 'int8' | 'int16', out: readonly [step: number, zero: number]): Promise<number> {
  const jobs = scales.map((scale, i) => {
    const x = quantized('x', type, [3, 7, 11], type === 'int8' ? scale : scale / 64, type === 'int8' ? 9 : 0);
    const y = quantized('y', type, [3, 7, 11], ...out);
    return { graph: layer(op, [x], y, op === 'Softmax' ? { axis: 2, beta: 1 } : { axis: 2 }), runs: [[integers(x, numbers(i))]] };
  });
  const outcomes = await runC(jobs, { sanitize: true });
  let most = 0;
  outcomes.forEach((o, i) => {
    if ('refused' in o) throw new Error(o.refused);
    const xs = toNumbers(jobs[i].runs[0][0]);
    const ys = toNumbers(o.runs[0][0]);
    const scale = scaleOf(jobs[i].graph.inputs[0]);
    for (let row = 0; row < 21; row++) {
      const v = Array.from(xs.slice(row * 11, row * 11 + 11), (q) => q * scale);
      const top = Math.max(...v);
      const log = top + Math.log(v.reduce((s, r) => s + Math.exp(r - top), 0));
      v.forEach((r, k) => {
        const real = op === 'Softmax' ? Math.exp(r - log) : r - log;
        const [low, high] = type === 'int8' ? [-128, 127] : [-32768, 32767];
        const q = Math.min(high, Math.max(low, real / out[0] + out[1]));
        most = Math.max(most, Math.abs(ys[row * 11 + k] - q));
      });
    }
  });
  return most;
}

it.skipIf(!hasCompiler)('softmax of int8 is exp(x) / Σ exp(x) but for its rounding', async () => {
  expect(await error('Softmax', 'int8', [1 / 256, -128])).toBeLessThan(0.51);
});

it.skipIf(!hasCompiler)('log softmax of int8 is x - log Σ exp(x) but for its rounding', async () => {
  expect(await error('LogSoftmax', 'int8', [1 / 16, 127])).toBeLessThan(0.51);
});

it.skipIf(!hasCompiler)('softmax of int16 is within what its tables allow', async () => {
  // The exponential ends at exp(-10), 2 / 32768 for each of the ten other elements of a row.
  expect(await error('Softmax', 'int16', [1 / 32768, 0])).toBeLessThan(24);
});
