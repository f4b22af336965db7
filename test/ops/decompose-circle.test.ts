import { expect, it } from 'vitest';
import { decompose } from '../../src/ops/decompose.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';

it('ends where a decomposition makes its own operator again and the format refuses it', () => {
  const b = new GraphBuilder();
  const x = b.input('x', { dtype: 'float64', shape: [2] });
  const graph = b.finish('circle', [b.op('IsInf', [x], {})]);
  decompose(graph, 'onnx', (node) => node.op !== 'IsInf');
  expect(graph.nodes.filter((n) => n.op === 'IsInf').length).toBe(1);
});
