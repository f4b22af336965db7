import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/ir/graph.js';
import { f32, type Tensor, toNumbers } from '../../src/ir/tensor.js';
import type { Target } from '../../src/ops/define.js';
import { completeAttrs } from '../../src/ops/define.js';
import { evaluateNode } from '../../src/ops/evaluate.js';
import { operator } from '../../src/ops/index.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';
import { interpret } from '../../src/runtime/interpreter.js';

interface Subject {
  readonly op: string;
  readonly attrs?: Record<string, number | boolean | string>;
  readonly target?: Target;
  /** Points of the (first) operand; the default goes from -10000 to 10000 through tiny numbers. */
  readonly at?: readonly number[];
  /** Points of a second operand, each against each of the first. */
  readonly by?: readonly number[];
}

const magnitudes = [1e-6, 1e-4, 0.003, 0.1, 0.4, 0.5, 0.9, 1, 1.1, 2, 3, 5, 8, 13, 21, 50, 88, 300, 1e4];
const everywhere = [0, ...magnitudes, ...magnitudes.map((x) => -x)];
const within = (limit: number): number[] => everywhere.filter((x) => Math.abs(x) <= limit);
const divisors = [-3, -0.7, 0.3, 2, 1000];

const subjects: readonly Subject[] = [
  ...['Softplus', 'Softsign', 'Mish', 'Swish', 'HardSwish', 'HardSigmoid', 'Selu', 'Asinh', 'Erf', 'Atan', 'ThresholdedRelu', 'Shrink'].map(
    (op) => ({ op }),
  ),
  { op: 'Elu', attrs: { alpha: 0.7 } },
  { op: 'Celu', attrs: { alpha: 1.5 } },
  { op: 'Selu', attrs: { alpha: -0.5, gamma: 2 } },
  { op: 'HardSigmoid', attrs: { alpha: 1 / 6, beta: 0.5 } },
  { op: 'HardSigmoid', attrs: { alpha: -0.3, beta: 0.9 } },
  { op: 'Swish', attrs: { alpha: -1.7 } },
  { op: 'ThresholdedRelu', attrs: { alpha: -2 } },
  { op: 'Shrink', attrs: { bias: 0.4, lambd: 2 } },
  { op: 'Clip', attrs: { min: -0.5, max: 2 } },
  { op: 'Clip', attrs: { max: 2 } },
  { op: 'Sinh', at: within(88) },
  { op: 'Cosh', at: within(88) },
  { op: 'Acosh', at: [1, 1.0001, 1.01, 1.5, 2, 10, 1e4, 1e10, 1e30] },
  { op: 'Asinh', at: [1e10, -1e10, 1e30, -1e30] },
  { op: 'Atanh', at: [...within(0.9), 0.999, -0.999] },
  { op: 'Asin', at: within(1) },
  { op: 'Acos', at: within(1) },
  { op: 'Tan', at: within(1.1) },
  { op: 'Reciprocal', at: everywhere.filter((x) => x !== 0) },
  { op: 'Rsqrt', at: magnitudes },
  { op: 'Square', at: everywhere },
  { op: 'Neg', at: everywhere },
  { op: 'IsNaN', at: [Number.NaN, 1, Number.POSITIVE_INFINITY], target: 'tflite' },
  { op: 'IsInf', at: [Number.NaN, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], target: 'tflite' },
  {
    op: 'IsInf',
    attrs: { detectNegative: false },
    at: [Number.NaN, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    target: 'tflite',
  },
  { op: 'Atan2', at: [...within(1), 1e-30, 1e30, -1e30], by: [...within(1), 1e-30, 1e30, -1e30], target: 'onnx' },
  { op: 'Mod', attrs: { fmod: true }, at: everywhere, by: divisors, target: 'tflite' },
  { op: 'Mod', at: everywhere, by: divisors, target: 'onnx' },
  { op: 'FloorDiv', at: everywhere, by: divisors, target: 'onnx' },
  { op: 'SquaredDifference', at: everywhere, by: divisors, target: 'onnx' },
  { op: 'NotEqual', at: [1, Number.NaN], by: [1, 2, Number.NaN], target: 'onnx' },
];

/** The record's own answer and that of its decomposition (and of what that is decomposed into), both in float32. */
function both({ op, attrs: given = {}, target = 'tflite', at = everywhere, by }: Subject): {
  own: ArrayLike<number>;
  made: ArrayLike<number>;
} {
  const record = operator(op);
  const attrs = completeAttrs(record, given);
  const tensors: Tensor[] = [f32([at.length, 1], at), ...(by ? [f32([by.length], by)] : [])];
  const b = new GraphBuilder();
  const inputs = tensors.map((t, i) => b.input(`x${i}`, t));
  const types = record.infer(inputs, attrs);
  const outputs = record.decompose?.(b, inputs, attrs, types, target) as Value[];
  expect(outputs, 'is decomposed').toBeTruthy();
  const [made] = interpret(b.finish(op, outputs), tensors).outputs;
  const [own] = evaluateNode(op, tensors, attrs, types);
  expect([made.dtype, made.shape]).toEqual([own.dtype, own.shape]);
  return { own: toNumbers(own), made: toNumbers(made) };
}

const title = (s: Subject): string =>
  [
    s.op,
    ...Object.entries(s.attrs ?? {}).map(([k, v]) => `${k} ${typeof v === 'number' ? Number(v.toFixed(3)) : v}`),
    s.at ? 'in its domain' : '',
  ]
    .join(' ')
    .trim();

describe('decompositions agree with the operator to 1e-6, near 0 and far out', () => {
  it.each(subjects.map((s) => [title(s), s] as const))('%s', (_, s) => {
    const { own, made } = both(s);
    for (let i = 0; i < own.length; i++) {
      if (Object.is(own[i], made[i]) || own[i] === made[i]) continue;
      expect(Math.abs(own[i] - made[i]), `element ${i}: ${made[i]} for ${own[i]}`).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(own[i])),
      );
    }
  });

  it.each(['Sinh', 'Asinh', 'Atanh', 'Erf', 'Atan', 'Asin', 'Tan', 'Softsign'])('%s keeps its relative accuracy close to 0', (op) => {
    const { own, made } = both({ op, at: [1e-6, -1e-6, 1e-4, -1e-4, 3e-3] });
    for (let i = 0; i < own.length; i++) expect(made[i] / own[i]).toBeCloseTo(1, 5);
  });
});

describe('decompositions that would not be exact', () => {
  it.each([
    ['Celu', { alpha: -1 }],
    ['Elu', { alpha: 1 }],
    ['Pow', {}],
    ['Sqrt', {}],
    ['Round', {}],
  ] as const)('are not offered for float32 %s %o', (op, given) => {
    const b = new GraphBuilder();
    const record = operator(op);
    const inputs = record.inputs.map((name) => b.input(name, { dtype: 'float32', shape: [2] }));
    const attrs = completeAttrs(record, given);
    expect(record.decompose?.(b, inputs, attrs, record.infer(inputs, attrs), 'tflite')).toBeNull();
  });

  it('are not offered for quantized operands', () => {
    const b = new GraphBuilder();
    const quant = { scale: Float32Array.of(0.1), zeroPoint: Int32Array.of(0) };
    const x: Value = { ...b.input('x', { dtype: 'int8', shape: [2] }), quant };
    const types = [{ dtype: 'int8', shape: [2] } as const];
    expect(operator('Softplus').decompose?.(b, [x], {}, types, 'tflite')).toBeNull();
  });
});
