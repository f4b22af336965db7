import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { activation, applyActivation, fromTfliteActivation, toTfliteActivation } from './families/activation.js';
import { isHybrid, isPerChannel } from './families/convolution.js';
import { widenHalf } from './families/half.js';

/** x [...,I] · wᵀ with w [O,I], + b [O] -> [...,O]. */
export const fullyConnected = defineOp({
  name: 'FullyConnected',
  inputs: ['x', 'w', 'b?'],
  outputs: ['y'],
  attributes: { activation },
  infer: (inputs): TypeInfo[] => {
    const [x, w, b] = inputs as readonly Operand[];
    if (x.shape.length < 1 || w.shape.length !== 2 || x.shape.at(-1) !== w.shape[1]) {
      throw new RangeError(`weights of shape [${w.shape}] do not fit an input of shape [${x.shape}]`);
    }
    if (b && (b.shape.length !== 1 || b.shape[0] !== w.shape[0])) {
      throw new RangeError(`its bias has the shape [${b.shape}] for ${w.shape[0]} outputs`);
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), w.shape[0]] }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, w, b] = inputs as [Tensor, Tensor, Tensor | null];
    const [units, depth] = w.shape;
    const { dtype, shape } = outputs[0];
    const X = toNumbers(x);
    const W = toNumbers(w);
    const B = b && toNumbers(b);
    const Y = numbersFor(dtype, sizeOf(shape));
    for (let at = 0, from = 0; at < Y.length; from += depth)
      for (let o = 0, weight = 0; o < units; o++, weight += depth) {
        let acc = B ? B[o] : 0;
        for (let i = 0; i < depth; i++) acc += X[from + i] * W[weight + i];
        Y[at++] = applyActivation(acc, attrs.activation);
      }
    return [fromNumbers(dtype, shape, Y)];
  },
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: 0, int16: true },
  cost: (inputs, outputs) => ({ macs: sizeOf(outputs[0].shape) * (inputs[1] as TypeInfo).shape[1], elements: sizeOf(outputs[0].shape) }),
  tflite: {
    builtin: 'FULLY_CONNECTED',
    options: 'FullyConnectedOptions',
    version: (_, node) => {
      if (isHybrid(node)) return isPerChannel(node.inputs[1]) ? 12 : 3;
      const { dtype, shape } = node.outputs[0];
      if (dtype === 'int16') return 7;
      return shape.length !== 2 ? 5 : dtype === 'int8' ? 4 : 1;
    },
    read: (op) => {
      if (op.option('weights_format') !== 'DEFAULT') op.refuse('has shuffled weights');
      return {
        inputs: op.inputs,
        attrs: {
          activation:
            fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
        },
      };
    },
    write: (attrs, node) => ({
      inputs: [node.inputs[0], node.inputs[1], node.inputs[2] ?? null],
      options: {
        fused_activation_function: toTfliteActivation(attrs.activation),
        keep_num_dims: node.outputs[0].shape.length !== 2,
      },
    }),
  },
  decompose: widenHalf('FullyConnected'),
});
