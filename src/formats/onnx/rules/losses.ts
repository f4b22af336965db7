import type { Value } from '../../../ir/graph.js';
import { fromNumbers } from '../../../ir/tensor.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** -x[n, target, ...] * weight[target], then summed or averaged; x [N,C,...], target [N,...]. */
function negativeLogLikelihood(node: RuleNode, b: RuleBuilder, x: Value, target: Value, weight: Value | null): Value {
  const rank = x.shape.length;
  const reduction = node.string('reduction', 'mean');
  if (reduction !== 'none' && reduction !== 'sum' && reduction !== 'mean') node.refuse(`has the reduction '${reduction}'`);
  if (rank < 2 || target.shape.length !== rank - 1) node.refuse(`has targets of shape [${target.shape}] for scores of shape [${x.shape}]`);
  const along = [1, x.shape[1], ...new Array<number>(rank - 2).fill(1)];
  const classes = b.constant(
    fromNumbers(
      target.dtype,
      along,
      Float64Array.from({ length: x.shape[1] }, (_, i) => i),
    ),
  );
  const targets = b.reshape(target, [target.shape[0], 1, ...target.shape.slice(1)]);
  const hit = b.op('Equal', [targets, classes]);
  // Where, not a product: the log of a probability of 0 is -Infinity, and 0 times that is no number.
  const score = b.op('Where', [hit, x, b.scalar(0, x.dtype)]);
  let chosen = b.op('Cast', [hit], { to: x.dtype });
  if (weight) chosen = b.op('Mul', [chosen, b.reshape(weight, along)]);
  if (node.has('ignore_index')) {
    const counted = b.op('NotEqual', [targets, b.scalar(node.int('ignore_index'), target.dtype)]);
    chosen = b.op('Mul', [chosen, b.op('Cast', [counted], { to: x.dtype })]);
  }
  const loss = b.op('Neg', [b.op('ReduceSum', [b.op('Mul', [score, chosen])], { axes: [1], keepDims: false })]);
  if (reduction === 'none') return loss;
  const all = (v: Value) => v.shape.map((_, i) => i);
  if (reduction === 'mean' && !weight && !node.has('ignore_index')) return b.op('ReduceMean', [loss], { axes: all(loss), keepDims: false });
  const sum = b.op('ReduceSum', [loss], { axes: all(loss), keepDims: false });
  return reduction === 'sum' ? sum : b.op('Div', [sum, b.op('ReduceSum', [chosen], { axes: all(chosen), keepDims: false })]);
}

const nllLoss: Rule = (node, b) => [negativeLogLikelihood(node, b, node.input(0), node.input(1), node.inputs[2] ?? null)];

const softmaxCrossEntropy: Rule = (node, b) => {
  const logProbabilities = b.op('LogSoftmax', [node.input(0)], { axis: 1 });
  return [negativeLogLikelihood(node, b, logProbabilities, node.input(1), node.inputs[2] ?? null), logProbabilities];
};

export const lossRules: Record<string, Rule> = { NegativeLogLikelihoodLoss: nllLoss, SoftmaxCrossEntropyLoss: softmaxCrossEntropy };
