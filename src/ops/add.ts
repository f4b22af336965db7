import { defineOp } from './define.js';
import { type Activation, activation, applyActivation, fromTfliteActivation, toTfliteActivation } from './families/activation.js';
import { broadcast2, inferBroadcast, perElement } from './families/elementwise.js';

export const add = defineOp({
  name: 'Add',
  inputs: ['a', 'b'],
  outputs: ['y'],
  attributes: { activation },
  infer: inferBroadcast(),
  evaluate: broadcast2((a, b, attrs: { activation: Activation }) => applyActivation(a + b, attrs.activation)),
  layout: 'elementwise',
  quantize: { kind: 'free', int16: true },
  cost: perElement(1),
  onnx: { type: 'Add' },
  tflite: {
    builtin: 'ADD',
    options: 'AddOptions',
    types: ['float32', 'int8', 'int16', 'int32', 'int64'],
    read: (op) => ({
      inputs: op.inputs,
      attrs: {
        activation:
          fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
      },
    }),
    write: (attrs) => ({ options: { fused_activation_function: toTfliteActivation(attrs.activation) } }),
  },
});
