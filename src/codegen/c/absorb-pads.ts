import { type Graph, GraphView, type Node, type QuantParams, type Value } from '../../ir/graph.js';
import { applyPatch } from '../../ir/patch.js';

const padded = new Set(['Conv2D', 'DepthwiseConv2D']);

/**
 * conv(pad(x, p), q) -> conv(x, p + q) in a quantized graph, in place. TFLite can only say SAME or VALID, so that most models
 * of other frameworks come with a Pad before their convolutions, which costs a tensor in the arena; our kernels take any pads.
 * A pad of real zeros on one grid is the zero point, which is what the convolution pads with.
 */
export function absorbPads(graph: Graph): void {
  const view = new GraphView(graph);
  for (const node of graph.nodes) {
    const pad = padded.has(node.op) ? view.producer(node.inputs[0]) : undefined;
    if (!pad || !isZeroPad(pad)) continue;
    const p = pad.attrs.pads as readonly number[];
    const own = node.attrs.pads as readonly number[];
    const pads = [own[0] + p[1], own[1] + p[2], own[2] + p[5], own[3] + p[6]];
    const merged: Node = { ...node, inputs: [pad.inputs[0], ...node.inputs.slice(1)], attrs: { ...node.attrs, pads } };
    applyPatch(graph, { remove: [node], insert: [merged] });
  }
  for (;;) {
    const after = new GraphView(graph);
    const unused = graph.nodes.find((n) => n.op === 'Pad' && n.outputs.every((v) => after.consumers(v).length === 0 && !after.isOutput(v)));
    if (!unused) return;
    applyPatch(graph, { remove: [unused] });
  }
}

/** Zeros on height and width alone, between values of one grid. */
function isZeroPad({ op, attrs, inputs: [x], outputs: [y] }: Node): boolean {
  if (op !== 'Pad' || attrs.mode !== 'constant' || attrs.value !== 0 || !sameGrid(x, y)) return false;
  const p = attrs.pads as readonly number[];
  return p.length === 8 && p.every((n) => n >= 0) && !p[0] && !p[3] && !p[4] && !p[7];
}

function sameGrid(a: Value | null, b: Value): boolean {
  const [p, q]: (QuantParams | undefined)[] = [a?.quant, b.quant];
  return p !== undefined && q !== undefined && p.scale.length === 1 && p.scale[0] === q.scale[0] && p.zeroPoint[0] === q.zeroPoint[0];
}
