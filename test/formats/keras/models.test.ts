import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inputData } from '../../../fixtures/keras/write.js';
import { load } from '../../../src/formats/index.js';
import { fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { litert } from '../../../src/runtime/litert.js';
import { missing, projectRoot, shared } from '../../shared.js';

const folder = `${projectRoot}fixtures/keras/`;

interface Case {
  readonly file: string;
  readonly inputs: readonly (readonly [name: string, shape: number[]])[];
  readonly outputs: readonly { readonly shape: number[]; readonly data: number[] }[];
}
const { cases } = JSON.parse(readFileSync(`${folder}models.json`, 'utf8')) as { cases: Case[] };

const worst = (t: Tensor, wanted: ArrayLike<number>): number => {
  const y = toNumbers(t);
  let difference = 0;
  let scale = 1e-6;
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(y[i] - wanted[i]));
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return y.length === wanted.length ? difference / scale : Number.POSITIVE_INFINITY;
};

describe('the models of fixtures/keras compute what Keras computes', () => {
  it.each(cases.map((c) => [c.file, c] as const))('%s', async (file, c) => {
    const { graph } = await load(`${folder}${file}`);
    verify(graph, inferNode, 'reading');
    expect(graph.inputs.map((v) => [v.name, v.shape])).toEqual(c.inputs);
    const { outputs } = interpret(
      graph,
      c.inputs.map(([, shape]) => fromNumbers('float32', shape, inputData(shape))),
    );
    expect(outputs.map((t) => t.shape)).toEqual(c.outputs.map((o) => o.shape));
    for (const [i, t] of outputs.entries()) expect(worst(t, c.outputs[i].data), `output ${i}`).toBeLessThan(1e-5);
  });
});

/**
 * Official Keras models and the float .tflite files that were made from them. The autoencoder is not among them: its .tflite
 * holds other weights (Keras's own output of the .h5 differs from it by 1.5 %).
 */
const pairs = [
  ['ic_resnet8.h5', 'ic_resnet8_float.tflite'],
  ['kws_dscnn.h5', 'kws_dscnn_float.tflite'],
  ['kws_dscnn.keras', 'kws_dscnn_float.tflite'],
  ['vww_mobilenet.h5', 'vww_mobilenet_float.tflite'],
] as const;

describe.skipIf(missing('models/mlperf-tiny'))('official models compute what LiteRT computes', () => {
  it.each(pairs)('%s as %s', async (keras, tflite) => {
    const { graph } = await load(shared(`models/mlperf-tiny/${keras}`));
    const [input] = graph.inputs;
    let seed = 1;
    const random = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const x = fromNumbers('float32', input.shape, Float32Array.from({ length: sizeOf(input.shape) }, random));
    const session = await litert.load(readFileSync(shared(`models/mlperf-tiny/${tflite}`)));
    const [wanted] = await session.run([x]);
    await session.close();
    const [y] = interpret(graph, [x]).outputs;
    expect(y.shape).toEqual(wanted.shape);
    expect(worst(y, toNumbers(wanted))).toBeLessThan(1e-4);
  });

  it.each([
    ['sww_conv.h5', [1, 30, 1, 40], [1, 3]],
    ['ad_autoencoder.h5', [1, 640], [1, 640]],
  ])('%s is read, too', async (name, input, output) => {
    const { graph } = await load(shared(`models/mlperf-tiny/${name}`));
    verify(graph, inferNode, 'reading');
    expect([graph.inputs[0].shape, graph.outputs[0].shape]).toEqual([input, output]);
  });
});

describe.skipIf(missing('models/zoo/teachable_mobilenetv2_0.35.h5'))('a model of Teachable Machine', () => {
  it('is read through three levels of models', async () => {
    const { graph } = await load(shared('models/zoo/teachable_mobilenetv2_0.35.h5'));
    verify(graph, inferNode, 'reading');
    expect(graph.inputs.map((v) => [v.name, v.shape])).toEqual([['sequential_1_input', [1, 224, 224, 3]]]);
    expect(graph.outputs.map((v) => [v.name, v.shape])).toEqual([['dense_Dense2', [1, 4]]]);
    expect(graph.nodes.filter((n) => n.op === 'DepthwiseConv2D')).toHaveLength(17);
  });
});
