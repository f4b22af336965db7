import { describe, expect, it } from 'vitest';
import type { Node, QuantParams, Value } from '../../src/ir/graph.js';
import { f32, fromNumbers } from '../../src/ir/tensor.js';
import type { DType, Shape } from '../../src/ir/types.js';
import { completeAttrs } from '../../src/ops/define.js';
import { evaluateNode } from '../../src/ops/evaluate.js';
import { bigPower, erf, erfc, floorMod, integerPower, power, roundHalfEven, softplus } from '../../src/ops/families/elementwise-math.js';
import { rowsOf } from '../../src/ops/families/elementwise-rows.js';
import { operator } from '../../src/ops/index.js';
import type { OnnxNode } from '../../src/ops/mappings.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';

describe('rows of a broadcast', () => {
  const starts = (shape: Shape, ...operands: Shape[]): [number, number[], number[][]] => {
    const rows = rowsOf(shape, operands);
    const seen: number[][] = [];
    rows.each((at, to) => seen.push([...at, to]));
    return [rows.length, [...rows.steps], seen];
  };

  it('makes one row of operands of one shape, and of a scalar beside anything', () => {
    expect(starts([2, 3, 4], [2, 3, 4], [2, 3, 4])).toEqual([24, [1, 1], [[0, 0, 0]]]);
    expect(starts([2, 3], [2, 3], [])).toEqual([6, [1, 0], [[0, 0, 0]]]);
    expect(starts([1, 1], [1, 1], [1])).toEqual([1, [0, 0], [[0, 0, 0]]]);
  });

  it('repeats a row, and takes what lies outside of it together', () => {
    expect(starts([2, 2, 3], [2, 2, 3], [3])).toEqual([3, [1, 1], [0, 3, 6, 9].map((at) => [at, 0, at])]);
  });

  it('steps over a column with the operand standing still', () => {
    expect(starts([3, 4], [3, 1], [1, 4])).toEqual([4, [0, 1], [0, 1, 2].map((i) => [i, 0, 4 * i])]);
  });

  it('visits nothing of an empty result', () => {
    expect(starts([0, 3], [0, 3], [3])[2]).toEqual([]);
  });
});

describe('scalar functions', () => {
  it('round ties to even and keep the sign of zero', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2 ** 52 + 1].map(roundHalfEven)).toEqual([0, 2, 2, -0, -2, 0, 2 ** 52 + 1]);
    expect(roundHalfEven(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });

  // Abramowitz & Stegun, table 7.1, and erfc(5) from their 7.1.23.
  it('know the error function', () => {
    expect(erf(0.5)).toBeCloseTo(0.5204998778, 10);
    expect(erf(1.9)).toBeCloseTo(0.9927904292, 10);
    expect(erf(-2)).toBeCloseTo(-0.995322265, 10);
    expect(erfc(5) / 1.5374597944280349e-12).toBeCloseTo(1, 9);
    expect([erf(Number.POSITIVE_INFINITY), erfc(Number.NEGATIVE_INFINITY), erf(Number.NaN)]).toEqual([1, 2, Number.NaN]);
  });

  it('do not overflow in softplus', () => {
    expect([softplus(1000), softplus(-1000)]).toEqual([1000, 0]);
  });

  it("follow C's pow and Python's %", () => {
    expect([power(1, Number.NaN), power(-1, Number.POSITIVE_INFINITY), power(2, -2)]).toEqual([1, 1, 0.25]);
    expect([floorMod(-7, 3), floorMod(7, -3), floorMod(6, -3)]).toEqual([2, -2, 0]);
    expect([integerPower(-3, 3), integerPower(3, 40), integerPower(2, -1), integerPower(-1, -3)]).toEqual([-27, 689956897, 0, -1]);
    expect(bigPower(3n, 40n)).toBe(12157665459056928801n);
  });
});

describe('types', () => {
  const build = (op: string, attrs: Record<string, never>, ...types: [DType, Shape][]) => {
    const b = new GraphBuilder();
    return () =>
      b.op(
        op,
        types.map(([dtype, shape], i) => b.input(`x${i}`, { dtype, shape })),
        attrs,
        { name: 'n' },
      );
  };

  it('are refused in a sentence that names node and operands', () => {
    expect(build('Add', {}, ['float32', [2]], ['int32', [2]])).toThrow(
      "Node 'n' (Add) with inputs float32[2], int32[2]: its operands are float32 and int32; they must have one type.",
    );
    expect(build('Sigmoid', {}, ['int8', [2]])).toThrow('it takes floats, not int8.');
    expect(build('BitwiseNot', {}, ['float32', [2]])).toThrow('it takes integers, not float32.');
    expect(build('And', {}, ['int8', [2]], ['int8', [2]])).toThrow('it takes booleans, not int8.');
    expect(build('Neg', {}, ['uint8', [2]])).toThrow('it takes signed numbers, not uint8.');
    expect(build('Mul', {}, ['float32', [2, 3]], ['float32', [2]])).toThrow('shapes [2,3] and [2] do not broadcast.');
    expect(build('Where', {}, ['int8', [2]], ['float32', [2]], ['float32', [2]])).toThrow('its condition is int8, not bool.');
    expect(build('Cast', {}, ['float32', [2]])).toThrow("Cast needs its attribute 'to'");
    expect(build('Cast', { to: 'bfloat16' as never }, ['float32', [2]])).toThrow("Cast attribute 'to' is 'bfloat16', not one of");
  });

  it('take empty tensors', () => {
    const out = evaluateNode('Add', [f32([0, 3], []), f32([3], [1, 2, 3])], { activation: 'none' }, [{ dtype: 'float32', shape: [0, 3] }]);
    expect(out[0].data.length).toBe(0);
  });
});

describe('quantization nodes', () => {
  it('say what is missing where the caller passes bare tensors', () => {
    const type = { dtype: 'float32', shape: [1] } as const;
    expect(() => evaluateNode('Dequantize', [fromNumbers('int8', [1], [3])], {}, [type])).toThrow(
      /input .* without its quantization parameters/,
    );
  });
});

/** The TFLite operator version of a node with these operands (tensorflow/lite/tools/versioning/op_version.cc). */
function version(op: string, dtype: DType, shapes: Shape[] = [[4], [4]], scales?: number[], attrs = {}): number | undefined {
  const record = operator(op);
  const quant = (i: number): { quant?: QuantParams } =>
    scales ? { quant: { scale: Float32Array.of(scales[i]), zeroPoint: Int32Array.of(0) } } : {};
  const inputs = record.inputs.map((name, i): Value => ({ name, dtype, shape: shapes[i], ...quant(i) }));
  const outputs: Value[] = [{ name: 'y', dtype, shape: shapes[0], ...quant(2) }];
  const node: Node = { name: op, op, inputs, outputs, attrs: completeAttrs(record, attrs) };
  return record.tflite?.version?.(node.attrs, node);
}

describe('TFLite operator versions', () => {
  it('are the lowest that describe the use', () => {
    expect((['float32', 'int8', 'int16', 'int64'] as const).map((t) => version('Add', t))).toEqual([1, 2, 3, 4]);
    expect((['float32', 'int8', 'int16', 'int64'] as const).map((t) => version('Sub', t))).toEqual([1, 2, 5, 4]);
    expect(version('Sub', 'float32', [[1, 2, 3, 4, 5], [5]])).toBe(3);
    expect(version('Div', 'float32', [[1, 2, 3, 4, 5], [5]])).toBe(2);
    expect(version('Mul', 'int8', undefined, [0.5, 0.5, 1])).toBe(2);
    expect(version('Mul', 'int8', undefined, [2, 0.5, 1])).toBe(3);
    expect((['float32', 'int8', 'int16'] as const).map((t) => version('Maximum', t))).toEqual([1, 2, 4]);
    expect((['float32', 'int8'] as const).map((t) => [version('Elu', t), version('HardSwish', t), version('LeakyRelu', t)])).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect((['float32', 'int8', 'int16'] as const).map((t) => version('Clip', t, undefined, undefined, { min: 0, max: 6 }))).toEqual([
      1, 2, 3,
    ]);
    expect(version('Clip', 'int8', undefined, undefined, { min: -1, max: 1 })).toBe(1);
    expect(version('Cast', 'float32', undefined, undefined, { to: 'int8' })).toBe(3);
    expect(version('Cast', 'float16', undefined, undefined, { to: 'float32' })).toBe(5);
  });
});

describe('ONNX parameters that moved between operator sets', () => {
  const node = (opset: number, attributes: Record<string, number>, constants: (number | null)[]): OnnxNode => {
    const x: Value = { name: 'x', dtype: 'float32', shape: [2] };
    const given = constants.map((c, i): Value | null => (c === null ? null : { name: `c${i}`, ...f32([], [c]) }));
    return {
      opset,
      inputs: [x, ...given],
      input: () => x,
      float: (name: string, fallback: number) => attributes[name] ?? fallback,
      constant: (i: number) => given[i - 1],
    } as unknown as OnnxNode;
  };
  const read = operator('Clip').onnx?.read as (n: OnnxNode) => { attrs: object };

  it('finds the bounds of Clip in attributes up to 10 and in inputs from 11', () => {
    expect(read(node(6, { min: -1, max: 2 }, [])).attrs).toEqual({ min: -1, max: 2 });
    expect(read(node(10, { max: 2 }, [])).attrs).toEqual({ min: Number.NEGATIVE_INFINITY, max: 2 });
    expect(read(node(13, {}, [null, 4])).attrs).toEqual({ min: Number.NEGATIVE_INFINITY, max: 4 });
    expect(read(node(11, {}, [0.5])).attrs).toEqual({ min: 0.5, max: Number.POSITIVE_INFINITY });
  });
});
