import type { Node, QuantParams, Value } from '../../../ir/graph.js';
import { zeros } from '../../../ir/tensor.js';
import type { Names } from '../../../ops/node-builder.js';

/** The node with a bias of zeros where it has none: LiteRT's CONV_2D insists on one, as older runtimes do for both. */
export function withBias(node: Node, names: Names): Node | undefined {
  if ((node.op !== 'Conv2D' && node.op !== 'DepthwiseConv2D') || node.inputs[2]) return undefined;
  const [x, w] = node.inputs as [Value, Value];
  const shape = [node.outputs[0].shape[3]];
  const name = names.take(`${node.name}_bias`);
  const dtype = !x.quant ? 'float32' : x.dtype === 'int16' ? 'int64' : 'int32';
  const bias: Value = { ...zeros(dtype, shape), name, ...(x.quant && { quant: biasParams(x.quant, w.quant) }) };
  return { ...node, inputs: [x, w, bias] };
}

/** The accumulator's grid: input scale times weight scale, channel by channel. */
function biasParams(x: QuantParams, w: QuantParams | undefined): QuantParams {
  const scale = (w?.scale ?? new Float32Array([1])).map((s) => s * x.scale[0]);
  return { scale, zeroPoint: new Int32Array(scale.length), ...(scale.length > 1 && { axis: 0 }) };
}
