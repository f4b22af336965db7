import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/ir/graph.js';
import type { GraphBuilder } from '../../src/ops/node-builder.js';
import { channelsLastPorts } from '../../src/passes/io-layout.js';
import { groupAxes } from '../../src/passes/sink-transposes.js';
import { graphOf, operators, optimizeAndCompare, wave } from './helpers.js';

const toLast = [0, 2, 3, 1];
const toFirst = [0, 3, 1, 2];

/** A convolution as a channels-first reader writes it. */
function conv(b: GraphBuilder, x: Value, filters: number, phase: number): Value {
  const w = b.constant(wave([filters, 3, 3, x.shape[1]], phase), 'w');
  return b.transpose(b.op('Conv2D', [b.transpose(x, toLast), w], { pads: [1, 1, 1, 1] }), toFirst);
}

describe('transposes of a channels-first model', () => {
  it('cancel through activations, residual adds and broadcast constants', () => {
    const g = graphOf([[1, 3, 6, 5]], (b, [x]) => {
      const a = b.op('Relu', [conv(b, x, 4, 1)]);
      const c = conv(b, a, 4, 2);
      const scaled = b.op('Mul', [c, b.constant(wave([1, 4, 1, 1]), 's')]);
      const shifted = b.op('Add', [scaled, b.constant(wave([4, 1, 1], 3), 't')]);
      return [conv(b, b.op('Add', [shifted, a]), 2, 4)];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after).Transpose).toBe(2);
    expect(after.nodes[0].op).toBe('Transpose');
    expect(after.nodes.at(-1)?.op).toBe('Transpose');
  });

  it('disappear into a dense layer behind a flatten', () => {
    const g = graphOf([[1, 2, 4, 3]], (b, [x]) => {
      const flat = b.reshape(conv(b, x, 5, 1), [1, 60]);
      return [b.op('FullyConnected', [flat, b.constant(wave([7, 60], 2), 'fc'), null])];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after)).toEqual({ Transpose: 1, Conv2D: 1, Reshape: 1, FullyConnected: 1 });
  });

  it('pass through concatenation, padding, reduction and reshapes that merge height and width', () => {
    const g = graphOf([[1, 3, 4, 4]], (b, [x]) => {
      const a = conv(b, x, 4, 1);
      const joined = b.op('Concat', [a, conv(b, a, 2, 2)], { axis: 1 });
      const padded = b.op('Pad', [joined], { pads: [0, 0, 1, 0, 0, 0, 0, 2], mode: 'constant', value: 0 });
      const mean = b.op('ReduceMean', [padded], { axes: [2, 3], keepDims: false });
      const cells = b.transpose(b.reshape(padded, [1, 6, 30]), [0, 2, 1]);
      return [mean, cells];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after).Transpose).toBe(1);
  });

  it('stay where an operator has no layout law', () => {
    const g = graphOf([[1, 3, 4, 4]], (b, [x]) => [b.op('MatMul', [conv(b, x, 4, 1), b.constant(wave([4, 2], 5), 'm')], {})]);
    expect(operators(optimizeAndCompare(g)).Transpose).toBe(2);
  });

  it('leave the ports where --io-layout nhwc asks for it', () => {
    const g = graphOf([[1, 3, 4, 4]], (b, [x]) => [conv(b, x, 2, 1)]);
    const after = optimizeAndCompare(g);
    const [input, output] = [after.inputs[0].name, after.outputs[0].name];
    expect(channelsLastPorts(after)).toEqual([input, output]);
    expect(operators(after)).toEqual({ Conv2D: 1 });
    expect(after.inputs[0]).toMatchObject({ name: input, shape: [1, 4, 4, 3] });
    expect(after.outputs[0]).toMatchObject({ name: output, shape: [1, 4, 4, 2] });
  });
});

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

describe('axis groups of a reshape', () => {
  it('cover both shapes in order with equal products', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1000 }), (from, seed) => {
        const size = from.reduce((a, b) => a * b, 1);
        const to: number[] = [];
        for (let rest = size, s = seed; rest > 1 || to.length === 0; s = (s * 7 + 3) % 1009) {
          const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => rest % d === 0);
          const d = divisors[s % divisors.length];
          to.push(d);
          rest /= d;
          if (to.length > 6) {
            to.push(rest);
            break;
          }
        }
        const groups = groupAxes(from, to) ?? [];
        const product = (axes: number[], shape: number[]) => axes.reduce((n, a) => n * shape[a], 1);
        expect(groups.flatMap((g) => g.from)).toEqual(from.map((_, i) => i));
        expect(groups.flatMap((g) => g.to)).toEqual(to.map((_, i) => i));
        for (const g of groups) expect(product(g.from, from)).toBe(product(g.to, to));
      }),
    );
  });
});

describe('any chain of transposes, reshapes and element-wise operators', () => {
  it('computes the same after the passes', () => {
    const step = fc.record({ kind: fc.constantFrom('transpose', 'reshape', 'relu', 'scale'), a: fc.integer({ min: 0, max: 23 }) });
    const perms = [0, 1, 2, 3]
      .flatMap((a) => [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].flatMap((c) => [0, 1, 2, 3].map((d) => [a, b, c, d]))))
      .filter((p) => new Set(p).size === 4);
    const targets = [
      [1, 2, 3, 4],
      [1, 6, 4, 1],
      [2, 3, 2, 2],
      [1, 1, 24, 1],
      [1, 2, 12, 1],
      [4, 3, 2, 1],
    ];
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const g = graphOf([[1, 2, 3, 4]], (b, [x]) => {
          let v: Value = b.op('Exp', [x]);
          for (const s of steps) {
            if (s.kind === 'transpose') v = b.op('Transpose', [v], { perm: perms[s.a] });
            else if (s.kind === 'reshape') v = b.op('Reshape', [v], { shape: targets[s.a % targets.length] });
            else if (s.kind === 'relu') v = b.op('Relu', [v]);
            else v = b.op('Mul', [v, b.constant(wave([v.shape[1], 1, 1], s.a), 'c')]);
          }
          return [b.op('Neg', [v])];
        });
        optimizeAndCompare(g);
      }),
      { numRuns: 300 },
    );
  });
});
