import { describe, expect, it } from 'vitest';
import { graphOf, operators, optimizeAndCompare, wave } from './helpers.js';

describe('batch normalization', () => {
  it('folds into convolution, depthwise convolution and dense layers, and then the activation fuses', () => {
    const g = graphOf([[1, 6, 6, 3]], (b, [x]) => {
      const norm = (v: typeof x, phase: number) => {
        const c = v.shape.at(-1) as number;
        const scaled = b.op('Mul', [v, b.constant(wave([c], phase), 'gamma')]);
        return b.op('Clip', [b.op('Add', [scaled, b.constant(wave([c], phase + 1), 'beta')])], { min: 0, max: 6 });
      };
      const a = norm(b.op('Conv2D', [x, b.constant(wave([4, 3, 3, 3], 1), 'w'), b.constant(wave([4], 2), 'b')], {}), 3);
      const d = norm(b.op('DepthwiseConv2D', [a, b.constant(wave([1, 2, 2, 8], 4), 'w'), null], {}), 5);
      return [norm(b.op('FullyConnected', [b.reshape(d, [1, 72]), b.constant(wave([5, 72], 6), 'w'), null]), 7)];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after)).toEqual({ Conv2D: 1, DepthwiseConv2D: 1, Reshape: 1, FullyConnected: 1 });
    expect(after.nodes.filter((n) => n.op !== 'Reshape').map((n) => n.attrs.activation)).toEqual(['relu6', 'relu6', 'relu6']);
  });

  it('stays where the convolution is read twice', () => {
    const g = graphOf([[1, 4, 4, 2]], (b, [x]) => {
      const c = b.op('Conv2D', [x, b.constant(wave([2, 1, 1, 2], 1), 'w'), null], {});
      return [b.op('Mul', [c, b.constant(wave([2], 2), 's')]), b.op('Exp', [c])];
    });
    expect(operators(optimizeAndCompare(g))).toEqual({ Conv2D: 1, Mul: 1, Exp: 1 });
  });

  it('does not fold a vector that lies along the width', () => {
    const g = graphOf([[1, 4, 3, 3]], (b, [x]) => {
      const c = b.op('Conv2D', [x, b.constant(wave([3, 1, 1, 3], 1), 'w'), null], {});
      return [b.op('Mul', [c, b.constant(wave([3, 1], 2), 's')])];
    });
    expect(operators(optimizeAndCompare(g))).toEqual({ Conv2D: 1, Mul: 1 });
  });

  it('folds c - x and x / c', () => {
    const g = graphOf([[1, 3]], (b, [x]) => {
      const y = b.op('FullyConnected', [x, b.constant(wave([4, 3], 1), 'w'), b.constant(wave([4], 2), 'b')]);
      return [b.op('Div', [b.op('Sub', [b.constant(wave([4], 3), 'c'), y]), b.constant(wave([4], 4), 'd')])];
    });
    expect(operators(optimizeAndCompare(g))).toEqual({ FullyConnected: 1 });
  });
});

describe('padding', () => {
  it('of zeros around height and width joins the convolution', () => {
    const g = graphOf([[1, 4, 4, 2]], (b, [x]) => {
      const p = b.op('Pad', [x], { pads: [0, 1, 2, 0, 0, 0, 1, 0], mode: 'constant', value: 0 });
      return [b.op('Conv2D', [p, b.constant(wave([3, 3, 3, 2], 1), 'w'), null], { pads: [0, 0, 1, 1] })];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after)).toEqual({ Conv2D: 1 });
    expect(after.nodes[0].attrs.pads).toEqual([1, 2, 1, 2]);
  });

  it('of another value stays', () => {
    const g = graphOf([[1, 4, 4, 2]], (b, [x]) => {
      const p = b.op('Pad', [x], { pads: [0, 1, 1, 0, 0, 1, 1, 0], mode: 'constant', value: 0.5 });
      return [b.op('Conv2D', [p, b.constant(wave([3, 3, 3, 2], 1), 'w'), null], {})];
    });
    expect(operators(optimizeAndCompare(g))).toEqual({ Pad: 1, Conv2D: 1 });
  });
});

describe('pixel shuffle', () => {
  it('in PyTorch order becomes the order of TFLite by permuting the filters before it', () => {
    const g = graphOf([[1, 3, 3, 2]], (b, [x]) => {
      const c = b.op('Conv2D', [x, b.constant(wave([12, 1, 1, 2], 1), 'w'), b.constant(wave([12], 2), 'b')], {});
      return [b.op('DepthToSpace', [c], { blockSize: 2, mode: 'CRD' })];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after)).toEqual({ Conv2D: 1, DepthToSpace: 1 });
    expect(after.nodes[1].attrs.mode).toBe('DCR');
  });
});

describe('what does nothing', () => {
  it('goes, and outputs keep their names', () => {
    const g = graphOf([[2, 3]], (b, [x]) => {
      const a = b.op('Add', [b.op('Exp', [x]), b.constant(wave([3], 0), 'zero')]);
      a.name satisfies string;
      const z = b.constant({ dtype: 'float32', shape: [3], data: new Float32Array(3) }, 'zeros');
      const one = b.scalar(1);
      const same = b.op('Mul', [b.op('Add', [a, z]), one]);
      return [b.reshape(b.reshape(same, [6]), [3, 2]), b.op('Slice', [same], { starts: [0, 0], ends: [2, 3], steps: [1, 1] })];
    });
    const after = optimizeAndCompare(g);
    expect(operators(after)).toEqual({ Exp: 1, Add: 1, Reshape: 1 });
  });
});
