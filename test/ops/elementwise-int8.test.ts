import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../src/formats/tflite/write.js';
import type { Graph, QuantParams, Value } from '../../src/ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../../src/ir/tensor.js';
import type { DType } from '../../src/ir/types.js';
import { completeAttrs } from '../../src/ops/define.js';
import { evaluateNode } from '../../src/ops/evaluate.js';
import { operator, operators } from '../../src/ops/index.js';
import { type ActivationType, activationParams, perTensor, representable } from '../../src/quantize/params.js';
import { litert } from '../../src/runtime/litert.js';
import { mulberry32 } from '../suites/case.js';

/** Operands that the operator makes sense for. */
interface Subject {
  readonly op: string;
  readonly attrs?: Record<string, number | boolean | string>;
  /** Bounds of each float operand. */
  readonly of: readonly (readonly [number, number])[];
  /** Steps of the result's grid that an int16 kernel may be off: those that interpolate in a table of 512 are coarse. */
  readonly int16Steps?: number;
}

const [one, two]: (readonly [number, number])[] = [
  [-4, 3],
  [-1, 6],
];

const subjects: readonly Subject[] = [
  ...['Add', 'Sub', 'Mul', 'Maximum', 'Minimum', 'SquaredDifference', 'Where'].map((op) => ({ op, of: [one, two] })),
  ...['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'].map((op) => ({ op, of: [one, two] })),
  ...['Relu', 'Elu', 'Gelu', 'HardSwish', 'Abs', 'LeakyRelu'].map((op) => ({ op, of: [one] })),
  ...['Sigmoid', 'Tanh'].map((op) => ({ op, of: [one], int16Steps: 3 })),
  { op: 'Add', attrs: { activation: 'relu6' }, of: [one, two] },
  { op: 'Mul', attrs: { activation: 'relu' }, of: [one, two] },
  { op: 'Clip', attrs: { min: 0, max: 6 }, of: [[-4, 9]] },
  { op: 'Clip', attrs: { min: 0 }, of: [one] },
  { op: 'LeakyRelu', attrs: { alpha: 1.5 }, of: [one] },
  { op: 'Gelu', attrs: { approximate: true }, of: [one] },
  { op: 'PRelu', of: [one, [0.1, 0.4]] },
  { op: 'Exp', of: [[-3, 2]], int16Steps: 200 },
  { op: 'Log', of: [[0.5, 8]], int16Steps: 200 },
  { op: 'Rsqrt', of: [[0.5, 8]], int16Steps: 200 },
];

const shape = [1, 512];

/** Uniform between the bounds, which both occur. */
function draw(next: () => number, [min, max]: readonly [number, number]): Float32Array {
  const x = Float32Array.from({ length: shape[1] }, () => min + (max - min) * next());
  x.set([min, max]);
  return x;
}

const rangeOf = (x: Iterable<number>): { min: number; max: number } => ({ min: Math.min(...x), max: Math.max(...x) });

function toIntegers(x: Float32Array, { scale, zeroPoint }: QuantParams, dtype: ActivationType): Tensor {
  const top = dtype === 'int8' ? 127 : 32767;
  return fromNumbers(
    dtype,
    shape,
    Array.from(x, (v) => Math.max(-top - 1, Math.min(top, Math.round(v / scale[0]) + zeroPoint[0]))),
  );
}

const toReals = (t: Tensor, { scale, zeroPoint }: QuantParams): Float32Array =>
  Float32Array.from(toNumbers(t), (q) => scale[0] * (q - zeroPoint[0]));

/** How far LiteRT's integer kernel is from the record's meaning at the same points, in steps of the result's grid. */
async function stepsOff({ op, attrs: given = {}, of }: Subject, dtype: ActivationType): Promise<number> {
  const record = operator(op);
  const rule = record.quantize;
  if (!rule) throw new Error(`${op} has no quantize rule`);
  const next = mulberry32(11);
  const drawn = of.map((bounds) => draw(next, bounds));
  const common = rule.kind === 'inputs-like-output' ? activationParams(rangeOf(drawn.flatMap((x) => [...x])), dtype) : undefined;
  const quants = drawn.map((x) => common ?? activationParams(rangeOf(x), dtype));
  const integers = drawn.map((x, i) => toIntegers(x, quants[i], dtype));
  const floats = integers.map((t, i): Tensor => ({ dtype: 'float32', shape, data: toReals(t, quants[i]) }));
  const condition =
    op === 'Where'
      ? [
          fromNumbers(
            'bool',
            shape,
            Array.from({ length: shape[1] }, () => Math.round(next())),
          ),
        ]
      : [];
  const attrs = completeAttrs(record, given);
  const [{ dtype: type }] = record.infer([...condition, ...floats], attrs);
  const [wanted] = evaluateNode(op, [...condition, ...floats], attrs, [{ dtype: type, shape }]);
  const numbers = toNumbers(wanted);
  const fixed = rule.kind === 'fixed' && (dtype === 'int8' ? perTensor(rule.int8.scale, rule.int8.zeroPoint) : perTensor(1 / 32768, 0));
  const quant = fixed || common || activationParams(rangeOf(numbers), dtype);
  const value = (name: string, dtype: DType, quant?: QuantParams): Value => ({ name, dtype, shape, ...(quant ? { quant } : {}) });
  const inputs = [...condition.map(() => value('c', 'bool')), ...quants.map((q, i) => value(`x${i}`, dtype, q))];
  const outputs = [type === 'bool' ? value('y', type) : value('y', dtype, quant)];
  const graph: Graph = { name: op, inputs, outputs, nodes: [{ name: op, op, inputs, outputs, attrs }] };
  const session = await litert.load(writeTflite(graph));
  const [got] = await session.run([...condition, ...integers]);
  await session.close();
  if (type === 'bool') return numbers.every((v, i) => v === got.data[i]) ? 0 : Number.POSITIVE_INFINITY;
  const { min, max } = representable(quant, dtype);
  return Math.max(...toReals(got, quant).map((v, i) => Math.abs(v - Math.min(max, Math.max(min, numbers[i]))) / quant.scale[0]));
}

const title = (s: Subject): string => [s.op, ...Object.values(s.attrs ?? {})].join(' ');

describe('operators that claim an integer kernel have one in LiteRT', () => {
  it.each(subjects.map((s) => [title(s), s] as const))('int8: %s', async (_, s) => {
    expect(await stepsOff(s, 'int8')).toBeLessThanOrEqual(1.6);
  });

  const wide = subjects.filter((s) => operator(s.op).quantize?.int16);
  it.each(wide.map((s) => [title(s), s] as const))('int16: %s', async (_, s) => {
    expect(await stepsOff(s, 'int16')).toBeLessThanOrEqual(s.int16Steps ?? 2);
  });

  it('is asked of every element-wise operator with a quantize rule', () => {
    const claiming = operators.filter((op) => op.layout === 'elementwise' && op.quantize).map((op) => op.name);
    expect([...new Set(subjects.map((s) => s.op))].sort()).toEqual(claiming.sort());
  });
});
