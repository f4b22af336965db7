import type { Attrs, Graph, Value } from '../../../src/ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { type DType, sizeOf } from '../../../src/ir/types.js';
import { fusable } from '../../../src/ops/families/activation.js';
import { type Job, runC } from '../../suites/quantized/run-c.js';

/** Numbers below `n`, the same in every run. */
export function numbers(seed: number): (n: number) => number {
  let x = seed + 0x9e3779b9;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}

export const quantized = (
  name: string,
  dtype: DType,
  shape: readonly number[],
  scale: number | readonly number[],
  zeroPoint = 0,
  axis?: number,
): Value => {
  const scales = Float32Array.from(typeof scale === 'number' ? [scale] : scale);
  return { name, dtype, shape, quant: { scale: scales, zeroPoint: new Int32Array(scales.length).fill(zeroPoint), axis } };
};

export const scaleOf = (v: Value, c = 0): number => {
  const { scale } = v.quant as NonNullable<Value['quant']>;
  return scale[scale.length === 1 ? 0 : c];
};
export const zeroOf = (v: Value): number => (v.quant as NonNullable<Value['quant']>).zeroPoint[0];

/** Any integers of the type. */
export function integers(v: Value, next: (n: number) => number): Tensor {
  const [low, high] = rangeOf(v.dtype);
  return fromNumbers(
    v.dtype,
    v.shape,
    Float64Array.from({ length: sizeOf(v.shape) }, () => low + next(high - low + 1)),
  );
}

export const rangeOf = (dtype: DType): readonly [number, number] => (dtype === 'int8' ? [-128, 127] : [-32768, 32767]);

/** A graph of one node; values without data are its inputs. */
export function layer(op: string, inputs: readonly (Value | null)[], y: Value, attrs: Attrs): Graph {
  const given = inputs.filter((v): v is Value => v !== null && !v.data);
  return { name: op, inputs: given, outputs: [y], nodes: [{ name: 'layer', op, inputs, outputs: [y], attrs }] };
}

/** `x * real`, rounded as kernels/requantize.h says: an independent BigInt version of numerics.md §2. */
export function rescaled(x: number, real: number, rounding: 'double' | 'single' = 'double'): number {
  let shift = 0;
  let q = real;
  for (; q >= 1; shift++) q /= 2;
  for (; q < 0.5; shift--) q *= 2;
  let m = BigInt(Math.floor(q * 2 ** 31 + 0.5));
  if (m === 1n << 31n) {
    m >>= 1n;
    shift++;
  }
  if (shift < -31) return 0;
  if (rounding === 'single') return Number((BigInt(x) * m + (1n << BigInt(30 - shift))) >> BigInt(31 - shift));
  const high = ((BigInt(x) << BigInt(Math.max(shift, 0))) * m + (1n << 30n)) >> 31n;
  const right = BigInt(Math.max(-shift, 0));
  if (right === 0n) return Number(high);
  const half = 1n << (right - 1n);
  return Number(high < 0n ? -((-high + half) >> right) : (high + half) >> right);
}

/** Cuts a number of an output's grid to the fused activation and the type. */
export function activated(v: number, y: Value, activation: keyof typeof fusable): number {
  const [low, high] = rangeOf(y.dtype);
  const at = (real: number) => zeroOf(y) + Math.sign(real) * Math.round(Math.abs(Math.fround(real / scaleOf(y))));
  const [min, max] = fusable[activation];
  return Math.min(Math.max(v, Math.max(low, min === -Infinity ? low : at(min))), Math.min(high, max === Infinity ? high : at(max)));
}

/** A layer, what goes in, and what has to come out. */
export interface Expectation {
  readonly title: string;
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
  readonly expected: (rounding: 'double' | 'single') => ArrayLike<number>;
}

/** Runs every layer as C of a processor on this machine; returns a sentence for each that gives something else. */
export async function wrong(cases: readonly Expectation[], cpu: string, rounding: 'double' | 'single' = 'double'): Promise<string[]> {
  const jobs = cases.map(({ graph, inputs }): Job => ({ graph, runs: [inputs] }));
  const outcomes = await runC(jobs, { cpu, rounding, sanitize: true });
  return outcomes.flatMap((o, i) => {
    const { title, expected } = cases[i];
    if ('refused' in o) return [`${title}: ${o.refused}`];
    const y = toNumbers(o.runs[0][0]);
    const e = expected(rounding);
    const differ = Array.from(y, (v, k) => [k, v, e[k]] as const).filter(([, v, w]) => v !== w);
    if (y.length !== e.length) return [`${title}: ${y.length} elements instead of ${e.length}`];
    return differ.length === 0 ? [] : [`${title}: ${differ.length} of ${y.length}, [${differ[0].join(', ')}] (index, is, should)`];
  });
}
