import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { permuted } from './families/layout.js';
import { pick } from './families/pick.js';

/** x repeated as a whole, `repeats` times along each axis. */
export const tile = defineOp({
  name: 'Tile',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { repeats: ints() },
  infer: (inputs, { repeats }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (repeats.length !== shape.length || repeats.some((r) => r < 0)) {
      throw new RangeError(`its repeats [${repeats}] must be one of at least 0 per axis of [${shape}]`);
    }
    return [{ dtype, shape: shape.map((d, i) => d * repeats[i]) }];
  },
  evaluate: (inputs, _, outputs) => {
    const x = inputs[0] as Tensor;
    return [
      pick(
        x,
        outputs[0].shape.map((length, i) => Int32Array.from({ length }, (_v, k) => k % x.shape[i])),
      ),
    ];
  },
  layout: ({ repeats }, perm) => ({ repeats: permuted(repeats, perm) }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Tile',
    types: allTypes,
    read: (n) => ({ inputs: [n.input(0)], attrs: { repeats: n.constantInts(1) } }),
    write: ({ repeats }, node) => ({ inputs: [node.inputs[0], { int64: repeats }] }),
  },
  tflite: {
    builtin: 'TILE',
    options: 'TileOptions',
    types: allTypes,
    maxRank: 8,
    version: (_, node) => ((node.inputs[0] as Value).dtype === 'int8' ? 3 : 1),
    read: (op) => ({ inputs: [op.input(0)], attrs: { repeats: op.constantInts(1) } }),
    write: ({ repeats }, node) => ({ inputs: [node.inputs[0], { int32: repeats }] }),
  },
});
