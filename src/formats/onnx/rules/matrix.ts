import { isConstant, type Value } from '../../../ir/graph.js';
import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import { isFloat, sizeOf } from '../../../ir/types.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** numpy's matmul of a and b, of any rank from 1 on; weights of rank 2 make it a FullyConnected. */
export function matmul(b: RuleBuilder, left: Value, right: Value): Value {
  if (isDense(right, left)) return b.op('FullyConnected', [left, transposed(b, right)]);
  const x = left.shape.length === 1 ? b.reshape(left, [1, left.shape[0]]) : left;
  const y = right.shape.length === 1 ? b.reshape(right, [right.shape[0], 1]) : right;
  const z = b.op('MatMul', [x, y]);
  const shape = [...z.shape];
  if (right.shape.length === 1) shape.pop();
  if (left.shape.length === 1) shape.splice(right.shape.length === 1 ? shape.length - 1 : shape.length - 2, 1);
  return b.reshape(z, shape);
}

const isDense = (w: Value, x: Value): boolean => isConstant(w) && w.shape.length === 2 && isFloat(w.dtype) && x.shape.length >= 1;

/** Weights [I,O] as [O,I], under their own name. */
const transposed = (b: RuleBuilder, w: Value): Value => b.op('Transpose', [w], { perm: [1, 0] }, { outputs: [w.name] });

const scaled = (b: RuleBuilder, v: Value, factor: number): Value => (factor === 1 ? v : b.op('Mul', [v, b.scalar(factor, v.dtype)]));

/** alpha * A' * B' + beta * C */
const gemm: Rule = (node, b) => {
  const x = node.input(0);
  const w = node.weight(1) ?? node.input(1);
  const c = node.weight(2);
  if (x.shape.length !== 2 || w.shape.length !== 2) node.refuse(`multiplies tensors of shape [${x.shape}] and [${w.shape}], not matrices`);
  const alpha = node.float('alpha', 1);
  const beta = node.float('beta', 1);
  const transA = node.int('transA', 0) !== 0;
  const transB = node.int('transB', 0) !== 0;
  if (!isDense(w, x)) {
    const product = scaled(b, b.op('MatMul', [x, w], { transposeA: transA, transposeB: transB }), alpha);
    return [c && beta !== 0 ? b.op('Add', [product, scaled(b, c, beta)]) : product];
  }
  const rows = transA ? b.transpose(x, [1, 0]) : x;
  const units = scaled(b, transB ? w : transposed(b, w), alpha);
  const bias = c && beta !== 0 ? scaled(b, c, beta) : null;
  const folded = bias && perUnit(b, bias, units.shape[0]);
  const y = b.op('FullyConnected', [rows, units, folded]);
  return [bias && !folded ? b.op('Add', [y, bias]) : y];
};

/** A constant that broadcasts along the rows as a bias [O]; null where it differs from row to row or is not constant. */
function perUnit(b: RuleBuilder, c: Value, units: number): Value | null {
  if (!isConstant(c) || (c.shape.length === 2 && c.shape[0] !== 1)) return null;
  const size = sizeOf(c.shape);
  if (size === units) return c.shape.length === 1 ? c : b.op('Reshape', [c], { shape: [units] }, { outputs: [c.name] });
  if (size !== 1) return null;
  const [value] = toNumbers(c as Parameters<typeof toNumbers>[0]);
  return b.constant(fromNumbers(c.dtype, [units], new Float64Array(units).fill(value)), c.name);
}

const matMul: Rule = (node, b) => {
  const [x, w] = [node.input(0), node.weight(1) ?? node.input(1)];
  if (x.shape.length === 0 || w.shape.length === 0) node.refuse('multiplies scalars');
  return [matmul(b, x, w)];
};

/** One operand of an einsum: a value and a label for each of its axes. */
interface Term {
  readonly value: Value;
  readonly labels: readonly string[];
}

/** Sums of products by index notation, from left to right: each pair as one matrix product. */
const einsum: Rule = (node, b) => {
  const equation = node.string('equation').replace(/\s/g, '');
  const [left, right] = equation.split('->');
  const terms = left
    .split(',')
    .map((text, i): Term => diagonals(node, b, { value: node.input(i), labels: labelsOf(node, text, node.input(i).shape.length) }));
  if (terms.length !== node.inputs.length) node.refuse(`has ${node.inputs.length} inputs for the equation '${equation}'`);
  const all = terms.flatMap((t) => t.labels);
  // Without an arrow the labels that occur once are kept, in alphabetical order, behind those of the ellipsis.
  const implied = [...new Set(all)].filter((l) => /^\d/.test(l) || all.indexOf(l) === all.lastIndexOf(l)).sort();
  const ellipsis = implied.filter((l) => /^\d/.test(l)).length;
  const wanted =
    right === undefined ? implied : labelsOf(node, right, right.replace('...', '').length + (right.includes('...') ? ellipsis : 0));
  if (wanted.some((l) => !all.includes(l)) || new Set(wanted).size !== wanted.length)
    node.refuse(`has the equation '${equation}', whose result makes no sense`);
  let sum = terms[0];
  for (let i = 1; i < terms.length; i++) {
    const later = new Set([...wanted, ...terms.slice(i + 1).flatMap((t) => t.labels)]);
    sum = product(
      b,
      reduced(b, sum, new Set([...later, ...terms[i].labels])),
      reduced(b, terms[i], new Set([...later, ...sum.labels])),
      later,
    );
  }
  const done = reduced(b, sum, new Set(wanted));
  return [
    b.transpose(
      done.value,
      wanted.map((l) => done.labels.indexOf(l)),
    ),
  ];
};

/** A label per axis; those that an ellipsis stands for are numbered from the last one on, as they broadcast. */
function labelsOf(node: RuleNode, text: string, rank: number): string[] {
  const [before, after = '', more] = text.split('...');
  const hidden = text.includes('...') ? rank - before.length - after.length : 0;
  if (more !== undefined || hidden < 0 || before.length + after.length + hidden !== rank || !/^[A-Za-z]*$/.test(before + after)) {
    node.refuse(`has the term '${text}' for a tensor of rank ${rank}`);
  }
  const numbered = Array.from({ length: hidden }, (_, i) => String(hidden - 1 - i).padStart(3, '0'));
  return [...before, ...numbered.sort().reverse(), ...after];
}

/** A label that a term has twice on neighbouring axes takes their diagonal. */
function diagonals(node: RuleNode, b: RuleBuilder, term: Term): Term {
  const at = term.labels.findIndex((l, i) => term.labels.indexOf(l) !== i);
  if (at < 0) return term;
  const { shape } = term.value;
  const size = shape[at];
  if (term.labels[at - 1] !== term.labels[at] || shape[at - 1] !== size) node.refuse('takes a diagonal of axes that are not neighbours');
  const flat = b.reshape(term.value, [...shape.slice(0, at - 1), size * size, ...shape.slice(at + 1)]);
  const ends = flat.shape.map((d) => d);
  const steps = flat.shape.map((_, i) => (i === at - 1 ? size + 1 : 1));
  const value = b.op('Slice', [flat], { starts: ends.map(() => 0), ends, steps });
  return diagonals(node, b, { value, labels: term.labels.filter((_, i) => i !== at) });
}

/** Sums over the labels that nothing asks for any more. */
function reduced(b: RuleBuilder, term: Term, wanted: ReadonlySet<string>): Term {
  const axes = term.labels.flatMap((l, i) => (wanted.has(l) ? [] : [i]));
  if (axes.length === 0) return term;
  return { value: b.op('ReduceSum', [term.value], { axes, keepDims: false }), labels: term.labels.filter((l) => wanted.has(l)) };
}

/** Labels in both and asked for are batch axes, in both and not asked for are summed over. */
function product(b: RuleBuilder, x: Term, y: Term, wanted: ReadonlySet<string>): Term {
  const shared = x.labels.filter((l) => y.labels.includes(l));
  const batch = shared.filter((l) => wanted.has(l));
  const summed = shared.filter((l) => !wanted.has(l));
  const rows = x.labels.filter((l) => !shared.includes(l));
  const columns = y.labels.filter((l) => !shared.includes(l));
  const sizes = (t: Term, labels: readonly string[]) => labels.map((l) => t.value.shape[t.labels.indexOf(l)]);
  const arrange = (t: Term, first: readonly string[], last: readonly string[]) => {
    const ordered = b.transpose(
      t.value,
      [...batch, ...first, ...last].map((l) => t.labels.indexOf(l)),
    );
    return b.reshape(ordered, [...sizes(t, batch), sizeOf(sizes(t, first)), sizeOf(sizes(t, last))]);
  };
  const z = matmul(b, arrange(x, rows, summed), arrange(y, summed, columns));
  return {
    value: b.reshape(z, [...z.shape.slice(0, batch.length), ...sizes(x, rows), ...sizes(y, columns)]),
    labels: [...batch, ...rows, ...columns],
  };
}

export const matrixRules: Record<string, Rule> = { Gemm: gemm, MatMul: matMul, Einsum: einsum };
