import { readdirSync, readFileSync } from 'node:fs';
import type { Attrs, Graph, QuantParams, Value } from '../../src/ir/graph.js';
import { halfToFloat } from '../../src/ir/half.js';
import { fromNumbers, type Tensor, tensor } from '../../src/ir/tensor.js';
import { type DType, dtypes, isFloat, isWide, sizeOf, type TensorData } from '../../src/ir/types.js';
import { verify } from '../../src/ir/verify.js';
import { checkArity, completeAttrs } from '../../src/ops/define.js';
import { inferNode } from '../../src/ops/evaluate.js';
import { operator, operators } from '../../src/ops/index.js';

/** An element: a number, a boolean, or as a string what JSON has no number for ('NaN', '-Infinity', integers beyond 2^53). */
type Element = number | boolean | string;

interface QuantSpec {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis?: number;
}

/** A tensor in a case file: its elements, or a seed and bounds that make them. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data?: readonly Element[];
  /** Uniform between the bounds: floats below `max`, integers up to and including it, booleans at even odds. */
  readonly random?: { readonly seed: number; readonly min: number; readonly max: number };
  /** Makes an input a weight of the graph. */
  readonly constant?: boolean;
  readonly quant?: QuantSpec;
}

/** A case as it stands in fixtures/ops/<operator>/cases.json. */
interface CaseSpec {
  readonly name: string;
  readonly attrs?: Attrs;
  readonly inputs: readonly (TensorSpec | null)[];
  /** Worked out by hand or by another implementation, never by edgeml. */
  readonly expect?: readonly TensorSpec[];
  /** Types of the outputs where the operator leaves them to the value (Quantize). */
  readonly outputs?: readonly { readonly dtype: DType; readonly quant: QuantSpec }[];
  /** Relative to the largest finite expected magnitude. */
  readonly tolerance?: number;
}

export interface OperatorCase extends CaseSpec {
  /** The operator's name in the graph. */
  readonly operator: string;
}

const folder = new URL('../../fixtures/ops/', import.meta.url);

/** `HardSwish` → `hard-swish`, `Conv2D` → `conv2d`, `IsNaN` → `is-nan`: the name of an operator's file and folder. */
export const kebab = (name: string): string =>
  name
    .replace('NaN', 'Nan')
    .replace(/([a-z\d])([A-Z])(?=[a-z])/g, '$1-$2')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();

/** Every case of every operator. Throws Error where a folder belongs to no operator. */
export function loadCases(): OperatorCase[] {
  const named = new Map(operators.map((op) => [kebab(op.name), op.name]));
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const op = named.get(name);
      if (!op) throw new Error(`fixtures/ops/${name} belongs to no operator`);
      const specs = JSON.parse(readFileSync(new URL(`${name}/cases.json`, folder), 'utf8')) as CaseSpec[];
      return specs.map((spec) => ({ ...spec, operator: op }));
    });
}

/** Mulberry32 by Tommy Ettinger (public domain): uniform in [0, 1), 32 bits of state. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The tensor that a specification describes. */
export function makeTensor(spec: TensorSpec): Tensor {
  const { dtype, shape, data, random } = spec;
  if (data) return tensor(dtype, shape, elements(dtype, data));
  if (!random) throw new Error(`a ${dtype}[${shape}] of a case has neither data nor random`);
  const next = mulberry32(random.seed);
  const span = random.max - random.min;
  const draw = (): number => {
    if (dtype === 'bool') return next() < 0.5 ? 0 : 1;
    return isFloat(dtype) ? random.min + span * next() : random.min + Math.floor((span + 1) * next());
  };
  return fromNumbers(dtype, shape, Float64Array.from({ length: sizeOf(shape) }, draw));
}

function elements(dtype: DType, data: readonly Element[]): TensorData {
  if (!isWide(dtype)) return fromNumbers(dtype, [data.length], Float64Array.from(data, Number)).data;
  const out = new dtypes[dtype].array(data.length);
  data.forEach((v, i) => {
    out[i] = BigInt(v);
  });
  return out;
}

const quantOf = (q: QuantSpec): QuantParams => ({
  scale: Float32Array.from(q.scale),
  zeroPoint: Int32Array.from(q.zeroPoint),
  ...(q.axis === undefined ? {} : { axis: q.axis }),
});

/** The case as a graph of one node, and what its inputs are given. Constants of the case are constants of the graph. */
export function caseGraph(c: OperatorCase): { graph: Graph; inputs: Tensor[] } {
  const record = operator(c.operator);
  const inputs: Value[] = [];
  const given: Tensor[] = [];
  const values = c.inputs.map((spec, i): Value | null => {
    if (!spec) return null;
    const t = makeTensor(spec);
    const value: Value = { name: `x${i}`, dtype: t.dtype, shape: t.shape, ...(spec.quant ? { quant: quantOf(spec.quant) } : {}) };
    if (spec.constant) return { ...value, data: t.data };
    inputs.push(value);
    given.push(t);
    return value;
  });
  const attrs = completeAttrs(record, c.attrs ?? {});
  checkArity(record, values);
  const outputs = record.infer(values, attrs).map((type, i): Value => {
    const own = c.outputs?.[i];
    return { name: `y${i}`, dtype: own?.dtype ?? type.dtype, shape: type.shape, ...(own ? { quant: quantOf(own.quant) } : {}) };
  });
  const node = { name: 'node', op: c.operator, inputs: values, outputs, attrs };
  const graph = { name: `${kebab(c.operator)}: ${c.name}`, inputs, outputs, nodes: [node] };
  verify(graph, inferNode, 'making a case');
  return { graph, inputs: given };
}

const tolerances: Partial<Record<DType, number>> = { float16: 2e-3, float64: 1e-9 };

/** How a result differs from what it should be, as a sentence; undefined where it does not. Integers must agree exactly. */
export function difference(got: Tensor, wanted: Tensor, tolerance = tolerances[wanted.dtype] ?? 1e-5): string | undefined {
  if (got.dtype !== wanted.dtype || String(got.shape) !== String(wanted.shape)) {
    return `it is ${got.dtype}[${got.shape}], not ${wanted.dtype}[${wanted.shape}]`;
  }
  const [a, b] = [got, wanted].map((t) => fromExact(t));
  const largest = b.reduce<number>((m, v) => (typeof v === 'number' && Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  const bound = isFloat(wanted.dtype) ? tolerance * largest : 0;
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (typeof a[i] === 'number' && Math.abs((a[i] as number) - (b[i] as number)) <= bound) continue;
    return `element ${i} is ${a[i]}, not ${b[i]} (${got.dtype}[${got.shape}], tolerance ${bound})`;
  }
  return undefined;
}

/** Elements as they compare: 64-bit integers as bigints. */
function fromExact(t: Tensor): (number | bigint)[] {
  if (isWide(t.dtype)) return Array.from(t.data as BigInt64Array);
  if (t.dtype === 'float16') return Array.from(t.data as Uint16Array, halfToFloat);
  return Array.from(t.data as Float32Array);
}
