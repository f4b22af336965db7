import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, NoKernel, output, struct, type Target, table } from '../../program.js';
import { perTensorOf, quantizeMultiplier } from '../../requantize.js';
import { roundAway } from '../activations/grid.js';
import { rowsOf } from './rows.js';

const f = Math.fround;

/**
 * 513 samples in Q0.15 of a function over [min, max] in float32, for lines between them (TensorFlow Lite's LUTPopulate): each is
 * moved by half of what a straight line would miss in the middle.
 */
function samples(of: (x: number) => number, min: number, max: number): Int16Array {
  const step = f(f(max - min) / 512);
  const inverse = f(65536 / f(f(f(2 / 65535) * 32767) - f(f(2 / 65535) * -32768)));
  const value = (x: number): number => f(f(of(f(x))) * inverse);
  const clamp = (v: number) => Math.max(-32768, Math.min(32767, v));
  return Int16Array.from({ length: 513 }, (_, i) => {
    if (i === 512) return clamp(roundAway(value(max)));
    const x = f(min + f(i * step));
    const sample = roundAway(value(x));
    const between = roundAway(f(f(value(f(min + f((i + 1) * step))) + sample) / 2));
    const middle = roundAway(value(f(x + f(step / 2))));
    return clamp(sample - roundAway(f(between - middle) / 2));
  });
}

const expTable = () => samples(Math.exp, f(f(10 / 65535) * -65535), 0);
const reciprocalTable = () => samples((x) => 1 / f(1 + x), 0, f(f(1 / 65535) * 65535));

/** Softmax of int16. */
export function softmaxInt16(node: Node, _target: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const [qx, qy] = [perTensorOf(x), perTensorOf(y)];
  if (y.dtype !== 'int16' || qy.zeroPoint !== 0 || Math.abs(qy.scale * 32768 - 1) > 1e-3) {
    throw new NoKernel('takes int16 to int16 of scale 1/32768 and zero point 0 only');
  }
  const { multiplier, shift } = quantizeMultiplier((qx.scale * f(node.attrs.beta as number)) / (10 / 65535));
  if (shift > 14) throw new NoKernel(`has an input scale of ${qx.scale}, too large for its exponential`);
  return [
    {
      kernel: 'softmax_s16',
      function: 'edgeml_softmax_s16',
      args: [
        input(x),
        output(y),
        struct('edgeml_softmax_s16_params', {
          ...{ ...rowsOf(node), multiplier, shift },
          exp_table: table('exp', 'int16_t', expTable()),
          reciprocal_table: table('reciprocal', 'int16_t', reciprocalTable()),
        }),
      ],
      overlaps: new Map([[x, 0]]),
    },
  ];
}
