import { expect, it } from 'vitest';
import { load } from '../../../src/formats/index.js';
import type { Graph } from '../../../src/ir/graph.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { quantizeDynamic } from '../../../src/quantize/weights-only.js';
import { loadGraph } from '../../../src/runtime/float.js';
import { shared } from '../../shared.js';
import { describeWith } from '../harness.js';
import { noise, runInC } from './floats.js';

const models = [
  'mlperf-tiny/ad_autoencoder_float.tflite',
  'mlperf-tiny/ic_resnet8.h5',
  'mlperf-tiny/ic_resnet8_float.tflite',
  'mlperf-tiny/kws_dscnn_float.tflite',
  'mlperf-tiny/sww_conv.h5',
  'mlperf-tiny/vww_mobilenet_float.tflite',
  'zoo/espcn_super_resolution.onnx',
  'zoo/face_detection_short_range.onnx',
  'zoo/face_detection_short_range.tflite',
  'zoo/mobilenet_v1_0.25_224_float.tflite',
  'zoo/resnet20_cifar10.onnx',
  'zoo/selfie_segmentation.tflite',
  'zoo/teachable_mobilenetv2_0.35.h5',
  'zoo/ultraface_rfb320.onnx',
  'zoo/ultraface_rfb320_simplified.onnx',
  'zoo/yunet_n_320_320.onnx',
].map((m) => `models/${m}`);

/**
 * The largest difference as a fraction of the largest magnitude. Magnitudes below 0.01 count as 0.01: onnxruntime's sigmoid
 * is off by up to 1e-7 wherever it is, which is all there is of the scores of a face detector that sees noise.
 */
function error(got: Tensor, wanted: Tensor): number {
  const [a, b] = [got.data as Float32Array, wanted.data as Float32Array];
  const largest = b.reduce((m, v) => Math.max(m, Math.abs(v)), 0.01);
  return a.length === b.length ? a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i])), 0) / largest : Number.NaN;
}

/** Runs a graph on noise in C and in the fastest runtime at hand. */
async function compare(graph: Graph, reference: Graph) {
  const inputs = graph.inputs.map((v, i) => noise(v.shape, 7 + i));
  const session = await loadGraph(reference);
  try {
    const wanted = await session.run(session.inputs.map((p) => inputs[graph.inputs.findIndex((v) => v.name === p.name)]));
    const [answer] = await runInC([{ graph, inputs }], ['-std=c99', '-O3']);
    return graph.outputs.map((v, i) => {
      const at = session.outputs.findIndex((p) => p.name === v.name);
      return { output: v.name, error: error(answer.outputs[i], wanted[at]) };
    });
  } finally {
    await session.close();
  }
}

await describeWith('float models as C against a runtime', { tools: ['gcc'], files: models }, () => {
  it.each(models)('%s', async (model) => {
    const { graph } = await load(shared(model));
    const results = await compare(graph, graph);
    expect(results.filter((r) => !(r.error <= 1e-4))).toEqual([]);
  });

  it('a model with int8 weights computes with the reals that they stand for', async () => {
    const { graph } = await load(shared('models/mlperf-tiny/kws_dscnn_float.tflite'));
    const hybrid = quantizeDynamic(
      graph,
      () => false,
      () => false,
    );
    const int8 = hybrid.nodes.filter((n) => n.inputs[1]?.dtype === 'int8');
    expect(int8.length).toBeGreaterThan(3);
    // The same weights as floats: what the hybrid kernels of runtimes add by rounding activations is not part of the model.
    const widened = new Map(int8.map((n) => [n.inputs[1], widen(n.inputs[1] as never)]));
    const reference = { ...hybrid, nodes: hybrid.nodes.map((n) => ({ ...n, inputs: n.inputs.map((v) => widened.get(v) ?? v) })) };
    const results = await compare(hybrid, reference);
    expect(results.filter((r) => !(r.error <= 1e-4))).toEqual([]);
  });
});

function widen(w: Graph['inputs'][number] & { readonly data: Int8Array }) {
  const { scale, axis = 0 } = w.quant as NonNullable<typeof w.quant>;
  const inner = w.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const channel = (i: number): number => (scale.length === 1 ? 0 : Math.floor(i / inner) % w.shape[axis]);
  const data = Float32Array.from(w.data, (q, i) => q * scale[channel(i)]);
  return { name: `${w.name}_wide`, dtype: 'float32' as const, shape: w.shape, data };
}
