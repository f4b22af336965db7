import type { QuantParams } from '../../ir/graph.js';
import { type Tensor, toNumbers } from '../../ir/tensor.js';
import { type Shape, stridesOf, type TypeInfo } from '../../ir/types.js';

/** The parameters that a quantized value carries. Throws Error (a bug) where the caller passed the bare tensor or type. */
export function needQuant(v: TypeInfo & { readonly quant?: QuantParams }, which: 'input' | 'output'): QuantParams {
  if (!v.quant) throw new Error(`the ${which} of a Quantize or Dequantize node came without its quantization parameters`);
  return v.quant;
}

/** Which entry of the parameters an element of a tensor of this shape takes. */
export function channelOf(quant: QuantParams, shape: Shape): (i: number) => number {
  if (quant.scale.length === 1 || quant.axis === undefined) return () => 0;
  const inner = stridesOf(shape)[quant.axis];
  const count = shape[quant.axis];
  return (i) => Math.floor(i / inner) % count;
}

/** scale · (q - zeroPoint) in float32. */
export function dequantizeTo(x: Tensor, quant: QuantParams): Float32Array {
  const q = toNumbers(x);
  const out = new Float32Array(q.length);
  const channel = channelOf(quant, x.shape);
  for (let i = 0; i < out.length; i++) {
    const c = channel(i);
    out[i] = quant.scale[c] * (q[i] - quant.zeroPoint[c]);
  }
  return out;
}
