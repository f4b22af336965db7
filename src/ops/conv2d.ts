import type { Tensor } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { activation, applyActivation, fromTfliteActivation, toTfliteActivation } from './families/activation.js';
import { paddingName, padsOf, window2d, windowOutput } from './families/window.js';

/** x [N,H,W,I] * w [O,kh,kw,I/groups] + b [O] -> [N,H',W',O]. Pads [top,left,bottom,right] are zeros. */
export const conv2d = defineOp({
  name: 'Conv2D',
  inputs: ['x', 'w', 'b?'],
  outputs: ['y'],
  attributes: { ...window2d, groups: int(1), activation },
  infer: (inputs, attrs): TypeInfo[] => {
    const [x, w, b] = inputs as readonly Operand[];
    if (x.shape.length !== 4 || w.shape.length !== 4) throw new RangeError('its input and filter must have rank 4');
    const [n, h, width, channels] = x.shape;
    const [filters, kh, kw, perGroup] = w.shape;
    if (channels !== perGroup * attrs.groups || filters % attrs.groups !== 0) {
      throw new RangeError(`a filter of shape [${w.shape}] in ${attrs.groups} groups does not fit ${channels} channels`);
    }
    if (b && sizeOf(b.shape) !== filters) throw new RangeError(`its bias has ${sizeOf(b.shape)} elements for ${filters} filters`);
    const { strides: s, dilations: d, pads: p } = attrs;
    return [
      { dtype: x.dtype, shape: [n, windowOutput(h, kh, s[0], d[0], p[0], p[2]), windowOutput(width, kw, s[1], d[1], p[1], p[3]), filters] },
    ];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, w, b] = inputs as Tensor[];
    const [n, h, width, channels] = x.shape;
    const [filters, kh, kw, perGroup] = w.shape;
    const [, oh, ow] = outputs[0].shape;
    const filtersPerGroup = filters / attrs.groups;
    const X = x.data as Float32Array;
    const W = w.data as Float32Array;
    const B = b?.data as Float32Array | undefined;
    const Y = new Float32Array(sizeOf(outputs[0].shape));
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
    return [{ dtype: 'float32', shape: outputs[0].shape, data: Y }];
  },
  quantize: { kind: 'weighted', weight: 1, bias: 2, axis: 0, int16: true },
  cost: (inputs, outputs) => {
    const [, kh, kw, perGroup] = (inputs[1] as TypeInfo).shape;
    return { macs: sizeOf(outputs[0].shape) * kh * kw * perGroup, elements: sizeOf(outputs[0].shape) };
  },
  tflite: {
    builtin: 'CONV_2D',
    options: 'Conv2DOptions',
    version: (attrs, node) => (node.outputs[0].dtype === 'int16' ? 4 : attrs.groups > 1 ? 6 : node.outputs[0].dtype === 'int8' ? 3 : 1),
    read: (op) => {
      const x = op.input(0).shape;
      const w = op.input(1).shape;
      const strides = [op.option<number>('stride_h'), op.option<number>('stride_w')];
      const dilations = [op.option<number>('dilation_h_factor'), op.option<number>('dilation_w_factor')];
      return {
        inputs: op.inputs,
        attrs: {
          strides,
          dilations,
          pads: padsOf(op.option('padding'), x.slice(1, 3), w.slice(1, 3), strides, dilations),
          groups: x[3] / w[3],
          activation:
            fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
        },
      };
    },
    write: (attrs, node) => {
      const [x, w] = node.inputs as readonly Operand[];
      const padding = paddingName(x.shape.slice(1, 3), w.shape.slice(1, 3), attrs.strides, attrs.dilations, attrs.pads);
      if (!padding) return null;
      return {
        options: {
          padding,
          stride_h: attrs.strides[0],
          stride_w: attrs.strides[1],
          dilation_h_factor: attrs.dilations[0],
          dilation_w_factor: attrs.dilations[1],
          fused_activation_function: toTfliteActivation(attrs.activation),
        },
      };
    },
  },
});
