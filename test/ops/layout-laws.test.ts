import { describe, expect, it } from 'vitest';
import type { Attrs, Node } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { completeAttrs } from '../../src/ops/define.js';
import { evaluateNode } from '../../src/ops/evaluate.js';
import { keepsOrder, matrixLaw, movedAxes, movedAxis, permuted, permutedPads } from '../../src/ops/families/layout.js';
import { operator, operators } from '../../src/ops/index.js';
import { difference, loadCases, makeTensor } from '../suites/case.js';

type Perm = readonly number[];

describe('moving attributes', () => {
  // NHWC to NCHW: axis 0 stays, channels (3) come second.
  const perm = [0, 3, 1, 2];

  it('finds an axis where its values are', () => {
    expect([0, 1, 2, 3].map((a) => movedAxis(a, perm))).toEqual([0, 2, 3, 1]);
    expect(movedAxes([1, 3], perm)).toEqual([1, 2]);
  });

  it('reorders what there is per axis', () => {
    expect(permuted(['n', 'h', 'w', 'c'], perm)).toEqual(['n', 'c', 'h', 'w']);
    expect(permutedPads([1, 2, 3, 4, 5, 6, 7, 8], perm)).toEqual([1, 4, 2, 3, 5, 8, 6, 7]);
  });

  it('knows when the axes that stay keep their order', () => {
    expect(keepsOrder([1, 2], perm)).toBe(true);
    expect(keepsOrder([3], perm)).toBe(true);
    expect(keepsOrder([1], perm)).toBe(false);
  });

  it('leaves matrices alone', () => {
    expect(matrixLaw([1, 0, 2, 3])).toEqual({});
    expect(matrixLaw(perm)).toBeNull();
  });
});

/** All permutations of up to three axes, a few of more. */
function permsOf(rank: number): Perm[] {
  if (rank <= 3) {
    const all = (rest: number[]): number[][] =>
      rest.length === 0 ? [[]] : rest.flatMap((a) => all(rest.filter((b) => b !== a)).map((p) => [a, ...p]));
    return all(Array.from({ length: rank }, (_, i) => i));
  }
  const identity = Array.from({ length: rank }, (_, i) => i);
  const last = rank - 1;
  return [
    [0, last, ...identity.slice(1, last)],
    [0, ...identity.slice(2), 1],
    identity.toReversed(),
    [1, 0, ...identity.slice(2)],
    [...identity.slice(1), 0],
  ];
}

const run = (op: string, inputs: readonly (Tensor | null)[], given: Attrs): Tensor[] => {
  const record = operator(op);
  const attrs = completeAttrs(record, given);
  return evaluateNode(op, inputs, attrs, record.infer(inputs, attrs));
};

/** The tensor seen through the permutation if it has its rank. */
const seen = (t: Tensor | null, perm: Perm): Tensor | null =>
  t && t.shape.length === perm.length ? run('Transpose', [t], { perm })[0] : t;

const cases = loadCases();
/** Lower-rank operands are the caller's to adapt (LayoutLaw in define.ts), so that only cases without them speak of the law. */
const fullRank = (inputs: readonly (Tensor | null)[], rank: number): boolean =>
  inputs.every((t) => t === null || t.shape.length === rank || t.shape.length === 0);

const lawful = operators.filter((op) => typeof op.layout === 'function').map((op) => op.name);

describe('op(transpose(x), law(attrs)) = transpose(op(x, attrs))', () => {
  it.each(lawful)('%s', (name) => {
    const record = operator(name);
    let checked = 0;
    for (const c of cases.filter((each) => each.operator === name)) {
      const inputs = c.inputs.map((spec) => spec && makeTensor(spec));
      const attrs = completeAttrs(record, c.attrs ?? {});
      const straight = run(name, inputs, attrs);
      const rank = Math.max(...[...inputs, ...straight].map((t) => t?.shape.length ?? 0));
      if (!fullRank(inputs, rank)) continue;
      for (const perm of permsOf(rank)) {
        const node: Node = { name: 'node', op: name, inputs: inputs.map((t, i) => t && { ...t, name: `x${i}` }), outputs: [], attrs };
        const law = typeof record.layout === 'function' ? record.layout(attrs, perm, node) : null;
        if (!law) continue;
        const turned = run(
          name,
          inputs.map((t) => seen(t, perm)),
          { ...attrs, ...law } as Attrs,
        );
        straight.forEach((y, i) => {
          expect(difference(turned[i], seen(y, perm) as Tensor), `${c.name}, output ${i}, seen through [${perm}]`).toBeUndefined();
        });
        if (perm.some((p, i) => p !== i)) checked++;
      }
    }
    expect(checked).toBeGreaterThan(0);
  });

  it('says nothing where the axes that stay would change places', () => {
    const x: Tensor = { dtype: 'float32', shape: [2, 3, 4], data: new Float32Array(24) };
    const node: Node = { name: 'node', op: 'ReduceSum', inputs: [{ ...x, name: 'x' }], outputs: [], attrs: {} };
    const law = operator('ReduceSum').layout as (attrs: object, perm: Perm, node: Node) => object | null;
    expect(law({ axes: [0], keepDims: false }, [0, 2, 1], node)).toBeNull();
    expect(law({ axes: [0], keepDims: true }, [0, 2, 1], node)).toEqual({ axes: [0] });
    expect(law({ axes: [1, 2], keepDims: false }, [0, 2, 1], node)).toEqual({ axes: [1, 2] });
  });
});
