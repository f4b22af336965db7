import type { Value } from '../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { broadcastShapes, isFloat, sameShape, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, float, int, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { broadcastIndex } from './families/elementwise.js';
import { floatTypes } from './families/elementwise-types.js';
import { widenHalf } from './families/half.js';

/** (x - mean) / √(variance + epsilon) · scale + bias, mean and variance over `axis` and all axes after it. */
export const layerNormalization = defineOp({
  name: 'LayerNormalization',
  inputs: ['x', 'scale?', 'bias?'],
  outputs: ['y'],
  attributes: { axis: int(), epsilon: float(1e-5) },
  infer: (inputs, { axis }): TypeInfo[] => {
    const [x, ...parameters] = inputs as readonly Operand[];
    if (!isFloat(x.dtype)) throw new RangeError(`it takes floats, not ${x.dtype}`);
    checkAxis(axis, x.shape.length);
    const normal = x.shape.slice(axis);
    for (const p of parameters) {
      if (p && !sameShape(broadcastShapes(p.shape, normal), normal)) {
        throw new RangeError(`a scale or bias of shape [${p.shape}] does not broadcast to [${normal}]`);
      }
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: (inputs, { axis, epsilon }, outputs) => {
    const [x, scale, bias] = inputs as [Tensor, Tensor | null, Tensor | null];
    const { dtype, shape } = outputs[0];
    const normal = shape.slice(axis);
    const length = sizeOf(normal);
    const X = toNumbers(x);
    const Y = numbersFor(dtype, X.length);
    const parameter = (t: Tensor | null, absent: number): Float64Array => {
      if (!t) return new Float64Array(length).fill(absent);
      const values = toNumbers(t);
      return Float64Array.from(broadcastIndex(t.shape, normal), (i) => values[i]);
    };
    const S = parameter(scale, 1);
    const B = parameter(bias, 0);
    for (let row = 0; row < X.length; row += length) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += X[row + i];
      const mean = sum / length;
      let squares = 0;
      for (let i = 0; i < length; i++) squares += (X[row + i] - mean) ** 2;
      const deviation = Math.sqrt(squares / length + epsilon);
      for (let i = 0; i < length; i++) Y[row + i] = ((X[row + i] - mean) / deviation) * S[i] + B[i];
    }
    return [fromNumbers(dtype, shape, Y)];
  },
  cost: (_, outputs) => ({ macs: 0, elements: 6 * sizeOf(outputs[0].shape) }),
  onnx: {
    type: 'LayerNormalization',
    since: 17,
    types: floatTypes,
    read: (n) => {
      if (n.outputCount > 1) n.refuse('has its mean or deviation as further outputs');
      return {
        inputs: [n.input(0), n.input(1), n.inputs[2] ?? null],
        attrs: { axis: fileAxis(n.int('axis', -1), n.input(0).shape.length, n), epsilon: n.float('epsilon', 1e-5) },
      };
    },
    write: ({ axis, epsilon }, node) => {
      const [x, scale, bias] = node.inputs as [Value, Value | null, Value | null];
      const normal = x.shape.slice(axis);
      const ones = fromNumbers(x.dtype, normal, new Array<number>(sizeOf(normal)).fill(1));
      return { inputs: [x, scale ?? ones, bias ?? null], attributes: { axis: { int: axis }, epsilon: { float: epsilon } } };
    },
  },
  decompose: widenHalf('LayerNormalization', (b, inputs, { axis, epsilon }) => {
    const [x, scale, bias] = inputs as [Value, Value | null, Value | null];
    const over = { axes: x.shape.map((_, i) => i).slice(axis), keepDims: true };
    const centred = b.op('Sub', [x, b.op('ReduceMean', [x], over)]);
    const variance = b.op('ReduceMean', [b.op('Mul', [centred, centred])], over);
    const inverse = b.op('Rsqrt', [b.op('Add', [variance, b.scalar(epsilon, x.dtype)])]);
    const normal = b.op('Mul', [centred, inverse]);
    const scaled = scale ? b.op('Mul', [normal, scale]) : normal;
    return [bias ? b.op('Add', [scaled, bias]) : scaled];
  }),
});
