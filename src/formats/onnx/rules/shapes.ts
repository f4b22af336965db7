import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import { sizeOf } from '../../../ir/types.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

const identity: Rule = (node) => [node.input(0)];

/** At inference nothing is dropped: the mask is all ones. */
const dropout: Rule = (node, b) => {
  const x = node.input(0);
  const training = node.inputs[2] ? toNumbers(node.constant(2))[0] !== 0 : false;
  const ratio = node.inputs[1] && training ? toNumbers(node.constant(1))[0] : 0.5;
  if (training && ratio !== 0) node.refuse('is in training mode');
  if (!node.usesOutput(1)) return [x];
  const mask = fromNumbers(node.opset >= 10 ? 'bool' : x.dtype, [], [1]);
  return [x, b.op('Expand', [b.constant(mask)], { shape: x.shape })];
};

const flatten: Rule = (node, b) => {
  const { shape } = node.input(0);
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  if (axis < 0 || axis > shape.length) node.refuse(`has axis ${given} for a tensor of rank ${shape.length}`);
  return [b.reshape(node.input(0), [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])];
};

/** Axes are an attribute up to operator set 12, an input from 13 on; counted in a tensor of `rank`. */
function axesOf(node: RuleNode, rank: number): number[] | undefined {
  const given = node.opset >= 13 ? (node.inputs[1] ? node.constantInts(1) : undefined) : node.has('axes') ? node.ints('axes') : undefined;
  const axes = given?.map((a) => (a < 0 ? a + rank : a));
  if (axes?.some((a, i) => a < 0 || a >= rank || axes.indexOf(a) !== i)) node.refuse(`has axes [${given}] for a tensor of rank ${rank}`);
  return axes;
}

const squeeze: Rule = (node, b) => {
  const x = node.input(0);
  const axes = axesOf(node, x.shape.length) ?? x.shape.flatMap((d, i) => (d === 1 ? [i] : []));
  const wrong = axes.find((a) => x.shape[a] !== 1);
  if (wrong !== undefined) node.refuse(`removes axis ${wrong} of [${x.shape}], which is not of length 1`);
  return [
    b.reshape(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    ),
  ];
};

const unsqueeze: Rule = (node, b) => {
  const x = node.input(0);
  const count = node.opset >= 13 ? node.constantInts(1).length : node.ints('axes').length;
  const axes = axesOf(node, x.shape.length + count) ?? [];
  const rest = [...x.shape];
  const shape = Array.from({ length: x.shape.length + count }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number)));
  return [b.reshape(x, shape)];
};

/** Crops and pads to a size, the odd element at the end; a tensor that is both is cropped first. */
const centerCropPad: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const sizes = node.constantInts(1);
  const axes = node
    .ints(
      'axes',
      x.shape.map((_, i) => i),
    )
    .map((a) => (a < 0 ? a + rank : a));
  if (axes.length !== sizes.length || axes.some((a) => a < 0 || a >= rank) || sizes.some((s) => s < 0)) {
    node.refuse(`crops axes [${axes}] of [${x.shape}] to [${sizes}]`);
  }
  const target = [...x.shape];
  axes.forEach((a, i) => {
    target[a] = sizes[i];
  });
  const starts = x.shape.map((d, i) => Math.max(0, d - target[i]) >> 1);
  const ends = x.shape.map((d, i) => starts[i] + Math.min(d, target[i]));
  const cropped = starts.every((s, i) => s === 0 && ends[i] === x.shape[i])
    ? x
    : b.op('Slice', [x], { starts, ends, steps: starts.map(() => 1) });
  const before = x.shape.map((d, i) => Math.max(0, target[i] - d) >> 1);
  const after = x.shape.map((d, i) => Math.max(0, target[i] - d) - before[i]);
  return [[...before, ...after].some((p) => p > 0) ? b.op('Pad', [cropped], { pads: [...before, ...after] }) : cropped];
};

/** The rows where a constant condition holds. */
const compress: Rule = (node, b) => {
  const kept = Array.from(toNumbers(node.constant(1))).flatMap((c, i) => (c ? [i] : []));
  const x = node.has('axis') ? node.input(0) : b.reshape(node.input(0), [sizeOf(node.input(0).shape)]);
  const given = node.int('axis', 0);
  const axis = given < 0 ? given + x.shape.length : given;
  const indices = kept.filter((i) => i < x.shape[axis]);
  return [b.op('Gather', [x, b.constant(fromNumbers('int64', [indices.length], indices))], { axis })];
};

export const shapeRules: Record<string, Rule> = {
  Identity: identity,
  OptionalGetElement: identity,
  Dropout: dropout,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  CenterCropPad: centerCropPad,
  Compress: compress,
};
