import type { Value } from '../ir/graph.js';
import { f32, fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { isFloat, type TypeInfo } from '../ir/types.js';
import { defineOp, float, int, type Operand } from './define.js';
import { widenHalf } from './families/half.js';

/** First and last channel of the window of `size` around channel c: (size - 1) / 2 on either side, the odd one after. */
const windowAt = (c: number, size: number, channels: number): [number, number] => [
  Math.max(0, c - Math.floor((size - 1) / 2)),
  Math.min(channels - 1, c + Math.ceil((size - 1) / 2)),
];

/** x / (bias + alpha/size · Σ x²)^beta, the sum over `size` neighbouring channels (the last axis). */
export const lrn = defineOp({
  name: 'LRN',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { size: int(), alpha: float(1e-4), beta: float(0.75), bias: float(1) },
  infer: (inputs, { size }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (!isFloat(dtype) || shape.length !== 4) throw new RangeError('it takes floats of rank 4');
    if (size < 1) throw new RangeError(`its size is ${size}; it must be at least 1`);
    return [{ dtype, shape }];
  },
  evaluate: (inputs, { size, alpha, beta, bias }, outputs) => {
    const x = toNumbers(inputs[0] as Tensor);
    const { dtype, shape } = outputs[0];
    const channels = shape[3];
    const y = numbersFor(dtype, x.length);
    for (let row = 0; row < x.length; row += channels)
      for (let c = 0; c < channels; c++) {
        const [first, last] = windowAt(c, size, channels);
        let sum = 0;
        for (let k = first; k <= last; k++) sum += x[row + k] * x[row + k];
        y[row + c] = x[row + c] / (bias + (alpha / size) * sum) ** beta;
      }
    return [fromNumbers(dtype, shape, y)];
  },
  cost: (_, outputs, { size }) => ({ macs: 0, elements: outputs[0].shape.reduce((n, d) => n * d, size + 2) }),
  tflite: {
    builtin: 'LOCAL_RESPONSE_NORMALIZATION',
    options: 'LocalResponseNormalizationOptions',
    types: ['float32'],
    maxRank: 4,
    read: (op) => {
      const size = 2 * op.option<number>('radius') + 1;
      const [alpha, beta, bias] = [op.option<number>('alpha'), op.option<number>('beta'), op.option<number>('bias')];
      return { inputs: [op.input(0)], attrs: { size, alpha: alpha * size, beta, bias } };
    },
    // Its window has a centre, and its alpha is that of one element.
    write: ({ size, alpha, beta, bias }) =>
      size % 2 === 1 ? { options: { radius: (size - 1) / 2, alpha: alpha / size, beta, bias } } : null,
  },
  // The sums of squares are a product with a band of ones: x / (band · x² + bias)^beta.
  decompose: widenHalf('LRN', (b, inputs, { size, alpha, beta, bias }) => {
    const x = inputs[0] as Value;
    if (x.dtype !== 'float32') return null;
    const n = x.shape[3];
    const band = new Float32Array(n * n);
    for (let c = 0; c < n; c++) {
      const [first, last] = windowAt(c, size, n);
      band.fill(alpha / size, c * n + first, c * n + last + 1);
    }
    const inputsOf = [b.op('Mul', [x, x]), b.constant(f32([n, n], band)), b.constant(f32([n], new Array<number>(n).fill(bias)))];
    return [b.op('Div', [x, b.op('Pow', [b.op('FullyConnected', inputsOf), b.scalar(beta)])])];
  }),
});
