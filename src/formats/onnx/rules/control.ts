import type { Value } from '../../../ir/graph.js';
import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** A loop that runs longer than this is not written out. */
const maxIterations = 1024;

/** The branch that a constant condition chooses stands in place of the node. */
const ifRule: Rule = (node) => {
  const condition = toNumbers(node.constantOf(node.input(0), 'its condition'));
  if (condition.length !== 1) node.refuse(`has a condition of ${condition.length} elements`);
  return node.runBody(condition[0] !== 0 ? 'then_branch' : 'else_branch');
};

const along = (b: RuleBuilder, x: Value, axis: number, i: number): Value => {
  const starts = x.shape.map((_, k) => (k === axis ? i : 0));
  const ends = x.shape.map((d, k) => (k === axis ? i + 1 : d));
  const one = b.op('Slice', [x], { starts, ends, steps: starts.map(() => 1) });
  return b.reshape(
    one,
    x.shape.filter((_, k) => k !== axis),
  );
};

/** The results of every iteration stacked along a new axis. */
function stack(node: RuleNode, b: RuleBuilder, parts: readonly Value[], axis: number): Value {
  if (parts.length === 0) return node.refuse('runs no iteration, so that the shape of what it collects is not known');
  const rank = parts[0].shape.length + 1;
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) node.refuse(`stacks along axis ${axis} what has rank ${rank - 1}`);
  const unsqueezed = parts.map((p) => b.reshape(p, [...p.shape.slice(0, at), 1, ...p.shape.slice(at)]));
  return unsqueezed.length === 1 ? unsqueezed[0] : b.op('Concat', unsqueezed, { axis: at });
}

/** A loop whose trip count and condition are known is written out, iteration by iteration. */
const loop: Rule = (node, b) => {
  const trips = node.inputs[0] ? toNumbers(node.constantOf(node.input(0), 'its trip count'))[0] : Infinity;
  let goesOn = node.inputs[1] ? toNumbers(node.constantOf(node.input(1), 'its condition'))[0] !== 0 : true;
  let carried = node.inputs.slice(2).map((_, i) => node.input(i + 2));
  const collected: Value[][] = Array.from({ length: node.graph('body').output.length - 1 - carried.length }, () => []);
  for (let i = 0; i < trips && goesOn; i++) {
    if (i >= maxIterations) node.refuse(`runs more than ${maxIterations} iterations`);
    const counter = b.constant(fromNumbers('int64', [], [i]));
    const [condition, ...results] = node.runBody('body', [counter, b.scalar(1, 'bool'), ...carried], `iteration ${i}`);
    goesOn = toNumbers(node.constantOf(condition, 'the condition of its body'))[0] !== 0;
    carried = results.splice(0, carried.length);
    results.forEach((v, k) => {
      collected[k].push(v);
    });
  }
  return [...carried, ...collected.map((parts) => stack(node, b, parts, 0))];
};

/** A scan goes over an axis of its inputs, whose length is known. */
const scan: Rule = (node, b) => {
  if (node.opset < 9) node.refuse('is of operator set 8, where it works on batches');
  const scanned = node.int('num_scan_inputs');
  const states = node.inputs.length - scanned;
  if (scanned < 1 || states < 0) node.refuse(`scans ${scanned} of ${node.inputs.length} inputs`);
  const none = new Array<number>(scanned).fill(0);
  const axes = node.ints('scan_input_axes', none).map((a, i) => (a < 0 ? a + node.input(states + i).shape.length : a));
  const length = node.input(states).shape[axes[0]];
  if (axes.some((a, i) => node.input(states + i).shape[a] !== length)) node.refuse('scans inputs of different lengths');
  if (length > maxIterations) node.refuse(`runs more than ${maxIterations} iterations`);
  const backwards = node.ints('scan_input_directions', none);
  let carried = node.inputs.slice(0, states).map((_, i) => node.input(i));
  const collected: Value[][] = Array.from({ length: node.graph('body').output.length - states }, () => []);
  for (let i = 0; i < length; i++) {
    const elements = axes.map((a, k) => along(b, node.input(states + k), a, backwards[k] ? length - 1 - i : i));
    const results = node.runBody('body', [...carried, ...elements], `iteration ${i}`);
    carried = results.splice(0, states);
    results.forEach((v, k) => {
      collected[k].push(v);
    });
  }
  const zeros = new Array<number>(collected.length).fill(0);
  const outAxes = node.ints('scan_output_axes', zeros);
  const outBackwards = node.ints('scan_output_directions', zeros);
  return [...carried, ...collected.map((parts, k) => stack(node, b, outBackwards[k] ? parts.reverse() : parts, outAxes[k]))];
};

export const controlRules: Record<string, Rule> = { If: ifRule, Loop: loop, Scan: scan };
