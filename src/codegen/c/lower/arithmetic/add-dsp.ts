import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { type Call, input, output, struct, type Target } from '../../program.js';
import { activationBounds, perTensorOf } from '../../requantize.js';
import { broadcastLoops, sameSized } from './broadcast.js';
import { scalingOf } from './scaling.js';

/** int8 Add of operands of one shape with Armv7E-M's DSP instructions; undefined for other forms. */
export function addDsp(node: Node, { rounding }: Target): readonly Call[] | undefined {
  const [a, b] = node.inputs as readonly [Value, Value];
  const [y] = node.outputs;
  const [loop, ...others] = broadcastLoops(node);
  if (a.dtype !== 'int8' || b.dtype !== 'int8' || others.length > 0 || loop.steps.some((s) => s !== 1)) return undefined;
  const scaling = scalingOf(node);
  // The larger scale is half of what both are brought to: 2^30 / 2^31, which only shifts.
  const swapped = scaling.b.multiplier !== 2 ** 30 || scaling.b.shift !== 0;
  const [small, large] = swapped ? [b, a] : [a, b];
  const scaled = swapped ? scaling.b : scaling.a;
  const { out } = scaling;
  const exact = scaled.multiplier === 2 ** 30;
  if (-out.shift < 1 || -out.shift > 22 || scaled.shift < -22 || (rounding === 'single' && scaled.shift === 0 && !exact)) return undefined;
  const [min, max] = activationBounds(y, node.attrs.activation as Activation);
  const half = (shift: number) => (shift < 0 ? 2 ** (-shift - 1) : 0);
  return [
    {
      kernel: 'add_scaled_s8_dsp',
      function: 'edgeml_add_scaled_s8_dsp',
      args: [
        input(small),
        input(large),
        output(y),
        sizeOf(y.shape),
        struct('edgeml_add_scaled_s8_dsp_params', {
          small_constant: -perTensorOf(small).zeroPoint * 2 ** 21,
          small_multiplier: scaled.multiplier,
          ...{ small_offset: half(scaled.shift), small_exponent: -scaled.shift, small_sign: scaled.shift < 0 ? 1 : 0 },
          constant: -perTensorOf(large).zeroPoint * 2 ** 20,
          multiplier: out.multiplier,
          offset: perTensorOf(y).zeroPoint * 2 ** -out.shift + half(out.shift),
          exponent: -out.shift,
          ...{ min, max },
        }),
      ],
      overlaps: sameSized(node),
    },
  ];
}
