import type { Value } from '../ir/graph.js';
import type { Pass } from './pass.js';

const padded = new Set(['Conv2D', 'DepthwiseConv2D']);

/** Zero padding of height and width before a convolution is the convolution's own; writers split it again where they must. */
export const foldPads: Pass = {
  name: 'fold-pads',
  law: 'conv(pad(x, p), q) -> conv(x, p + q), zeros on height and width only',
  match(node, { view, build }) {
    if (!padded.has(node.op)) return undefined;
    const x = node.inputs[0] as Value;
    const pad = view.producer(x);
    if (pad?.op !== 'Pad' || pad.attrs.mode !== 'constant' || pad.attrs.value !== 0) return undefined;
    const p = pad.attrs.pads as readonly number[];
    if (p.length !== 8 || p.some((n) => n < 0) || p[0] || p[3] || p[4] || p[7]) return undefined;
    const own = node.attrs.pads as readonly number[];
    const b = build(node.name);
    const pads = [own[0] + p[1], own[1] + p[2], own[2] + p[5], own[3] + p[6]];
    const y = b.op(
      node.op,
      [pad.inputs[0], ...node.inputs.slice(1)],
      { ...node.attrs, pads },
      { name: node.name, outputs: [node.outputs[0].name] },
    );
    return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};
