import type { Node, Value } from '../../../../ir/graph.js';
import { sameShape, sizeOf } from '../../../../ir/types.js';
import { type Arg, type Call, float, input, NoKernel, output, type Rule } from '../../program.js';
import { needFloats, optional } from './operands.js';

const kernel = 'rows_f32';

const call = (node: Node, name: string, args: readonly Arg[], inPlace = true): Call[] => {
  const [x] = node.inputs as readonly Value[];
  return [{ kernel, function: `edgeml_${name}_f32`, args, ...(inPlace && { overlaps: new Map([[x, 0]]) }) }];
};

/** [outer, length, inner] of a tensor around an axis. */
const around = (shape: readonly number[], axis: number): [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis] ?? 1,
  sizeOf(shape.slice(axis + 1)),
];

/** A rule for an operator on rows along its `axis`, with what its function takes after [outer, length, inner]. */
const alongAxis = (op: string, name: string, rest: (node: Node) => readonly Arg[]): Rule => ({
  ops: [op],
  types: ['float32'],
  lower: (node) => {
    const [x] = node.inputs as readonly Value[];
    needFloats(x);
    return call(node, name, [input(x), output(node.outputs[0]), ...around(x.shape, node.attrs.axis as number), ...rest(node)]);
  },
});

const flag = (value: unknown): number => (value ? 1 : 0);

function layerNormalization(node: Node): Call[] {
  const [x, scale, bias] = node.inputs as [Value, Value | null, Value | null];
  needFloats(x, scale, bias);
  const [outer, length, inner] = around(x.shape, node.attrs.axis as number);
  const normal = x.shape.slice(node.attrs.axis as number);
  const without1 = (shape: readonly number[]): readonly number[] =>
    shape.slice(
      Math.max(
        0,
        shape.findIndex((d) => d !== 1),
      ),
    );
  for (const v of [scale, bias]) {
    if (v && !sameShape(without1(v.shape), without1(normal))) throw new NoKernel(`has '${v.name}' of shape [${v.shape}] for [${normal}]`);
  }
  const args = [
    input(x),
    optional(scale),
    optional(bias),
    output(node.outputs[0]),
    outer,
    length * inner,
    float(node.attrs.epsilon as number),
  ];
  return call(node, 'layer_normalization', args);
}

function localResponse(node: Node): Call[] {
  const [x] = node.inputs as readonly Value[];
  needFloats(x);
  const { size, alpha, beta, bias } = node.attrs as Record<string, number>;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [outer, channels] = [sizeOf(x.shape.slice(0, 3)), x.shape[3]];
  const numbers = [float(alpha / size), float(beta), float(bias)];
  return call(node, 'local_response', [input(x), output(node.outputs[0]), outer, channels, before, after, ...numbers], false);
}

export const floatRowRules: readonly Rule[] = [
  alongAxis('Softmax', 'softmax', ({ attrs }) => [float(attrs.beta as number)]),
  alongAxis('LogSoftmax', 'log_softmax', () => []),
  alongAxis('L2Normalization', 'l2_normalization', ({ attrs }) => [float(attrs.epsilon as number)]),
  alongAxis('CumSum', 'cum_sum', ({ attrs }) => [flag(attrs.exclusive), flag(attrs.reverse)]),
  alongAxis('CumProd', 'cum_prod', ({ attrs }) => [flag(attrs.exclusive), flag(attrs.reverse)]),
  { ops: ['LayerNormalization'], types: ['float32'], lower: layerNormalization },
  { ops: ['LRN'], types: ['float32'], lower: localResponse },
];
