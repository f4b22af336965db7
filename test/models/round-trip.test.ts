import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { load } from '../../src/formats/index.js';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import { cloneGraph } from '../../src/ir/clone.js';
import { optimize } from '../../src/passes/pipeline.js';
import { litert } from '../../src/runtime/litert.js';
import { onnxruntime } from '../../src/runtime/onnxruntime.js';
import { missing, shared } from '../shared.js';
import { floatModels, loadModel, quantizedModels, randomInputs, refusedModels, relativeError, runFile, runSource } from './models.js';

const absent = missing('models');

describe.skipIf(absent)('float round trip', () => {
  describe.each(floatModels)('$path', (model) => {
    it('computes the same as .tflite in LiteRT and as ONNX in onnxruntime', async () => {
      const { graph } = await loadModel(model);
      const inputs = randomInputs(graph.inputs, 7, model.range);
      const expected = await runSource(model, graph, inputs);
      const optimized = cloneGraph(graph);
      optimize(optimized);
      expect(optimized.outputs.map((v) => v.shape)).toEqual(expected.map((t) => t.shape));
      const errors = {
        tflite: relativeError(await runFile(litert, writeTflite(optimized), inputs), expected),
        onnx: relativeError(await runFile(await onnxruntime(), await writeOnnx(optimized), inputs), expected),
      };
      expect(errors.tflite).toBeLessThan(1e-4);
      expect(errors.onnx).toBeLessThan(1e-4);
    });

    it('has no transposes but at its own inputs and outputs', async () => {
      const { graph } = await loadModel(model);
      optimize(graph);
      const inner = graph.nodes.filter((n) => {
        if (n.op !== 'Transpose') return false;
        const [x] = n.inputs;
        const [y] = n.outputs;
        return !graph.inputs.some((v) => v === x) && !graph.outputs.includes(y);
      });
      expect(inner.map((n) => n.name)).toEqual([]);
    });

    const { sibling: other } = model;
    if (other === undefined) return;
    it('computes the same as its sibling in another format', async () => {
      const { graph } = await loadModel(model);
      const inputs = randomInputs(graph.inputs, 11, model.range);
      const sibling = readFileSync(shared(`models/${other}`));
      const expected = await runFile(litert, sibling, inputs);
      optimize(graph);
      expect(relativeError(await runFile(litert, writeTflite(graph), inputs), expected)).toBeLessThan(1e-4);
    });
  });
});

describe.skipIf(absent)('models that are not read', () => {
  it.each(refusedModels)('%s is refused with a sentence', async (path, words) => {
    const error = await load(shared(`models/${path}`)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).toMatch(/\.$/);
  });

  it.each(quantizedModels)('%s is recognised as quantized already', async (path) => {
    expect((await load(shared(`models/${path}`))).quantized).toMatch(/\w/);
  });
});
