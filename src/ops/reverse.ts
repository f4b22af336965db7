import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { checkAxes, fileAxes } from './families/axes.js';
import { movedAxes } from './families/layout.js';
import { pick, range } from './families/pick.js';
import { movedByLiteRt } from './families/types.js';
import { byType } from './families/versions.js';

/** x with the order along `axes` turned round. */
export const reverse = defineOp({
  name: 'Reverse',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axes: ints() },
  infer: (inputs, { axes }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    checkAxes(axes, shape.length);
    return [{ dtype, shape }];
  },
  evaluate: (inputs, { axes }) => {
    const x = inputs[0] as Tensor;
    return [
      pick(
        x,
        x.shape.map((d, i) => (axes.includes(i) ? range(d, d - 1, -1) : range(d))),
      ),
    ];
  },
  layout: ({ axes }, perm) => ({ axes: movedAxes(axes, perm) }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  tflite: {
    builtin: 'REVERSE_V2',
    options: 'ReverseV2Options',
    types: movedByLiteRt,
    maxRank: 6,
    version: byType({ int8: 3, bool: 2 }),
    read: (op) => ({ inputs: [op.input(0)], attrs: { axes: fileAxes(op.constantInts(1), op.input(0).shape.length, op) } }),
    write: ({ axes }, node) => (axes.length === 1 ? { inputs: [node.inputs[0], { int32: axes }] } : null),
  },
  decompose: (b, inputs, { axes }, _, target) => {
    const x = inputs[0] as Value;
    // One axis at a time.
    if (target === 'tflite')
      return axes.length === 1
        ? null
        : [axes.reduce((v, a) => b.op('Reverse', [v], { axes: [a] }), b.op('Reshape', [x], { shape: x.shape }))];
    const turned = (forward: (d: number) => number, back: (d: number) => number): number[] =>
      x.shape.map((d, i) => (axes.includes(i) ? back(d) : forward(d)));
    return [
      b.op('Slice', [x], {
        starts: turned(
          () => 0,
          (d) => Math.max(0, d - 1),
        ),
        ends: turned(
          (d) => d,
          () => -1,
        ),
        steps: turned(
          () => 1,
          () => -1,
        ),
      }),
    ];
  },
});
