import { isConstant, type Value } from '../ir/graph.js';
import { fromNumbers } from '../ir/tensor.js';
import type { Pass } from './pass.js';

const filterAxis: Readonly<Record<string, number>> = { Conv2D: 0, ConvTranspose2D: 0, FullyConnected: 0 };

/** PyTorch's pixel shuffle (CRD) reads channels in another order than TFLite's DEPTH_TO_SPACE (DCR): a gather of channels apart. */
export const orderDepthToSpace: Pass = {
  name: 'order-depth-to-space',
  law: 'depthToSpace(x){CRD} -> depthToSpace(gather(x, order, channels)){DCR}',
  match(node, { build }) {
    if (node.op !== 'DepthToSpace' || node.attrs.mode !== 'CRD') return undefined;
    const x = node.inputs[0] as Value;
    const block = node.attrs.blockSize as number;
    const depth = (x.shape[3] as number) / (block * block);
    // DCR channel (i·block + j)·depth + d holds what CRD keeps at d·block² + i·block + j.
    const order = Array.from({ length: x.shape[3] }, (_, c) => (c % depth) * block * block + Math.floor(c / depth));
    const b = build(node.name);
    const indices = b.constant(fromNumbers('int32', [order.length], order), `${node.name}/order`);
    const gathered = b.op('Gather', [x, indices], { axis: 3 });
    const y = b.op('DepthToSpace', [gathered], { blockSize: block, mode: 'DCR' }, { name: node.name, outputs: [node.outputs[0].name] });
    return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};

/** Choosing among the output channels of a linear operator is choosing among its filters. */
export const gatherFilters: Pass = {
  name: 'gather-filters',
  law: 'gather(conv(x, w, b), order, channels) -> conv(x, w[order], b[order])',
  match(node, { view, build }) {
    if (node.op !== 'Gather' || !isConstant(node.inputs[1])) return undefined;
    const [x, order] = node.inputs as readonly Value[];
    const linear = view.producer(x);
    if (!linear || filterAxis[linear.op] === undefined || (linear.attrs.groups ?? 1) !== 1) return undefined;
    if (view.onlyConsumer(x) !== node || node.attrs.axis !== x.shape.length - 1 || node.attrs.batchDims !== 0 || order.shape.length !== 1)
      return undefined;
    const [data, w, bias] = linear.inputs as readonly [Value, Value, Value | null];
    if (!isConstant(w) || w.quant || (bias && !isConstant(bias))) return undefined;
    const b = build(linear.name);
    const filters = b.op('Gather', [w, order], { axis: 0 });
    const biases = bias ? b.op('Gather', [bias, order], { axis: 0 }) : null;
    const y = b.op(linear.op, [data, filters, biases], linear.attrs, { name: linear.name, outputs: [node.outputs[0].name] });
    return { remove: [linear, node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};
