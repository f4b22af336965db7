import type { Node, Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers, zeros } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, ints, type Operand } from './define.js';
import { activation, applyActivation, fromTfliteActivation, toTfliteActivation } from './families/activation.js';
import { checkOperands } from './families/convolution.js';
import { widenHalf } from './families/half.js';
import { checkWindow, samePadding, window2d } from './families/window.js';
import type { Operation, TfliteOperator } from './mappings.js';
import type { NodeBuilder } from './node-builder.js';

/** Length of the uncropped output of one axis. */
const fullLength = (size: number, kernel: number, stride: number, dilation: number): number =>
  (size - 1) * stride + dilation * (kernel - 1) + 1;

/** The padding of the forward convolution that TFLite thinks of, which makes `size` from `out`; undefined where none does. */
function tflitePadding(node: Node, strides: readonly number[], pads: readonly number[]): 'SAME' | 'VALID' | undefined {
  const [x, w] = node.inputs as readonly Operand[];
  const axes = [0, 1].map((i) => ({
    size: x.shape[i + 1],
    out: node.outputs[0].shape[i + 1],
    kernel: w.shape[i + 1],
    stride: strides[i],
    before: pads[i],
  }));
  if (axes.every((a) => a.before === 0 && a.out >= a.kernel && Math.floor((a.out - a.kernel) / a.stride) + 1 === a.size)) return 'VALID';
  const same = axes.every((a) => a.before === samePadding(a.out, a.kernel, a.stride, 1)[0] && Math.ceil(a.out / a.stride) === a.size);
  return same ? 'SAME' : undefined;
}

function readTflite(op: TfliteOperator): Operation {
  const [w, x] = [op.input(1), op.input(2)];
  const y = op.outputs[0].shape;
  const strides = [op.option<number>('stride_h'), op.option<number>('stride_w')];
  const pads = [0, 0, 0, 0];
  const outputPads = [0, 0];
  for (const i of [0, 1]) {
    const [size, out, kernel] = [x.shape[i + 1], y[i + 1], w.shape[i + 1]];
    const before = op.option('padding') === 'SAME' ? samePadding(out, kernel, strides[i], 1)[0] : 0;
    const rest = fullLength(size, kernel, strides[i], 1) - before - out;
    pads[i] = before;
    pads[i + 2] = Math.max(0, rest);
    outputPads[i] = Math.max(0, -rest);
  }
  const name = op.option<string>('fused_activation_function');
  return {
    inputs: [x, w, op.inputs[3] ?? null],
    attrs: {
      strides,
      pads,
      outputPads,
      activation: fromTfliteActivation(name) ?? op.refuse('has a fused activation that no kernel knows'),
    },
  };
}

/** The filter with dilation - 1 zeros between its taps. */
function dilated(w: Tensor, dilations: readonly number[]): Tensor {
  const [filters, kh, kw, channels] = w.shape;
  const [h, width] = [dilations[0] * (kh - 1) + 1, dilations[1] * (kw - 1) + 1];
  const out = zeros(w.dtype, [filters, h, width, channels]);
  const [src, dst] = [w.data as Float32Array, out.data as Float32Array];
  for (let f = 0; f < filters; f++)
    for (let y = 0; y < kh; y++)
      for (let x = 0; x < kw; x++) {
        const from = ((f * kh + y) * kw + x) * channels;
        dst.set(src.subarray(from, from + channels), ((f * h + y * dilations[0]) * width + x * dilations[1]) * channels);
      }
  return out;
}

/** One transposed convolution per group, side by side. */
function byGroup(b: NodeBuilder, [x, w, bias]: readonly (Value | null)[], groups: number, one: (inputs: (Value | null)[]) => Value): Value {
  const pieces = (v: Value, axis: number): Value[] =>
    b.node('Split', [v], { axis, sizes: new Array<number>(groups).fill(v.shape[axis] / groups) });
  const xs = pieces(x as Value, 3);
  const ws = pieces(w as Value, 0);
  const biases = bias ? pieces(bias, 0) : [];
  return b.op(
    'Concat',
    xs.map((v, g) => one([v, ws[g], biases[g] ?? null])),
    { axis: 3 },
  );
}

/**
 * x [N,H,W,I] spread over the output by w [O,kh,kw,I/groups], + b [O]: the gradient of a convolution.
 * out = (in - 1)·stride + dilation·(kernel - 1) + 1 - pads + outputPads; `pads` [top,left,bottom,right] are cropped from the
 * full output, `outputPads` [bottom,right] are rows and columns that the crop leaves or that lie beyond it.
 */
export const convTranspose2d = defineOp({
  name: 'ConvTranspose2D',
  inputs: ['x', 'w', 'b?'],
  outputs: ['y'],
  attributes: { ...window2d, outputPads: ints([0, 0]), groups: int(1), activation },
  infer: (inputs, attrs): TypeInfo[] => {
    const [x, w, b] = inputs as readonly Operand[];
    checkOperands(x, w, b, w.shape[0]);
    checkWindow(w.shape.slice(1, 3), attrs);
    const { strides, dilations, pads, outputPads, groups } = attrs;
    const [filters, , , perGroup] = w.shape;
    if (groups < 1 || x.shape[3] !== perGroup * groups || filters % groups !== 0) {
      throw new RangeError(`a filter of shape [${w.shape}] in ${groups} groups does not fit ${x.shape[3]} channels`);
    }
    if (outputPads.length !== 2 || outputPads.some((p) => p < 0))
      throw new RangeError(`its output pads [${outputPads}] must be two of at least 0`);
    const [h, width] = [0, 1].map((i) => {
      const full = fullLength(x.shape[i + 1], w.shape[i + 1], strides[i], dilations[i]);
      const out = full - pads[i] - pads[i + 2] + outputPads[i];
      if (out < 1) throw new RangeError(`pads ${pads[i]} and ${pads[i + 2]} leave nothing of ${full} elements`);
      return out;
    });
    return [{ dtype: x.dtype, shape: [x.shape[0], h, width, filters] }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, w, b] = inputs as [Tensor, Tensor, Tensor | null];
    const [n, h, width, channels] = x.shape;
    const [filters, kh, kw, perGroup] = w.shape;
    const { dtype, shape } = outputs[0];
    const [, oh, ow] = shape;
    const perOut = filters / attrs.groups;
    const X = toNumbers(x);
    const W = toNumbers(w);
    const B = b && toNumbers(b);
    const acc = new Float64Array(sizeOf(shape));
    for (let batch = 0; batch < n; batch++)
      for (let iy = 0; iy < h; iy++)
        for (let ix = 0; ix < width; ix++) {
          const from = ((batch * h + iy) * width + ix) * channels;
          for (let ky = 0; ky < kh; ky++) {
            const oy = iy * attrs.strides[0] - attrs.pads[0] + ky * attrs.dilations[0];
            if (oy < 0 || oy >= oh) continue;
            for (let kx = 0; kx < kw; kx++) {
              const ox = ix * attrs.strides[1] - attrs.pads[1] + kx * attrs.dilations[1];
              if (ox < 0 || ox >= ow) continue;
              const to = ((batch * oh + oy) * ow + ox) * filters;
              for (let f = 0; f < filters; f++) {
                const first = from + Math.floor(f / perOut) * perGroup;
                const weight = ((f * kh + ky) * kw + kx) * perGroup;
                let sum = 0;
                for (let c = 0; c < perGroup; c++) sum += X[first + c] * W[weight + c];
                acc[to + f] += sum;
              }
            }
          }
        }
    for (let i = 0; i < acc.length; i++) acc[i] = applyActivation(acc[i] + (B ? B[i % filters] : 0), attrs.activation);
    return [fromNumbers(dtype, shape, acc)];
  },
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: 0, int16: true },
  cost: (inputs, outputs) => {
    const [x, w] = inputs as readonly TypeInfo[];
    const [filters, kh, kw, perGroup] = w.shape;
    return { macs: sizeOf(x.shape.slice(0, 3)) * filters * kh * kw * perGroup, elements: sizeOf(outputs[0].shape) };
  },
  tflite: {
    builtin: 'TRANSPOSE_CONV',
    options: 'TransposeConvOptions',
    maxRank: 4,
    version: (attrs, node) => {
      if (attrs.activation !== 'none') return 4;
      return node.inputs[2] ? 3 : (node.inputs[0] as Value).dtype === 'int8' ? 2 : 1;
    },
    read: readTflite,
    write: (attrs, node) => {
      const { strides, dilations, groups, pads } = attrs;
      const padding = groups === 1 && dilations.every((d) => d === 1) ? tflitePadding(node, strides, pads) : undefined;
      if (!padding) return null;
      const [x, w, b] = node.inputs;
      return {
        inputs: [{ int32: node.outputs[0].shape }, w, x, ...(b ? [b] : [])],
        options: {
          padding,
          stride_h: strides[0],
          stride_w: strides[1],
          fused_activation_function: toTfliteActivation(attrs.activation),
        },
      };
    },
  },
  decompose: widenHalf('ConvTranspose2D', (b, inputs, attrs, outputs) => {
    const [x, w, bias] = inputs as [Value, Value, Value | null];
    const { groups, dilations, pads, outputPads } = attrs;
    if (groups > 1) return [byGroup(b, inputs, groups, (one) => b.op('ConvTranspose2D', one, { ...attrs, groups: 1 }))];
    if (dilations.some((d) => d !== 1)) {
      if (!w.data || w.quant) return null;
      return [b.op('ConvTranspose2D', [x, b.constant(dilated(w as Tensor, dilations)), bias], { ...attrs, dilations: [1, 1] })];
    }
    // convtranspose(x, pads) -> slice(convtranspose(x, 0))
    if (pads.every((p) => p === 0)) return null;
    const beyond = outputPads.map((p, i) => Math.max(0, p - pads[i + 2]));
    const full = b.op('ConvTranspose2D', inputs, { ...attrs, pads: [0, 0, 0, 0], outputPads: beyond });
    const starts = [0, pads[0], pads[1], 0];
    return [b.op('Slice', [full], { starts, ends: starts.map((s, i) => s + outputs[0].shape[i]), steps: [1, 1, 1, 1] })];
  }),
});
