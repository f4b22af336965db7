import type { Node, Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { defineOp, float, ints, type Operand, oneOf } from './define.js';
import { fileAxis } from './families/axes.js';
import { widened } from './families/elementwise-formula.js';
import { elementOf } from './families/exact.js';
import { permutedPads } from './families/layout.js';
import { type Pick, pick } from './families/pick.js';
import { movedByLiteRt, typesBut } from './families/types.js';
import type { OnnxNode, Operation, TfliteOperator, TfliteOperatorSpec } from './mappings.js';

type Mode = 'constant' | 'reflect' | 'edge' | 'symmetric' | 'wrap';

interface PadAttrs {
  readonly pads: readonly number[];
  readonly mode: Mode;
  readonly value: number;
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

/** Where position `i` of a padded axis comes from; `i` counts from the first element of the data, `n` is its length. */
const sources: Record<Mode, (i: number, n: number) => number> = {
  constant: (i, n) => (i >= 0 && i < n ? i : -1),
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: modulo,
  reflect: (i, n) => n - 1 - Math.abs(n - 1 - modulo(i, Math.max(1, 2 * (n - 1)))),
  symmetric: (i, n) => Math.min(modulo(i, 2 * n), 2 * n - 1 - modulo(i, 2 * n)),
};

/** Where each place of a padded axis of `n` elements comes from; -1 for the value. */
export const axisPick = (n: number, before: number, after: number, mode: Mode): Pick =>
  Int32Array.from({ length: n + before + after }, (_, i) => sources[mode](i - before, n));

function readOnnx(n: OnnxNode): Operation {
  const x = n.input(0);
  const rank = x.shape.length;
  const inAttributes = n.opset < 11;
  const given = inAttributes ? n.ints('pads') : n.constantInts(1);
  const axes = n.constantInts(
    3,
    x.shape.map((_, i) => i),
  );
  if (given.length !== 2 * axes.length) n.refuse(`has ${given.length} pads for ${axes.length} axes`);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((a, i) => {
    const axis = fileAxis(a, rank, n);
    pads[axis] = given[i];
    pads[axis + rank] = given[i + axes.length];
  });
  const value = inAttributes ? n.float('value', 0) : n.inputs[2] ? toNumbers(n.constant(2))[0] : 0;
  return { inputs: [x], attrs: { pads, mode: n.string('mode', 'constant'), value } };
}

function readTflite(op: TfliteOperator): Operation {
  const x = op.input(0);
  const pairs = op.constantInts(1);
  const pads = [...x.shape.map((_, i) => pairs[2 * i]), ...x.shape.map((_, i) => pairs[2 * i + 1])];
  const mode = op.builtin === 'MIRROR_PAD' ? op.option<string>('mode').toLowerCase() : 'constant';
  if (op.builtin !== 'PADV2') return { inputs: [x], attrs: { pads, mode } };
  const stored = toNumbers(op.constant(2))[0];
  const quant = op.input(2).quant;
  return { inputs: [x], attrs: { pads, mode, value: quant ? quant.scale[0] * (stored - quant.zeroPoint[0]) : stored } };
}

/** Beyond the far end of the data: onnxruntime mirrors only once. Looks at the node, which `write` may see in another layout. */
const reflectsTwice = ({ attrs, inputs }: Node): boolean => {
  const { shape } = inputs[0] as Value;
  return (attrs.pads as readonly number[]).some((p, i) => p > shape[i % shape.length] - 1);
};

function writeTflite({ pads, mode, value }: PadAttrs, x: Value, y: Value): TfliteOperatorSpec | null {
  const rank = x.shape.length;
  if (pads.some((p) => p < 0)) return null;
  const paddings = { int32: x.shape.flatMap((_, i) => [pads[i], pads[i + rank]]), shape: [rank, 2] };
  if (mode === 'reflect' || mode === 'symmetric') {
    const most = mode === 'reflect' ? 1 : 0;
    if (pads.some((p, i) => p > x.shape[i % rank] - most)) return null;
    return { builtin: 'MIRROR_PAD', optionsTable: 'MirrorPadOptions', inputs: [x, paddings], options: { mode: mode.toUpperCase() } };
  }
  if (mode !== 'constant') return null;
  if (value === 0) return { inputs: [x, paddings] };
  const { quant } = y;
  const stored = quant ? Math.round(value / quant.scale[0]) + quant.zeroPoint[0] : value;
  const data = fromNumbers(x.dtype, [], [Number(elementOf(x.dtype === 'float16' ? 'float32' : x.dtype, stored))]);
  return { builtin: 'PADV2', optionsTable: 'PadV2Options', inputs: [x, paddings, { ...data, quant }] };
}

/**
 * Elements added around x: `pads` are [begin of each axis, end of each axis], negative ones take elements away.
 * They are `value`, or come from x: its nearest element (edge), x mirrored without (reflect) or with (symmetric) its
 * outermost element, x from its other end (wrap).
 */
export const pad = defineOp({
  name: 'Pad',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { pads: ints(), mode: oneOf<Mode>('constant', 'reflect', 'edge', 'symmetric', 'wrap'), value: float(0) },
  infer: (inputs, { pads, mode }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    const rank = shape.length;
    if (pads.length !== 2 * rank) throw new RangeError(`its ${pads.length} pads [${pads}] must be ${2 * rank}, two per axis of [${shape}]`);
    const padded = shape.map((d, i) => d + pads[i] + pads[i + rank]);
    padded.forEach((d, i) => {
      if (d < 0) throw new RangeError(`pads ${pads[i]} and ${pads[i + rank]} take more than the ${shape[i]} elements of axis ${i}`);
      if (mode !== 'constant' && shape[i] === 0 && d > 0) throw new RangeError(`axis ${i} is empty: mode '${mode}' has nothing to repeat`);
    });
    return [{ dtype, shape: padded }];
  },
  evaluate: (inputs, { pads, mode, value }) => {
    const x = inputs[0] as Tensor;
    const picks = x.shape.map((d, i) => axisPick(d, pads[i], pads[i + x.shape.length], mode));
    return [pick(x, picks, elementOf(x.dtype, value))];
  },
  layout: ({ pads }, perm) => ({ pads: permutedPads(pads, perm) }),
  quantize: { kind: 'output-like-input', from: 0, including: 'value', int16: true },
  onnx: {
    type: 'Pad',
    types: typesBut('int16', 'uint16'),
    read: readOnnx,
    write: ({ pads, mode, value }, node) => {
      if (mode === 'symmetric' || mode === 'wrap' || (mode === 'reflect' && reflectsTwice(node))) return null;
      const { dtype, quant } = node.inputs[0] as Value;
      // Quantized values are floats to ONNX's operators.
      const type = quant ? 'float32' : dtype;
      const data = fromNumbers(type, [], [Number(elementOf(type, value))]);
      return { inputs: [node.inputs[0], { int64: pads }, ...(value === 0 ? [] : [data])], attributes: { mode: { string: mode } } };
    },
  },
  tflite: {
    builtin: 'PAD',
    also: ['PADV2', 'MIRROR_PAD'],
    options: 'PadOptions',
    types: movedByLiteRt,
    maxRank: 5,
    version: ({ mode }, node) => {
      const { dtype, shape } = node.inputs[0] as Value;
      if (mode === 'constant' && dtype === 'bool') return 5;
      if (mode === 'constant' && shape.length > 4) return 4;
      return { int16: 3, int8: 2 }[dtype as string] ?? 1;
    },
    read: readTflite,
    write: (attrs, node) => writeTflite(attrs, node.inputs[0] as Value, node.outputs[0]),
  },
  decompose: (b, inputs, attrs, outputs, target) => {
    const x = inputs[0] as Value;
    const rank = x.shape.length;
    const { pads, mode } = attrs;
    if (mode === 'constant') {
      if (pads.every((p) => p >= 0)) return widened<PadAttrs>('Pad')(b, inputs, attrs, outputs, target);
      // pad(x, negative and positive) -> pad(slice(x), positive)
      const starts = x.shape.map((_, i) => Math.max(0, -pads[i]));
      const ends = x.shape.map((d, i) => d - Math.max(0, -pads[i + rank]));
      if (starts.some((s, i) => s > ends[i])) return null;
      const cropped = b.op('Slice', [x], { starts, ends, steps: x.shape.map(() => 1) });
      return [b.op('Pad', [cropped], { ...attrs, pads: pads.map((p) => Math.max(0, p)) })];
    }
    // Every other mode repeats elements of x: gather(x, indices), axis by axis.
    const padded = x.shape.reduce((v, d, axis) => {
      if (pads[axis] === 0 && pads[axis + rank] === 0) return v;
      const indices = axisPick(d, pads[axis], pads[axis + rank], mode);
      return b.op('Gather', [v, b.constant({ dtype: 'int32', shape: [indices.length], data: indices })], { axis });
    }, x);
    return [padded === x ? b.op('Reshape', [x], { shape: x.shape }) : padded];
  },
});
