import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import { reducedShape } from '../../../../ops/families/reduce.js';
import { type Call, float, input, output, type Rule, struct } from '../../program.js';
import { collapse } from './axes.js';
import { needFloats } from './operands.js';

/** Operators by their C functions, `edgeml_…_f32` of kernels/reduce_f32.h. */
const functions: Readonly<Record<string, string>> = {
  ...{ ReduceSum: 'reduce_sum', ReduceMean: 'reduce_mean', ReduceProd: 'reduce_prod', ReduceMax: 'reduce_max', ReduceMin: 'reduce_min' },
  ...{ ReduceL1: 'reduce_l1', ReduceL2: 'reduce_l2', ReduceSumSquare: 'reduce_sum_square', ReduceLogSum: 'reduce_log_sum' },
};

function reduction(node: Node): Call[] {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(x);
  const axes = node.attrs.axes as readonly number[];
  const strides = stridesOf(reducedShape(x.shape, { axes, keepDims: true }));
  const walk = collapse({ lengths: [...x.shape], steps: x.shape.map((_, i) => [axes.includes(i) ? 0 : strides[i]]) });
  const params = struct('edgeml_reduce_f32', {
    in_size: sizeOf(x.shape),
    out_size: sizeOf(y.shape),
    row: walk.row,
    folds_row: walk.row > 1 && walk.rowSteps[0] === 0 ? 1 : 0,
    rank: walk.lengths.length,
    length: walk.lengths,
    step: walk.steps.map((s) => s[0]),
    count: float(sizeOf(axes.map((a) => x.shape[a]))),
  });
  return [{ kernel: 'reduce_f32', function: `edgeml_${functions[node.op]}_f32`, args: [input(x), output(y), params] }];
}

export const floatReductionRules: readonly Rule[] = [{ ops: Object.keys(functions), types: ['float32'], lower: reduction }];
