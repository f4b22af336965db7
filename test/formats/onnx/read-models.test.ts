import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EdgemlError } from '../../../src/errors.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { toNumbers } from '../../../src/ir/tensor.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { hasOnnxruntime, onnxruntime } from '../../../src/runtime/onnxruntime.js';
import { missing, shared } from '../../shared.js';
import { build, random, sourceOf } from './build.js';

const folder = 'models/zoo';
const absent = missing(folder);
const runtime = await hasOnnxruntime();

/** Name, and shapes for the free dimensions. */
const models: Record<string, Record<string, number[]>> = {
  'face_detection_short_range.onnx': {},
  'resnet20_cifar10.onnx': {},
  'ultraface_rfb320.onnx': {},
  'ultraface_rfb320_simplified.onnx': {},
  'yunet_n_320_320.onnx': {},
  'yunet_n_dynamic.onnx': { input: [1, 3, 64, 96] },
};

describe.skipIf(absent)('trained models', () => {
  it.skipIf(!runtime).each(Object.entries(models))('%s computes what onnxruntime computes', async (name, inputShapes) => {
    const bytes = readFileSync(shared(`${folder}/${name}`));
    const { graph, quantized } = await readOnnx({ ...sourceOf(bytes), path: name }, { inputShapes });
    verify(graph, inferNode, 'read');
    expect(quantized).toBeUndefined();
    const inputs = graph.inputs.map((v, i) => random('float32', v.shape, i + 1));
    const session = await (await onnxruntime()).load(bytes);
    const wanted = await session.run(inputs);
    await session.close();
    expect(graph.outputs.map((v) => v.name)).toEqual(session.outputs.map((p) => p.name));
    interpret(graph, inputs).outputs.forEach((t, i) => {
      expect(t.shape).toEqual(wanted[i].shape);
      const [a, b] = [t, wanted[i]].map((v) => Float64Array.from(toNumbers(v)));
      // Scores near 0 are compared in absolute terms: onnxruntime's sigmoid is off by some 1e-7 there.
      const largest = b.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-2);
      const worst = a.reduce((m, v, k) => Math.max(m, Math.abs(v - b[k])), 0);
      expect(worst / largest).toBeLessThan(1e-4);
    });
  });

  // Too large to be run here; the suites that run it go through LiteRT and onnxruntime.
  it('a super resolution model is read', async () => {
    const { graph } = await readOnnx(sourceOf(readFileSync(shared(`${folder}/espcn_super_resolution.onnx`))), {});
    verify(graph, inferNode, 'read');
    expect(graph.nodes.filter((n) => n.op !== 'Transpose').map((n) => n.op)).toEqual([
      'Conv2D',
      'Relu',
      'Conv2D',
      'Relu',
      'Conv2D',
      'Relu',
      'Conv2D',
      'DepthToSpace',
    ]);
    expect(graph.outputs[0].shape).toEqual([1, 1, 672, 672]);
  });

  it.each(['resnet20_cifar10.onnx', 'ultraface_rfb320.onnx', 'yunet_n_320_320.onnx'])(
    '%s with flipped bits is read or refused by a sentence',
    async (name) => {
      const bytes = readFileSync(shared(`${folder}/${name}`));
      await survivesCorruption(bytes, 300);
    },
  );
});

describe('a small model', () => {
  it('with flipped bits is read or refused by a sentence', async () => {
    const bytes = await build({
      nodes: [
        { op: 'Conv', in: ['x', 'w'], out: ['c'], attrs: { pads: [1, 1, 1, 1] } },
        { op: 'Shape', in: ['c'], out: ['s'] },
        { op: 'ConstantOfShape', in: ['s'], out: ['zeros'] },
        { op: 'Max', in: ['c', 'zeros'], out: ['r'] },
        { op: 'Flatten', in: ['r'], out: ['f'] },
        { op: 'Gemm', in: ['f', 'g'], out: ['y'], attrs: { transB: 1 } },
      ],
      inputs: { x: 'float32[n,2,4,4]' },
      outputs: { y: 'float32[n,3]' },
      constants: { w: random('float32', [2, 2, 3, 3]), g: random('float32', [3, 32]) },
    });
    await survivesCorruption(bytes, 2000);
  });
});

/** Flips a few bits at a time, mostly where the structure is; every tenth file is cut short as well. */
async function survivesCorruption(original: Uint8Array, times: number): Promise<void> {
  let state = 12345;
  const next = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  let refused = 0;
  for (let i = 0; i < times; i++) {
    const bytes = Uint8Array.from(original);
    const where = Array.from({ length: 1 + next(3) }, () => next(next(2) === 0 ? Math.min(bytes.length, 40_000) : bytes.length));
    for (const at of where) bytes[at] ^= 1 << next(8);
    const file = next(10) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
    const start = performance.now();
    try {
      const { graph } = await readOnnx(sourceOf(file), {});
      verify(graph, inferNode, 'read');
    } catch (e) {
      refused++;
      expect(e, `bits at ${where} of a file of ${file.length} bytes`).toBeInstanceOf(EdgemlError);
      expect((e as Error).message).toMatch(/^model\.onnx\b.*\S$/s);
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  }
  expect(refused).toBeGreaterThan(times / 20);
}
