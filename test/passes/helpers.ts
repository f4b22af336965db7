import { expect } from 'vitest';
import { cloneGraph } from '../../src/ir/clone.js';
import type { Graph, Value } from '../../src/ir/graph.js';
import { f32, type Tensor, toNumbers } from '../../src/ir/tensor.js';
import { type Shape, sizeOf } from '../../src/ir/types.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';
import { optimize } from '../../src/passes/pipeline.js';
import { interpret } from '../../src/runtime/interpreter.js';

/** Numbers that are different everywhere and of both signs. */
export const wave = (shape: Shape, phase = 0): Tensor =>
  f32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 1.37 + phase)),
  );

/** Builds a graph with one input per shape. */
export function graphOf(shapes: readonly Shape[], build: (b: GraphBuilder, inputs: Value[]) => Value[]): Graph {
  const b = new GraphBuilder();
  const inputs = shapes.map((shape, i) => b.input(`x${i}`, { dtype: 'float32', shape }));
  return b.finish('test', build(b, inputs));
}

/** Optimizes a copy, checks that it computes the same on the interpreter, and returns it. */
export function optimizeAndCompare(graph: Graph, tolerance = 1e-5): Graph {
  const after = cloneGraph(graph);
  optimize(after);
  const inputs = graph.inputs.map((v, i) => wave(v.shape, i));
  const want = interpret(graph, inputs).outputs;
  const got = interpret(after, inputs).outputs;
  expect(after.outputs.map((v) => v.name)).toEqual(graph.outputs.map((v) => v.name));
  want.forEach((w, i) => {
    expect(got[i].shape).toEqual(w.shape);
    const a = toNumbers(w);
    const b = toNumbers(got[i]);
    const largest = Array.from(a).reduce((m, x) => Math.max(m, Math.abs(x)), 1e-6);
    for (let k = 0; k < a.length; k++) expect(Math.abs(a[k] - b[k]) / largest).toBeLessThan(tolerance);
  });
  return after;
}

/** How often each operator occurs. */
export const operators = (graph: Graph): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const n of graph.nodes) out[n.op] = (out[n.op] ?? 0) + 1;
  return out;
};
