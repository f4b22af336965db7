import { type Graph, GraphView, isConstant, type Node, type Value } from '../../ir/graph.js';
import { operator } from '../../ops/index.js';

/** Values whose channels (last axis) can be scaled together without changing what the model computes. */
export interface ChannelGroup {
  readonly channels: number;
  readonly values: readonly Value[];
}

/** Operators with `f(s·x) = s·f(x)` for s > 0 per channel, and the inputs that have to be scaled alike. */
function homogeneous(node: Node): boolean {
  const activation = node.attrs.activation ?? 'none';
  if (activation !== 'none' && activation !== 'relu') return false;
  const channelAxis = (node.inputs[0] as Value).shape.length - 1;
  switch (node.op) {
    case 'Relu':
    case 'LeakyRelu':
    case 'MaxPool2D':
    case 'AveragePool2D':
      return true;
    case 'Add':
    case 'Sub':
      return node.inputs.every((v) => v && !isConstant(v) && v.shape.join() === node.outputs[0].shape.join());
    case 'Pad': {
      const pads = node.attrs.pads as readonly number[];
      return node.attrs.mode === 'constant' && node.attrs.value === 0 && pads[channelAxis] === 0 && pads[2 * channelAxis + 1] === 0;
    }
    case 'ReduceMean':
    case 'ReduceMax':
      return !(node.attrs.axes as readonly number[]).includes(channelAxis);
    case 'Reshape':
      return keepsChannels(node.inputs[0] as Value, node.outputs[0]);
    default:
      return false;
  }
}

/** A reshape under which the channel of an element is still its last index, modulo the number of channels. */
const keepsChannels = (x: Value, y: Value): boolean => (y.shape.at(-1) as number) % (x.shape.at(-1) as number) === 0;

/** A linear operator with constant parameters: it can take a scale in, and give one out. */
export function absorbs(node: Node): boolean {
  const rule = operator(node.op).quantize;
  if (rule?.kind !== 'weighted' || !['Conv2D', 'DepthwiseConv2D', 'FullyConnected'].includes(node.op)) return false;
  if (node.op === 'Conv2D' && node.attrs.groups !== 1) return false;
  const [, w, b] = node.inputs;
  return isConstant(w) && w.dtype === 'float32' && (!b || isConstant(b));
}

/**
 * Finds the groups: values linked by homogeneous operators, made and read by linear operators alone.
 * A clamp other than ReLU, a softmax, a concatenation or a model output anywhere in a group rules it out.
 */
export function channelGroups(graph: Graph): ChannelGroup[] {
  const view = new GraphView(graph);
  const parent = new Map<Value, Value>();
  const find = (v: Value): Value => {
    let root = v;
    for (let p = parent.get(root); p && p !== root; p = parent.get(root)) root = p;
    return root;
  };
  const blocked = new Set<Value>();
  const values = graph.nodes.flatMap((n) => n.outputs).filter((v) => v.dtype === 'float32' && v.shape.length >= 2);
  for (const node of graph.nodes) {
    if (!homogeneous(node)) continue;
    for (const v of node.inputs) if (v && !isConstant(v)) parent.set(find(v), find(node.outputs[0]));
  }
  const channels = new Map<Value, number>();
  for (const v of values) {
    const root = find(v);
    const c = v.shape.at(-1) as number;
    channels.set(root, Math.min(channels.get(root) ?? c, c));
    const producer = view.producer(v) as Node;
    const clean =
      (absorbs(producer) && (producer.attrs.activation === 'none' || producer.attrs.activation === 'relu')) || homogeneous(producer);
    const read = view.consumers(v).every((n) => (absorbs(n) && n.inputs[0] === v && n.inputs.indexOf(v, 1) < 0) || homogeneous(n));
    if (!clean || !read || view.isOutput(v)) blocked.add(root);
  }
  // A model input inside a group cannot be scaled either.
  for (const v of graph.inputs) blocked.add(find(v));
  const groups = new Map<Value, Value[]>();
  for (const v of values) groups.set(find(v), [...(groups.get(find(v)) ?? []), v]);
  return [...groups]
    .filter(
      ([root, members]) =>
        !blocked.has(root) &&
        !blocked.has(find(root)) &&
        members.every((v) => (v.shape.at(-1) as number) % (channels.get(root) as number) === 0),
    )
    .map(([root, members]) => ({ channels: channels.get(root) as number, values: members }));
}
