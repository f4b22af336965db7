import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../src/formats/tflite/read.js';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import { fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { optimize } from '../../../src/passes/pipeline.js';
import { litert } from '../../../src/runtime/litert.js';
import type { Port } from '../../../src/runtime/types.js';
import { missing, shared } from '../../shared.js';
import { source } from './build.js';

const folders = ['models/mlperf-tiny', 'models/zoo'];
const absent = folders.map(missing).find((reason) => reason !== undefined);
const files = absent
  ? []
  : folders.flatMap((f) =>
      readdirSync(shared(f))
        .filter((n) => n.endsWith('.tflite'))
        .map((n) => join(f, n)),
    );

/** The same numbers every time, over the range of the type. */
function noise(port: Port, seed: number): Tensor {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const [low, span] = port.dtype === 'int8' ? [-128, 256] : port.dtype === 'uint8' ? [0, 256] : [-1, 2];
  return fromNumbers(
    port.dtype,
    port.shape,
    Float32Array.from({ length: sizeOf(port.shape) }, () => low + span * next()),
  );
}

/** The largest difference over the largest value. */
function relative(got: Tensor, expected: Tensor): number {
  let worst = 0;
  let top = 0;
  for (let i = 0; i < expected.data.length; i++) {
    worst = Math.max(worst, Math.abs(Number(got.data[i]) - Number(expected.data[i])));
    top = Math.max(top, Math.abs(Number(expected.data[i])));
  }
  return worst / (top || 1);
}

describe.skipIf(absent)('models read and written again', () => {
  it.each(files)('%s computes the same in LiteRT', async (path) => {
    const bytes = new Uint8Array(readFileSync(shared(path)));
    const model = await readTflite(source(bytes, path), {});
    verify(model.graph, inferNode, 'reading');
    expect(model.quantized !== undefined).toBe(/int8|quant/.test(path));
    const original = await litert.load(bytes);
    const written = await litert.load(writeTflite(model.graph));
    expect(written.outputs.map((p) => p.shape)).toEqual(original.outputs.map((p) => p.shape));
    for (const seed of [1, 2, 3]) {
      const given = original.inputs.map((p) => noise(p, seed));
      const expected = await original.run(given);
      const got = await written.run(given);
      // Integers have to be the same to the last bit.
      for (const [i, t] of got.entries()) {
        if (model.quantized) expect(relative(t, expected[i])).toBe(0);
        else expect(relative(t, expected[i])).toBeLessThan(1e-4);
      }
    }
    if (!model.quantized) {
      optimize(model.graph);
      const optimized = await litert.load(writeTflite(model.graph));
      const given = original.inputs.map((p) => noise(p, 4));
      const expected = await original.run(given);
      for (const [i, t] of (await optimized.run(given)).entries()) expect(relative(t, expected[i])).toBeLessThan(1e-4);
      await optimized.close();
    }
    await original.close();
    await written.close();
  });

  it('shape arithmetic of the KWS model is gone', async () => {
    const path = 'models/mlperf-tiny/kws_dscnn_float.tflite';
    const { graph } = await readTflite(source(new Uint8Array(readFileSync(shared(path))), path), {});
    const ops = new Set(graph.nodes.map((n) => n.op));
    expect([...ops].sort()).toEqual(['AveragePool2D', 'Conv2D', 'DepthwiseConv2D', 'FullyConnected', 'Reshape', 'Softmax']);
  });
});
