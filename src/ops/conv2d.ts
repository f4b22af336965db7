import type { Value } from '../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { activation, applyActivation } from './families/activation.js';
import { convolutionCost, inferConvolution, isHybrid, isPerChannel, readConvolution, writeConvolution } from './families/convolution.js';
import { widenHalf } from './families/half.js';
import { padSpatially } from './families/spatial-pad.js';
import { window2d } from './families/window.js';

/** x [N,H,W,I] * w [O,kh,kw,I/groups] + b [O] -> [N,H',W',O]. Pads [top,left,bottom,right] are zeros. */
export const conv2d = defineOp({
  name: 'Conv2D',
  inputs: ['x', 'w', 'b?'],
  outputs: ['y'],
  attributes: { ...window2d, groups: int(1), activation },
  infer: (inputs, attrs): TypeInfo[] => {
    const [x, w] = inputs as readonly Operand[];
    const out = inferConvolution(inputs, attrs, w.shape[0]);
    const [channels, perGroup, filters] = [x.shape[3], w.shape[3], w.shape[0]];
    if (attrs.groups < 1 || channels !== perGroup * attrs.groups || filters % attrs.groups !== 0) {
      throw new RangeError(`a filter of shape [${w.shape}] in ${attrs.groups} groups does not fit ${channels} channels`);
    }
    return out;
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, w, b] = inputs as [Tensor, Tensor, Tensor | null];
    const [n, h, width, channels] = x.shape;
    const [filters, kh, kw, perGroup] = w.shape;
    const { dtype, shape } = outputs[0];
    const [, oh, ow] = shape;
    const filtersPerGroup = filters / attrs.groups;
    const X = toNumbers(x);
    const W = toNumbers(w);
    const B = b && toNumbers(b);
    const Y = numbersFor(dtype, sizeOf(shape));
    let at = 0;
    for (let batch = 0; batch < n; batch++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
          for (let f = 0; f < filters; f++) {
            let acc = B ? B[f] : 0;
            const first = Math.floor(f / filtersPerGroup) * perGroup;
            for (let ky = 0; ky < kh; ky++) {
              const iy = oy * attrs.strides[0] - attrs.pads[0] + ky * attrs.dilations[0];
              if (iy < 0 || iy >= h) continue;
              for (let kx = 0; kx < kw; kx++) {
                const ix = ox * attrs.strides[1] - attrs.pads[1] + kx * attrs.dilations[1];
                if (ix < 0 || ix >= width) continue;
                const from = ((batch * h + iy) * width + ix) * channels + first;
                const weight = ((f * kh + ky) * kw + kx) * perGroup;
                for (let c = 0; c < perGroup; c++) acc += X[from + c] * W[weight + c];
              }
            }
            Y[at++] = applyActivation(acc, attrs.activation);
          }
    return [fromNumbers(dtype, shape, Y)];
  },
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: 0, int16: true },
  cost: (inputs, outputs) => {
    const w = inputs[1] as TypeInfo;
    return convolutionCost(w.shape[3], w, outputs[0]);
  },
  tflite: {
    builtin: 'CONV_2D',
    options: 'Conv2DOptions',
    maxRank: 4,
    version: (attrs, node) => {
      if (attrs.groups > 1) return 6;
      if (isHybrid(node)) return isPerChannel(node.inputs[1]) ? 5 : 2;
      return { int16: 4, int8: 3 }[node.outputs[0].dtype as string] ?? 1;
    },
    read: (op) => ({ inputs: op.inputs, attrs: { ...readConvolution(op), groups: op.input(0).shape[3] / op.input(1).shape[3] } }),
    write: (attrs, node) => {
      const options = writeConvolution(attrs, node);
      return options && { options };
    },
  },
  // conv(x, pads) -> conv(pad(x, pads), 0): what no padding name says.
  decompose: widenHalf('Conv2D', (b, inputs, attrs, outputs) => {
    const [x, w, bias] = inputs as [Value, Value, Value | null];
    const padded = padSpatially(b, x, attrs, w.shape.slice(1, 3), outputs[0], 0);
    return padded && [b.op('Conv2D', [padded, w, bias], { ...attrs, pads: [0, 0, 0, 0] })];
  }),
});
