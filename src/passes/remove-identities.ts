import { isConstant, type Node, type Value } from '../ir/graph.js';
import { sameShape } from '../ir/types.js';
import type { Pass } from './pass.js';

const every = (v: Value | null, wanted: number): boolean =>
  isConstant(v) && v.dtype === 'float32' && (v.data as Float32Array).every((x) => x === wanted);

/** The input that a node hands on unchanged, if it does nothing. */
function passedOn(node: Node): Value | undefined {
  const [a, b] = node.inputs as readonly Value[];
  const { attrs } = node;
  const all = (key: string, wanted: number): boolean => (attrs[key] as readonly number[]).every((x) => x === wanted);
  switch (node.op) {
    case 'Add':
      return attrs.activation !== 'none' ? undefined : every(b, 0) ? a : every(a, 0) ? b : undefined;
    case 'Sub':
      return attrs.activation === 'none' && every(b, 0) ? a : undefined;
    case 'Mul':
      return attrs.activation !== 'none' ? undefined : every(b, 1) ? a : every(a, 1) ? b : undefined;
    case 'Div':
      return attrs.activation === 'none' && every(b, 1) ? a : undefined;
    case 'Cast':
    case 'Expand':
      return a;
    case 'Concat':
      return node.inputs.length === 1 ? a : undefined;
    case 'Pad':
      return all('pads', 0) ? a : undefined;
    case 'Tile':
      return all('repeats', 1) ? a : undefined;
    case 'Slice':
      return all('steps', 1) ? a : undefined;
    case 'Split':
      return node.outputs.length === 1 ? a : undefined;
    default:
      return undefined;
  }
}

/** Operators that hand an input on unchanged, judged by type and shape as well as by their parameters. */
export const removeIdentities: Pass = {
  name: 'remove-identities',
  law: 'x + 0, x · 1, cast, expand, pad, slice, tile, split or concat that changes nothing -> x',
  match(node, { view }) {
    const x = passedOn(node);
    const [y] = node.outputs;
    if (!x || x.dtype !== y.dtype || !sameShape(x.shape, y.shape) || x.quant || y.quant) return undefined;
    // An output that would be the model's input itself keeps a node of its own.
    if (view.isOutput(y) && (view.graph.inputs.includes(x) || view.isOutput(x) || isConstant(x))) return undefined;
    return { remove: [node], replace: new Map([[y, x]]) };
  },
};
