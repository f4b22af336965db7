import type { Node, Value } from '../../../ir/graph.js';
import { limits } from '../../../ops/families/exact.js';
import { padSpatially } from '../../../ops/families/spatial-pad.js';
import { operator } from '../../../ops/index.js';
import type { NodeBuilder } from '../../../ops/node-builder.js';

type Ints = readonly number[];

interface WindowAttrs {
  readonly strides: Ints;
  readonly dilations: Ints;
  readonly pads: Ints;
}

const windowed = new Set(['Conv2D', 'DepthwiseConv2D', 'MaxPool2D', 'AveragePool2D']);

/** Whether {@link splitPads} can take the pads off this node without new ranges. Element types and rank are the caller's affair. */
export function canSplitPads(node: Node): boolean {
  const attrs = node.attrs as unknown as WindowAttrs & { groups?: number };
  const undilated = attrs.dilations?.every((d) => d === 1);
  switch (node.op) {
    case 'Conv2D':
    case 'DepthwiseConv2D':
      return true;
    case 'MaxPool2D':
      return undilated;
    case 'AveragePool2D':
      return undilated && node.attrs.countIncludePad === true && staysInside(node);
    case 'ConvTranspose2D':
      return undilated && attrs.groups === 1;
    default:
      return false;
  }
}

/**
 * op(x, pads) -> op(pad(x, pads), 0), and for the transposed convolution slice(op(x, 0)): pads that neither SAME nor VALID stand for.
 * Returns the output, or nothing where there is nothing to split. New values take the parameters of what they are made from.
 */
export function splitPads(b: NodeBuilder, node: Node): Value | undefined {
  if (!canSplitPads(node)) return undefined;
  const [y] = node.outputs;
  const made = windowed.has(node.op) ? padFirst(b, node) : cropAfter(b, node);
  if (!made) return undefined;
  for (const n of b.nodes) {
    const rule = operator(n.op).quantize;
    const from = n.outputs[0] !== made && rule?.kind === 'output-like-input' ? (n.inputs[rule.from] as Value) : y;
    if (from.quant) Object.assign(n.outputs[0], { dtype: from.dtype, quant: from.quant });
  }
  return made;
}

function padFirst(b: NodeBuilder, node: Node): Value | undefined {
  const [x, ...parameters] = node.inputs as [Value, ...(Value | null)[]];
  const attrs = node.attrs as unknown as WindowAttrs;
  const kernel = node.op.endsWith('Pool2D') ? (node.attrs.kernel as Ints) : (parameters[0] as Value).shape.slice(1, 3);
  const padded = padSpatially(b, x, attrs, kernel, node.outputs[0], node.op === 'MaxPool2D' ? lowest(x) : 0);
  if (!padded) return undefined;
  const plain = { ...node.attrs, pads: [0, 0, 0, 0], ...('ceil' in node.attrs && { ceil: false }) };
  return b.op(node.op, [padded, ...parameters], 'countIncludePad' in plain ? { ...plain, countIncludePad: false } : plain);
}

function cropAfter(b: NodeBuilder, node: Node): Value | undefined {
  return operator(node.op).decompose?.(b, node.inputs, node.attrs as never, node.outputs, 'tflite')?.[0];
}

/** The lowest real that a value can hold: it never wins in a maximum. */
function lowest(x: Value): number {
  const low = Number(limits(x.dtype).low);
  return x.quant ? x.quant.scale[0] * (low - x.quant.zeroPoint[0]) : low;
}

/** No window hangs over the end of the padding, as it may in ceil mode. */
function staysInside(node: Node): boolean {
  const { strides, pads } = node.attrs as unknown as WindowAttrs;
  const [x, y] = [(node.inputs[0] as Value).shape, node.outputs[0].shape];
  return [0, 1].every((i) => (y[i + 1] - 1) * strides[i] + (node.attrs.kernel as Ints)[i] <= x[i + 1] + pads[i] + pads[i + 2]);
}
