import { writeFileSync } from 'node:fs';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import type { Graph, Value } from '../../src/ir/graph.js';
import { sizeOf } from '../../src/ir/types.js';

/** Numbers in [-1, 1) that are the same everywhere (a linear congruential generator, Numerical Recipes). */
export function noise(seed: number, n: number): Float32Array {
  const out = new Float32Array(n);
  let state = seed >>> 0;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state / 2 ** 31 - 1;
  }
  return out;
}

const weight = (name: string, shape: readonly number[], seed: number): Value => ({
  name,
  dtype: 'float32',
  shape,
  data: noise(seed, sizeOf(shape)),
});
const activation = (name: string, shape: readonly number[]): Value => ({ name, dtype: 'float32', shape });

/** x [1,8,8,3] → Conv2D 8 → mean over the image → FullyConnected 4 → Softmax: untrained, but every stage of a run has work. */
export function smallGraph(): Graph {
  const x = activation('x', [1, 8, 8, 3]);
  const conv = activation('features', [1, 8, 8, 8]);
  const mean = activation('pooled', [1, 8]);
  const logits = activation('logits', [1, 4]);
  const scores = activation('scores', [1, 4]);
  return {
    name: 'small',
    inputs: [x],
    outputs: [scores],
    nodes: [
      {
        name: 'features',
        op: 'Conv2D',
        inputs: [x, weight('filter', [8, 3, 3, 3], 1), weight('filter_bias', [8], 2)],
        outputs: [conv],
        attrs: { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1, activation: 'relu' },
      },
      { name: 'pooled', op: 'ReduceMean', inputs: [conv], outputs: [mean], attrs: { axes: [1, 2], keepDims: false } },
      {
        name: 'logits',
        op: 'FullyConnected',
        inputs: [mean, weight('dense', [4, 8], 3), weight('dense_bias', [4], 4)],
        outputs: [logits],
        attrs: { activation: 'none' },
      },
      { name: 'scores', op: 'Softmax', inputs: [logits], outputs: [scores], attrs: { axis: 1, beta: 1 } },
    ],
  };
}

export async function writeSmallModel(path: string): Promise<void> {
  writeFileSync(path, path.endsWith('.onnx') ? await writeOnnx(smallGraph()) : writeTflite(smallGraph()));
}

/** Samples for it as a NumPy file (format version 1.0). */
export function writeSamples(path: string, count: number, seed = 7): void {
  const shape = [count, 8, 8, 3];
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(117)}\n`;
  const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  const data = noise(seed, sizeOf(shape));
  writeFileSync(path, Buffer.concat([magic, Buffer.from(header, 'latin1'), Buffer.from(data.buffer)]));
}
