import type { Value } from '../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { activation, applyActivation } from './families/activation.js';
import { convolutionCost, inferConvolution, isHybrid, isPerChannel, readConvolution, writeConvolution } from './families/convolution.js';
import { widenHalf } from './families/half.js';
import { padSpatially } from './families/spatial-pad.js';
import { window2d } from './families/window.js';

/** x [N,H,W,C] * w [1,kh,kw,C·m] + b [C·m] -> [N,H',W',C·m]: output channel c·m+k filters input channel c alone. */
export const depthwiseConv2d = defineOp({
  name: 'DepthwiseConv2D',
  inputs: ['x', 'w', 'b?'],
  outputs: ['y'],
  attributes: { ...window2d, activation },
  infer: (inputs, attrs): TypeInfo[] => {
    const [x, w] = inputs as readonly Operand[];
    const out = inferConvolution(inputs, attrs, w.shape[3]);
    if (w.shape[0] !== 1 || x.shape[3] === 0 || w.shape[3] % x.shape[3] !== 0) {
      throw new RangeError(`a depthwise filter of shape [${w.shape}] does not fit ${x.shape[3]} channels`);
    }
    return out;
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, w, b] = inputs as [Tensor, Tensor, Tensor | null];
    const [n, h, width, channels] = x.shape;
    const [, kh, kw, filters] = w.shape;
    const { dtype, shape } = outputs[0];
    const [, oh, ow] = shape;
    const multiplier = filters / channels;
    const X = toNumbers(x);
    const W = toNumbers(w);
    const B = b && toNumbers(b);
    const Y = numbersFor(dtype, sizeOf(shape));
    const acc = new Float64Array(filters);
    let at = 0;
    for (let batch = 0; batch < n; batch++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++) {
          if (B) acc.set(B);
          else acc.fill(0);
          for (let ky = 0; ky < kh; ky++) {
            const iy = oy * attrs.strides[0] - attrs.pads[0] + ky * attrs.dilations[0];
            if (iy < 0 || iy >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const ix = ox * attrs.strides[1] - attrs.pads[1] + kx * attrs.dilations[1];
              if (ix < 0 || ix >= width) continue;
              const from = ((batch * h + iy) * width + ix) * channels;
              const weight = (ky * kw + kx) * filters;
              for (let c = 0, f = 0; c < channels; c++) for (let m = 0; m < multiplier; m++, f++) acc[f] += X[from + c] * W[weight + f];
            }
          }
          for (let f = 0; f < filters; f++) Y[at++] = applyActivation(acc[f], attrs.activation);
        }
    return [fromNumbers(dtype, shape, Y)];
  },
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: 3, int16: true },
  cost: (inputs, outputs) => convolutionCost(1, inputs[1] as TypeInfo, outputs[0]),
  tflite: {
    builtin: 'DEPTHWISE_CONV_2D',
    options: 'DepthwiseConv2DOptions',
    maxRank: 4,
    version: (attrs, node) => {
      if (isHybrid(node)) return isPerChannel(node.inputs[1]) ? 6 : 4;
      return { int16: 5, int8: 3 }[node.outputs[0].dtype as string] ?? (attrs.dilations.some((d) => d !== 1) ? 2 : 1);
    },
    read: (op) => ({ inputs: op.inputs, attrs: readConvolution(op) }),
    write: (attrs, node) => {
      const options = writeConvolution(attrs, node);
      const [x, w] = node.inputs as readonly Operand[];
      return options && { options: { ...options, depth_multiplier: w.shape[3] / x.shape[3] } };
    },
  },
  // depthwise(x, pads) -> depthwise(pad(x, pads), 0): what no padding name says.
  decompose: widenHalf('DepthwiseConv2D', (b, inputs, attrs, outputs) => {
    const [x, w, bias] = inputs as [Value, Value, Value | null];
    const padded = padSpatially(b, x, attrs, w.shape.slice(1, 3), outputs[0], 0);
    return padded && [b.op('DepthwiseConv2D', [padded, w, bias], { ...attrs, pads: [0, 0, 0, 0] })];
  }),
});
