import type { Graph, Node, Value } from '../ir/graph.js';
import { allValues } from '../ir/graph.js';
import { floatToHalf } from '../ir/half.js';
import { sizeOf } from '../ir/types.js';
import { operator } from '../ops/index.js';
import { Names } from '../ops/node-builder.js';
import { quantizeWeights, weightParams, weightScales } from './weights.js';

/** Operators whose TFLite kernel takes int8 filters beside float activations ("hybrid"). */
const hybrid = new Set(['Conv2D', 'DepthwiseConv2D', 'FullyConnected']);
/** Smaller filters stay as they are, as in TensorFlow's converter: nothing to gain, accuracy to lose. */
const smallestFilter = 1024;

/**
 * The `dynamic` scheme: filters int8 per channel, activations float and quantized on the fly by the kernel.
 * @param keepFloat Nodes that are left alone.
 */
export function quantizeDynamic(graph: Graph, keepFloat: (node: Node) => boolean, perTensorWeights: (node: Node) => boolean): Graph {
  const names = takenNames(graph);
  const nodes = graph.nodes.map((node): Node => {
    const rule = operator(node.op).quantize;
    if (rule?.kind !== 'weighted' || !hybrid.has(node.op) || keepFloat(node)) return node;
    const w = node.inputs[rule.weight] as Value;
    if (w.data === undefined || w.dtype !== 'float32' || sizeOf(w.shape) < smallestFilter) return node;
    const scales = weightScales(w as never, rule.axis, !perTensorWeights(node), undefined, 1);
    const data = quantizeWeights(w as never, scales, rule.axis);
    const q: Value = { name: names.take(`${w.name}_int8`), dtype: 'int8', shape: w.shape, data, quant: weightParams(scales, rule.axis) };
    return { ...node, inputs: node.inputs.map((v, i) => (i === rule.weight ? q : v)) };
  });
  return { ...graph, nodes };
}

/** The `float16` scheme: float constants stored in half precision, computed in float32. */
export function quantizeFloat16(graph: Graph, keepFloat: (node: Node) => boolean): Graph {
  const names = takenNames(graph);
  const widened = new Map<Value, Value>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((v) => {
      if (v?.data === undefined || v.dtype !== 'float32' || keepFloat(node) || !fitsHalf(v.data as Float32Array)) return v;
      const known = widened.get(v);
      if (known) return known;
      const half: Value = {
        name: names.take(`${v.name}_float16`),
        dtype: 'float16',
        shape: v.shape,
        data: Uint16Array.from(v.data as Float32Array, floatToHalf),
      };
      const wide: Value = { name: names.take(`${v.name}_float32`), dtype: 'float32', shape: v.shape };
      nodes.push({ name: wide.name, op: 'Cast', inputs: [half], outputs: [wide], attrs: { to: 'float32' } });
      widened.set(v, wide);
      return wide;
    });
    nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes };
}

/** Half precision ends at 65504; a constant beyond it stays float32. */
const fitsHalf = (data: Float32Array): boolean => data.every((x) => Math.abs(x) <= 65504);

function takenNames(graph: Graph): Names {
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  return names;
}
