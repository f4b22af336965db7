import { expect, it } from 'vitest';
import type { Cpu } from '../../../../src/codegen/boards/cpus.js';
import { cpuNamed } from '../../../../src/codegen/boards/cpus.js';
import { generateC } from '../../../../src/codegen/c/index.js';
import type { Graph, Node, Value } from '../../../../src/ir/graph.js';
import { f32, fromNumbers, type Tensor } from '../../../../src/ir/tensor.js';
import type { DType } from '../../../../src/ir/types.js';
import { hasCompiler } from '../../../suites/c-backend.js';
import { mulberry32 } from '../../../suites/case.js';
import { runC } from '../../../suites/quantized/run-c.js';

type Step = readonly [op: string, dtype: DType, scale: number, zeroPoint: number, attrs?: Node['attrs'], constant?: Value];

const quant = (scale: number, zeroPoint: number) => ({ scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint) });

const slope: Value = {
  name: 'slope',
  dtype: 'int8',
  shape: [8],
  data: Int8Array.of(10, -20, 30, 40, 50, 60, -70, 80),
  quant: quant(0.01, 3),
};

/** One operator after the other, each on a grid of its own. */
function chain(first: Value, steps: readonly Step[]): Graph {
  let x = first;
  const nodes = steps.map(([op, dtype, scale, zeroPoint, attrs = {}, constant], i): Node => {
    const y: Value = { name: `v${i}`, dtype, shape: first.shape, ...(scale > 0 ? { quant: quant(scale, zeroPoint) } : {}) };
    const made = { name: `n${i}`, op, inputs: constant ? [x, constant] : [x], outputs: [y], attrs };
    x = y;
    return made;
  });
  return { name: 'chain', inputs: [first], outputs: [x], nodes };
}

const shape = [5, 8];
const int8 = chain({ name: 'x', dtype: 'int8', shape, quant: quant(0.05, -3) }, [
  ['LeakyRelu', 'int8', 0.04, 7, { alpha: 0.2 }],
  ['HardSwish', 'int8', 0.03, -100],
  ['PRelu', 'int8', 0.03, -90, {}, slope],
  ['Quantize', 'int8', 0.02, -40],
  ['Tanh', 'int8', 1 / 128, 0],
  ['L2Normalization', 'int8', 1 / 128, 0, { axis: 1, epsilon: 1e-6 }],
  ['Quantize', 'int16', 1 / 30_000, 0],
  ['Abs', 'int16', 1 / 30_000, 0],
  ['Quantize', 'int8', 0.01, -128],
]);
const int16 = chain({ name: 'x', dtype: 'int16', shape, quant: quant(0.0003, 0) }, [
  ['LeakyRelu', 'int16', 0.0002, 0, { alpha: -0.4 }],
  ['Tanh', 'int16', 1 / 32768, 0],
  ['Exp', 'int16', 0.0001, 0],
  ['Rsqrt', 'int16', 0.00008, 0],
  ['Sigmoid', 'int16', 1 / 32768, 0],
  ['Quantize', 'int8', 0.004, -128],
  ['Dequantize', 'float32', 0, 0],
  ['Quantize', 'int8', 0.006, -100],
]);

const portable = cpuNamed('portable') as Cpu;

it.skipIf(!hasCompiler).each([
  ['int8', int8, 128],
  ['int16', int16, 32768],
] as const)('a chain of %s in one place gives what each step gives alone', async (dtype, graph, limit) => {
  const next = mulberry32(3);
  const x = fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: 40 }, () => Math.floor((next() * 2 - 1) * limit)),
  );
  const apart: Graph = { ...graph, outputs: graph.nodes.map((n) => n.outputs[0]) };
  const [one, every] = await runC(
    [graph, apart].map((g) => ({ graph: g, runs: [[x]] })),
    {},
  );
  if (!('runs' in one) || !('runs' in every)) throw new Error(JSON.stringify([one, every]));
  expect(one.runs[0][0]).toEqual(every.runs[0].at(-1));
  const arena = (g: Graph): number => generateC(g, { name: 'm', cpu: portable }).report.arenaBytes;
  // The widest step and the one before it, where widths change; else the steps lie on each other.
  expect(arena(graph)).toBeLessThanOrEqual(40 * 5 + 16);
  expect(arena(apart)).toBeGreaterThan(2 * arena(graph));
});

it.skipIf(!hasCompiler)('quantizes what is no number, infinite, or just below a half', async () => {
  const values = [0, 0.5, -0.5, 1.5, -1.5, 2.5, 0.499_999_97, -0.499_999_97, 126.5, 127.5, -129, 1e30, -1e30, Infinity, -Infinity, NaN];
  const x: Value = { name: 'x', dtype: 'float32', shape: [values.length] };
  const y: Value = { name: 'y', dtype: 'int8', shape: [values.length], quant: quant(1, 3) };
  const graph: Graph = {
    name: 'q',
    inputs: [x],
    outputs: [y],
    nodes: [{ name: 'n', op: 'Quantize', inputs: [x], outputs: [y], attrs: {} }],
  };
  const [outcome] = await runC([{ graph, runs: [[f32([values.length], values)]] }]);
  if (!('runs' in outcome)) throw new Error(outcome.refused);
  const [[got]] = outcome.runs as readonly (readonly Tensor[])[];
  expect([...(got.data as Int8Array)]).toEqual([3, 4, 2, 5, 1, 6, 3, 3, 127, 127, -126, 127, -128, 127, -128, 3]);
});
