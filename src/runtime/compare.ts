import type { QuantParams } from '../ir/graph.js';
import { type Tensor, toNumbers } from '../ir/tensor.js';
import { dtypes, isFloat, sameShape, sizeOf } from '../ir/types.js';
import type { Port } from './types.js';

/** Reals of a tensor that may be quantized; float32 comes back as it is. */
export function dequantize(t: Tensor, quant: QuantParams | undefined): Float32Array {
  if (!quant && t.dtype === 'float32') return t.data as Float32Array;
  const q = toNumbers(t);
  const out = new Float32Array(q.length);
  const channels = quant?.scale.length ?? 1;
  const inner = quant?.axis === undefined ? 1 : sizeOf(t.shape.slice(quant.axis + 1));
  for (let i = 0; i < out.length; i++) {
    const c = channels === 1 ? 0 : Math.floor(i / inner) % channels;
    out[i] = quant ? (q[i] - quant.zeroPoint[c]) * quant.scale[c] : q[i];
  }
  return out;
}

const limits: Partial<Record<Tensor['dtype'], readonly [number, number]>> = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] };

/** A float32 sample as a port takes it: quantized where the port is, cast where it is another type. */
export function toPort(t: Tensor, port: Port): Tensor {
  if (t.dtype === port.dtype) return t;
  const x = toNumbers(t);
  const bounds = limits[port.dtype];
  if (port.quant && bounds) {
    const out = new dtypes[port.dtype].array(x.length) as Int8Array;
    const scale = port.quant.scale[0];
    const zero = port.quant.zeroPoint[0];
    const [low, high] = bounds;
    for (let i = 0; i < out.length; i++) {
      const q = Math.round(x[i] / scale) + zero;
      out[i] = q < low ? low : q > high ? high : q;
    }
    return { dtype: port.dtype, shape: t.shape, data: out };
  }
  const data = new dtypes[port.dtype].array(x.length);
  for (let i = 0; i < x.length; i++) data[i] = typeof data[0] === 'bigint' ? (BigInt(Math.trunc(x[i])) as never) : (x[i] as never);
  return { dtype: port.dtype, shape: t.shape, data };
}

/**
 * Signal to quantization noise in dB, streamed over samples: `10 log10(Σ ref² / Σ (ref - got)²)`.
 * Infinity where nothing differs.
 */
export class Sqnr {
  private signal = 0;
  private noise = 0;

  add(reference: Float32Array, got: Float32Array): void {
    let signal = 0;
    let noise = 0;
    for (let i = 0; i < reference.length; i++) {
      const d = reference[i] - got[i];
      signal += reference[i] * reference[i];
      noise += d * d;
    }
    this.signal += signal;
    this.noise += noise;
  }

  get decibels(): number {
    if (this.noise === 0) return Number.POSITIVE_INFINITY;
    return 10 * Math.log10(this.signal / this.noise);
  }
}

export const argmax = (x: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < x.length; i++) if (x[i] > x[best]) best = i;
  return best;
};

/** What a comparison found; accuracies and agreement are shares of 1, absent where they make no sense. */
export interface ComparisonResult {
  readonly samples: number;
  readonly outputs: readonly {
    readonly name: string /** dB; Infinity: no difference. */;
    readonly sqnr: number;
    readonly maxError: number;
  }[];
  readonly agreement?: number;
  readonly accuracy?: { readonly float: number; readonly quantized: number; readonly samples: number };
  /** How the labels fit the float model's class scores. */
  readonly labels?: LabelFit;
}

/** Labels beside class scores: what tells labels of other classes, or of classes counted from another beginning. */
export interface LabelFit {
  /** The output that is taken for class scores, and how many it has. */
  readonly output: string;
  readonly scores: number;
  readonly highest: number;
  readonly samples: number;
  /** Samples on which the float model is right, and on which it would be if every label were one higher. */
  readonly right: number;
  readonly rightOneHigher: number;
}

/** Whether an output looks like class scores: one vector of two or more. */
export const isClassifier = (shape: readonly number[]): boolean => sizeOf(shape) >= 2 && sizeOf(shape) === shape.at(-1);

/** Compares two models output by output, sample by sample, without keeping samples. */
export class Comparison {
  private samples = 0;
  private agree = 0;
  private labelled = 0;
  private right = [0, 0];
  private rightOneHigher = 0;
  private highest = 0;
  private scores = 0;
  private readonly sqnrs: Sqnr[];
  private readonly worst: number[];
  private readonly names: readonly string[];
  private readonly classifier: number;

  /**
   * @param ports Outputs of the float model. The first that looks like class scores gives top-1.
   * @param inputs Inputs of the model: an output of the shape of one (an autoencoder's) is no class scores.
   */
  constructor(ports: readonly Pick<Port, 'name' | 'shape' | 'dtype'>[], inputs: readonly Pick<Port, 'shape'>[] = []) {
    this.names = ports.map((p) => p.name);
    this.sqnrs = ports.map(() => new Sqnr());
    this.worst = ports.map(() => 0);
    this.classifier = ports.findIndex((p) => isFloat(p.dtype) && isClassifier(p.shape) && !inputs.some((i) => sameShape(i.shape, p.shape)));
  }

  /** @param reference Float outputs; `got` the other's, dequantized. */
  add(reference: readonly Float32Array[], got: readonly Float32Array[], label?: number): void {
    this.samples++;
    reference.forEach((r, i) => {
      this.sqnrs[i].add(r, got[i]);
      for (let k = 0; k < r.length; k++) this.worst[i] = Math.max(this.worst[i], Math.abs(r[k] - got[i][k]));
    });
    if (this.classifier < 0) return;
    const [a, b] = [argmax(reference[this.classifier]), argmax(got[this.classifier])];
    this.scores = reference[this.classifier].length;
    if (a === b) this.agree++;
    if (label === undefined) return;
    this.labelled++;
    if (a === label) this.right[0]++;
    if (b === label) this.right[1]++;
    if (a === label + 1) this.rightOneHigher++;
    this.highest = Math.max(this.highest, label);
  }

  result(): ComparisonResult {
    const { samples, labelled, right, rightOneHigher, highest, scores } = this;
    const output = this.names[this.classifier];
    return {
      samples,
      outputs: this.names.map((name, i) => ({ name, sqnr: this.sqnrs[i].decibels, maxError: this.worst[i] })),
      ...(this.classifier >= 0 && samples > 0 ? { agreement: this.agree / samples } : {}),
      ...(labelled > 0 && {
        accuracy: { float: right[0] / labelled, quantized: right[1] / labelled, samples: labelled },
        labels: { output, scores, highest, samples: labelled, right: right[0], rightOneHigher },
      }),
    };
  }
}
