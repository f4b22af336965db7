import { defineOp } from './define.js';
import { mapElements, perElement, sameAsInput } from './families/elementwise.js';

export const relu = defineOp({
  name: 'Relu',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  infer: sameAsInput(0),
  evaluate: mapElements((x) => Math.max(x, 0)),
  layout: 'elementwise',
  quantize: { kind: 'free', int16: true, min: 0 },
  cost: perElement(1),
  onnx: { type: 'Relu' },
  tflite: { builtin: 'RELU' },
  keras: { layer: 'ReLU', activation: 'relu' },
});
