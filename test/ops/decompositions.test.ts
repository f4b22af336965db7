import { describe, expect, it } from 'vitest';
import { verify } from '../../src/ir/verify.js';
import { decompose } from '../../src/ops/decompose.js';
import type { Target } from '../../src/ops/define.js';
import { inferNode } from '../../src/ops/evaluate.js';
import { operators } from '../../src/ops/index.js';
import { interpret } from '../../src/runtime/interpreter.js';
import { caseGraph, difference, loadCases, makeTensor } from '../suites/case.js';

/** More questions than this about one case and it never ends. */
const patience = 5000;

const cases = loadCases();
/** The element-wise operators have a test of their own. */
const taken = operators.filter((op) => op.decompose && (op.layout !== 'elementwise' || op.name === 'PRelu')).map((op) => op.name);

describe.each<Target>(['tflite', 'onnx'])('taken apart as far as it goes for %s', (target) => {
  it.each(taken)('%s comes to an end and means the same', (name) => {
    for (const c of cases.filter((each) => each.operator === name && !each.outputs)) {
      const { graph, inputs } = caseGraph(c);
      let asked = 0;
      decompose(graph, target, () => {
        if (++asked > patience) throw new Error(`${c.name} does not come to an end: ${graph.nodes.length} nodes`);
        return false;
      });
      verify(graph, inferNode, `taking ${name} apart`);
      const wanted = c.expect?.map(makeTensor);
      if (!wanted) continue;
      interpret(graph, inputs).outputs.forEach((y, i) => {
        expect(difference(y, wanted[i], Math.max(c.tolerance ?? 0, y.dtype === 'float16' ? 4e-3 : 2e-5)), c.name).toBeUndefined();
      });
    }
  });
});
