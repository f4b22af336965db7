import { type Attrs, isConstant, type Node, type Value } from '../../../ir/graph.js';
import { fromNumbers, type Tensor } from '../../../ir/tensor.js';
import { type Activation, fusable } from '../../../ops/families/activation.js';
import { operator } from '../../../ops/index.js';
import type { OnnxAttribute, OnnxInputSpec, OnnxNodeSpec } from '../../../ops/mappings.js';
import { channelsFirst, type Emitter, identityOf, type Perm, transposed } from './emitter.js';
import { fullyConnected, matMul, resize, spatialRules } from './spatial.js';

/** Every mapping writes the form of this opset; onnxruntime reads it since 1.18 (May 2024). */
export const writtenOpset = 21;

/** Operators beside the spatial ones that are not one to one with a record's mapping. */
export const special = new Set(['Resize', 'FullyConnected', 'MatMul', 'Quantize', 'Dequantize']);

/** Adds a node of the graph in the layout that is at hand. */
export function emit(node: Node, e: Emitter): void {
  const [y] = node.outputs;
  if (node.op === 'Transpose' && aliasTranspose(node, e)) return;
  if (node.op === 'Quantize' || node.op === 'Dequantize') {
    emitBoundary(node, e);
    return;
  }
  const spatial = spatialRules[node.op];
  const perm = spatial ? channelsFirst : layoutFor(node, e);
  if (spatial || special.has(node.op)) {
    const clamp = needsClamp(node);
    const out = e.fresh(nameFor(y, perm));
    const raw = clamp ? e.fresh(`${out}_linear`) : out;
    if (spatial) spatial(node, e, raw);
    else if (node.op === 'Resize') resize(node, e, raw, perm);
    else if (node.op === 'FullyConnected') fullyConnected(node, e, raw);
    else matMul(node, e, raw);
    if (clamp) emitClamp(clamp, raw, out, e);
    e.settle(y, perm, out);
    return;
  }
  emitMapped(node, e, perm);
}

/** Graph outputs keep their name for their own layout. */
const nameFor = (v: Value, perm: Perm): string => (perm.every((p, i) => p === i) ? v.name : `${v.name}_nchw`);

/** Channels first if that is how an operand is at hand and the operator does not care. */
function layoutFor(node: Node, e: Emitter): Perm {
  const rank = node.outputs[0].shape.length;
  const same = identityOf(rank);
  if (rank !== 4) return same;
  if (node.op === 'Resize') return channelsFirst;
  const { layout } = operator(node.op);
  if (!layout || node.outputs.some((v) => v.shape.length !== 4)) return same;
  const data = node.inputs.filter((v): v is Value => v !== null && !isConstant(v));
  if (data.some((v) => v.shape.length !== 4 && v.shape.length !== 0)) return same;
  const first = data.filter((v) => e.has(v, channelsFirst)).length;
  const last = data.filter((v) => e.has(v, same)).length;
  if (first <= last) return same;
  return layout === 'elementwise' || layout(node.attrs as never, channelsFirst, node) ? channelsFirst : same;
}

function emitMapped(node: Node, e: Emitter, perm: Perm): void {
  const { onnx, layout } = operator(node.op);
  const attrs =
    perm.every((p, i) => p === i) || typeof layout !== 'function'
      ? node.attrs
      : ({ ...node.attrs, ...layout(node.attrs as never, perm, node) } as Attrs);
  const spec: OnnxNodeSpec = onnx?.write?.(attrs as never, node, writtenOpset) ?? {};
  const inputs = (spec.inputs ?? node.inputs).map((i) => inputName(i, e, perm));
  const outs = node.outputs.map((v) => e.fresh(nameFor(v, perm)));
  const clamp = needsClamp(node);
  const raws = clamp ? [e.fresh(`${outs[0]}_linear`)] : outs;
  e.node(spec.type ?? (onnx?.type as string), inputs, raws, { ...byName(onnx?.attributes, attrs, node), ...spec.attributes });
  if (clamp) emitClamp(clamp, raws[0], outs[0], e);
  node.outputs.forEach((v, i) => {
    e.settle(v, perm, outs[i]);
  });
}

/** Attributes that have the same meaning under another name, by their declared kind. */
function byName(
  names: Readonly<Record<string, string | undefined>> | undefined,
  attrs: Node['attrs'],
  node: Node,
): Record<string, OnnxAttribute> {
  const out: Record<string, OnnxAttribute> = {};
  for (const [key, name] of Object.entries(names ?? {})) {
    const value = attrs[key] as never;
    const { kind } = operator(node.op).attributes[key];
    if (name) out[name] = kind === 'bool' ? { int: value ? 1 : 0 } : ({ [kind]: value } as unknown as OnnxAttribute);
  }
  return out;
}

function inputName(input: OnnxInputSpec, e: Emitter, perm: Perm): string {
  if (input === null) return '';
  if ('int64' in input)
    return e.initializer({ dtype: 'int64', shape: [input.int64.length], data: BigInt64Array.from(input.int64, BigInt) }, 'parameter');
  if ('float32' in input) {
    const shape = input.shape ?? (input.float32.length === 1 ? [] : [input.float32.length]);
    return e.initializer(fromNumbers('float32', shape, Float32Array.from(input.float32)), 'parameter');
  }
  if (!('name' in input)) return e.initializer(input, 'parameter');
  const rank = input.shape.length;
  if (rank === perm.length) return e.form(input, perm);
  const plain = perm.every((p, i) => p === i);
  // A lower-rank constant lines up with the last axes; in another layout it needs its full rank first.
  if (!plain && isConstant(input) && rank > 0 && rank < perm.length) {
    const full: Tensor = { dtype: input.dtype, data: input.data, shape: [...new Array(perm.length - rank).fill(1), ...input.shape] };
    return e.initializer(transposed(full, perm), `${input.name}_nchw`);
  }
  return e.form(input);
}

/** The bounds of a fused activation, where something still has to clamp: int8 saturation may do it already. */
function needsClamp(node: Node): readonly [number, number] | undefined {
  const bounds = fusable[(node.attrs.activation as Activation | undefined) ?? 'none'];
  const { quant, dtype } = node.outputs[0];
  if (bounds === fusable.none) return undefined;
  if (quant && quant.scale.length === 1 && dtype === 'int8') {
    const [low, high] = [-128, 127].map((q) => (q - quant.zeroPoint[0]) * quant.scale[0]);
    const slack = quant.scale[0] / 2;
    if (low >= bounds[0] - slack && high <= bounds[1] + slack) return undefined;
  }
  return bounds;
}

function emitClamp([low, high]: readonly [number, number], from: string, to: string, e: Emitter): void {
  if (high === Number.POSITIVE_INFINITY) {
    e.node('Relu', [from], [to]);
    return;
  }
  const bound = (v: number): string => e.initializer(fromNumbers('float32', [], Float32Array.of(v)), 'bound');
  e.node('Clip', [from, bound(low), bound(high)], [to]);
}

/** A transpose between the two layouts is only another name for what is there. */
function aliasTranspose(node: Node, e: Emitter): boolean {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const perm = node.attrs.perm as Perm;
  if (perm.length !== 4 || isConstant(x)) return false;
  const same = identityOf(4);
  // y = T(x, p), so y in layout q is T(x, p∘q): at hand where x is.
  let aliased = false;
  for (const q of [same, channelsFirst]) {
    const through = q.map((i) => perm[i]);
    if (!e.has(x, through) || (node.outputs[0].quant && String(node.outputs[0].quant.scale) !== String(x.quant?.scale))) continue;
    e.set(y, q, e.form(x, through));
    aliased = true;
  }
  return aliased;
}

/** An int8 model input is dequantized where it comes in. */
export function boundaryInput(v: Value, e: Emitter): string {
  const out = e.fresh(`${v.name}_dequantized`);
  e.node('DequantizeLinear', [v.name, ...e.parameters(v.quant as never, v.dtype, v.name)], [out]);
  return out;
}

function emitBoundary(node: Node, e: Emitter): void {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const perm = [channelsFirst, identityOf(x.shape.length)].find((p) => p.length === x.shape.length && e.has(x, p)) as Perm;
  if (node.op === 'Dequantize') e.set(y, perm, e.form(x, perm));
  else e.settle(y, perm, e.form(x, perm));
}
