import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';

export const exp = defineOp({
  name: 'Exp',
  ...floatUnary(Math.exp),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'Exp' },
  tflite: { builtin: 'EXP' },
  keras: { activation: 'exponential' },
});
