import type { Graph, Node } from '../../ir/graph.js';
import { sizeOf } from '../../ir/types.js';
import { operator } from '../../ops/index.js';

/**
 * Kinds of work that cost about the same each on one processor with one library. A convolution is `mac`s, sums that are brought back
 * to eight bits (`out`), and where its filter is larger than 1x1 elements that are gathered (`patch`) from stretches of memory (`run`).
 */
export const terms = [
  ...(['point.mac', 'conv.mac', 'conv.out', 'conv.tap', 'conv.patch', 'conv.run'] as const),
  ...(['depthwise.mac', 'depthwise.odd', 'depthwise.out', 'depthwise.in', 'dense.mac', 'dense.out'] as const),
  ...(['add', 'pool', 'copy', 'math', 'layer'] as const),
] as const;
export type Term = (typeof terms)[number];
export type Work = Readonly<Partial<Record<Term, number>>>;

/**
 * Kinds of layers that libraries differ in: 1x1 convolutions, others, those of the first layer (up to four channels, which no kernel's
 * inner loop fits), depthwise ones, fully connected ones (every weight is used once), and the rest.
 */
export const shapes = ['point', 'conv', 'first', 'depthwise', 'dense', 'rest'] as const;
export type Shape = (typeof shapes)[number];

/** A layer as the estimate sees it. */
export interface LayerWork {
  readonly name: string;
  readonly shape: Shape;
  readonly operator: string;
  readonly macs: number;
  /** Bytes of constants that are read. */
  readonly weightBytes: number;
  readonly work: Work;
}

/** Operators that only rename memory in every runtime that is estimated. */
const renames = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'ExpandDims', 'Dropout']);
const moves = new Set(['Pad', 'Concat', 'Slice', 'StridedSlice', 'Transpose', 'Gather', 'Split', 'Tile', 'SpaceToDepth', 'DepthToSpace']);
const cheap = new Set(['Relu', 'Clip', 'LeakyRelu', 'Maximum', 'Minimum', 'Neg', 'Abs', 'Cast', 'Where']);
const arithmetic = new Set(['Add', 'Sub', 'Mul', 'Div', 'Quantize', 'Dequantize', 'Requantize', 'HardSwish', 'PRelu']);

/** The work of every layer of a graph, in order. */
export const layersOf = (graph: Graph): LayerWork[] => graph.nodes.map(layerOf);

function layerOf(node: Node): LayerWork {
  const cost = operator(node.op).cost?.(node.inputs, node.outputs, node.attrs as never);
  const macs = cost?.macs ?? 0;
  const weightBytes = node.inputs.reduce((sum, v) => sum + (v?.data ? v.data.byteLength : 0), 0);
  const work = workOf(node, macs, cost?.elements ?? 0);
  return { name: node.outputs[0]?.name ?? node.name, shape: shapeOf(node, work), operator: node.op, macs, weightBytes, work };
}

function shapeOf({ inputs }: Node, work: Work): Shape {
  if (work['point.mac']) return 'point';
  if (work['conv.mac']) return (inputs[1]?.shape.at(-1) ?? 0) <= 4 ? 'first' : 'conv';
  if (work['depthwise.out']) return 'depthwise';
  return work['dense.mac'] ? 'dense' : 'rest';
}

function workOf(node: Node, macs: number, elements: number): Work {
  const { op } = node;
  const outputs = node.outputs.reduce((sum, v) => sum + sizeOf(v.shape), 0);
  const inputs = node.inputs.reduce((sum, v) => sum + (v && !v.data ? sizeOf(v.shape) : 0), 0);
  const shape = node.inputs[1]?.shape ?? [];
  if (renames.has(op)) return {};
  if (op === 'DepthwiseConv2D') {
    const square = shape[1] === 3 && shape[2] === 3;
    return { [square ? 'depthwise.mac' : 'depthwise.odd']: macs, 'depthwise.out': outputs, 'depthwise.in': inputs, layer: 1 };
  }
  if (op === 'FullyConnected' || op === 'MatMul') return { 'dense.mac': macs, 'dense.out': outputs, layer: 1 };
  if (macs > 0 && /Conv/.test(op) && shape.length >= 3) {
    const [filters, height, width] = shape;
    const perOutput = macs / outputs;
    const pixels = outputs / Math.max(1, filters);
    // A Conv1D's filter has no height.
    const [rows, taps] = shape.length > 3 ? [height, height * width] : [1, height];
    const point = shape.slice(1, -1).every((d) => d === 1);
    return point
      ? { 'point.mac': macs, 'conv.out': outputs, layer: 1 }
      : {
          ...{ 'conv.mac': macs, 'conv.out': outputs, 'conv.tap': outputs * taps },
          ...{ 'conv.patch': pixels * perOutput, 'conv.run': pixels * rows, layer: 1 },
        };
  }
  if (macs > 0) return { 'dense.mac': macs, 'dense.out': outputs, layer: 1 };
  if (/Pool|Reduce|Mean/.test(op)) return { pool: Math.max(inputs, elements), layer: 1 };
  if (arithmetic.has(op)) return { add: Math.max(outputs, elements), layer: 1 };
  if (moves.has(op) || cheap.has(op)) return { copy: Math.max(outputs, inputs), layer: 1 };
  return { math: Math.max(outputs, elements), layer: 1 };
}

/** All layers' work together. */
export function totalWork(layers: readonly LayerWork[]): Work {
  const sum: Partial<Record<Term, number>> = {};
  for (const { work } of layers) for (const [term, n] of Object.entries(work)) sum[term as Term] = (sum[term as Term] ?? 0) + n;
  return sum;
}
