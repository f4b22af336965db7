import type { Attrs, Node, Value } from '../../../ir/graph.js';
import { dtypes, isInteger } from '../../../ir/types.js';
import type { OnnxAttribute } from '../../../ops/mappings.js';
import { channelsFirst, type Emitter, transposed } from './emitter.js';

type Attributes = Record<string, OnnxAttribute>;

/** Filters as ONNX stores them, from ours. */
const filterPerms: Readonly<Record<string, readonly number[]>> = {
  // [O, kh, kw, I] -> [O, I, kh, kw]
  Conv2D: [0, 3, 1, 2],
  // [1, kh, kw, C·m] -> [C·m, 1, kh, kw]
  DepthwiseConv2D: [3, 0, 1, 2],
  // [O, kh, kw, I] -> [I, O, kh, kw]
  ConvTranspose2D: [3, 0, 1, 2],
};

const list = (attrs: Attrs, key: string): readonly number[] => attrs[key] as readonly number[];

const window = (attrs: Attrs): Attributes => ({
  strides: { ints: list(attrs, 'strides') },
  // onnxruntime's quantized pools refuse the attribute even where it says nothing.
  ...(list(attrs, 'dilations').some((d) => d !== 1) && { dilations: { ints: list(attrs, 'dilations') } }),
  pads: { ints: list(attrs, 'pads') },
});

function convolution(node: Node, e: Emitter, out: string): void {
  const [x, w, b] = node.inputs as readonly [Value, Value, Value | null];
  const attributes = window(node.attrs);
  if (node.op === 'DepthwiseConv2D') attributes.group = { int: x.shape[3] };
  else attributes.group = { int: (node.attrs.groups as number | undefined) ?? 1 };
  if (node.op === 'ConvTranspose2D') attributes.output_padding = { ints: list(node.attrs, 'outputPads') };
  const inputs = [e.form(x, channelsFirst), e.form(w, filterPerms[node.op]), b ? e.form(b) : ''];
  e.node(node.op === 'ConvTranspose2D' ? 'ConvTranspose' : 'Conv', inputs, [out], attributes);
}

/** Grouped transposed filters are [I, O/g, kh, kw] in ONNX; ours are [O, kh, kw, I/g]: group by group. */
export const supportsConvTranspose = (node: Node): boolean => ((node.attrs.groups as number | undefined) ?? 1) === 1;

function pool(node: Node, e: Emitter, out: string): void {
  const { attrs } = node;
  const attributes: Attributes = {
    ...window(attrs),
    kernel_shape: { ints: list(attrs, 'kernel') },
    ceil_mode: { int: attrs.ceil ? 1 : 0 },
  };
  if (node.op === 'AveragePool2D') attributes.count_include_pad = { int: attrs.countIncludePad ? 1 : 0 };
  const type = node.op === 'MaxPool2D' ? 'MaxPool' : 'AveragePool';
  e.node(type, [e.form(node.inputs[0] as Value, channelsFirst)], [out], attributes);
}

function depthToSpace(node: Node, e: Emitter, out: string): void {
  const attributes: Attributes = { blocksize: { int: node.attrs.blockSize as number } };
  if (node.op === 'DepthToSpace') attributes.mode = { string: node.attrs.mode as string };
  e.node(node.op, [e.form(node.inputs[0] as Value, channelsFirst)], [out], attributes);
}

function localResponse(node: Node, e: Emitter, out: string): void {
  const { size, alpha, beta, bias } = node.attrs as Record<string, number>;
  const attributes: Attributes = { size: { int: size }, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
  e.node('LRN', [e.form(node.inputs[0] as Value, channelsFirst)], [out], attributes);
}

/** Operators that ONNX defines channels first only: each reads and makes that form. */
export const spatialRules: Readonly<Partial<Record<string, (node: Node, e: Emitter, out: string) => void>>> = {
  Conv2D: convolution,
  DepthwiseConv2D: convolution,
  ConvTranspose2D: convolution,
  MaxPool2D: pool,
  AveragePool2D: pool,
  DepthToSpace: depthToSpace,
  SpaceToDepth: depthToSpace,
  LRN: localResponse,
};

/** ONNX computes the sizes from the scales by rounding down; sizes that were rounded otherwise cannot be said beside scales. */
export const supportsResize = (node: Node): boolean =>
  list(node.attrs, 'scales').every(
    (s, i) => Math.floor(Math.fround((node.inputs[0] as Value).shape[i] * s)) === list(node.attrs, 'sizes')[i],
  );

/**
 * What onnxruntime does not run of the operators that the rules here write, as the end of a sentence: even windows of LRN, blocks of
 * wider integers, and cubic downsampling, which its layout optimizer turns into a channels-last form that its kernel refuses.
 */
export function kernelLimit({ op, attrs, inputs, outputs }: Node): string | undefined {
  const x = inputs[0] as Value;
  if (x.quant) return undefined;
  if (op === 'LRN' && (attrs.size as number) % 2 === 0) return 'has an even size';
  const moves = op === 'DepthToSpace' || op === 'SpaceToDepth';
  if (moves && isInteger(x.dtype) && dtypes[x.dtype].bytes > 1) return `moves no ${x.dtype} in onnxruntime`;
  const shrinks = outputs[0].shape.some((d, i) => d < x.shape[i]);
  return op === 'Resize' && attrs.mode === 'cubic' && shrinks ? 'makes a tensor smaller by cubic interpolation' : undefined;
}

/** onnxruntime resizes rank 4 fastest channels first; other ranks stay as they are. */
export function resize(node: Node, e: Emitter, out: string, perm: readonly number[]): void {
  const { attrs } = node;
  const x = node.inputs[0] as Value;
  const seen = (values: readonly number[]): number[] => perm.map((p) => values[p]);
  const scales = list(attrs, 'scales');
  const attributes: Attributes = {
    mode: { string: attrs.mode as string },
    coordinate_transformation_mode: { string: attrs.coordinates as string },
  };
  if (attrs.mode === 'nearest') attributes.nearest_mode = { string: attrs.nearest as string };
  if (attrs.mode === 'cubic') {
    attributes.cubic_coeff_a = { float: attrs.cubicCoeff as number };
    attributes.exclude_outside = { int: attrs.excludeOutside ? 1 : 0 };
  }
  const sizes = { dtype: 'int64', shape: [perm.length], data: BigInt64Array.from(seen(list(attrs, 'sizes')), BigInt) } as const;
  const factors = { dtype: 'float32', shape: [scales.length], data: Float32Array.from(scales.length ? seen(scales) : []) } as const;
  const byScale = scales.length > 0;
  e.node(
    'Resize',
    [e.form(x, perm), '', byScale ? e.initializer(factors, `${out}_scales`) : '', byScale ? '' : e.initializer(sizes, `${out}_sizes`)],
    [out],
    attributes,
  );
}

/** Rank 2 is a Gemm; higher ranks are a MatMul with the filter turned round, and an Add. */
export function fullyConnected(node: Node, e: Emitter, out: string): void {
  const [x, w, b] = node.inputs as readonly [Value, Value, Value | null];
  if (x.shape.length === 2) {
    e.node('Gemm', [e.form(x), e.form(w), b ? e.form(b) : ''], [out], { transB: { int: 1 } });
    return;
  }
  const product = b ? e.fresh(`${out}_product`) : out;
  e.node('MatMul', [e.form(x), e.form(w, [1, 0])], [product]);
  if (b) e.node('Add', [product, e.form(b)], [out]);
}

/** MatMul has no transpose flags in ONNX: the operand is transposed, a constant one at once. */
export function matMul(node: Node, e: Emitter, out: string): void {
  const names = (['transposeA', 'transposeB'] as const).map((flag, i) => {
    const v = node.inputs[i] as Value;
    if (!node.attrs[flag]) return e.form(v);
    const perm = v.shape.map((_, k) => k);
    const r = perm.length;
    [perm[r - 2], perm[r - 1]] = [r - 1, r - 2];
    if (v.data && !v.quant) return e.initializer(transposed(v as never, perm), `${v.name}_transposed`);
    const name = e.fresh(`${v.name}_transposed`);
    e.node('Transpose', [e.form(v)], [name], { perm: { ints: perm } });
    return name;
  });
  e.node('MatMul', names, [out]);
}
