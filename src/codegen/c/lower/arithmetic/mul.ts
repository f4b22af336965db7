import type { Node, Value } from '../../../../ir/graph.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { type Call, input, NoKernel, output, struct, type Target } from '../../program.js';
import { activationBounds, perTensorOf, quantizeMultiplier } from '../../requantize.js';
import { loopTable } from '../movement/loops.js';
import { broadcastLoops, sameSized } from './broadcast.js';

/** Mul of two int8 or two int16 values. */
export function mul(node: Node, _target: Target): readonly Call[] {
  const [a, b] = node.inputs as readonly [Value, Value];
  const [y] = node.outputs;
  if (a.dtype !== b.dtype) throw new NoKernel(`takes no ${a.dtype} with ${b.dtype}`);
  const [qa, qb, qy] = [a, b, y].map(perTensorOf);
  if (a.dtype === 'int16' && (qa.zeroPoint !== 0 || qb.zeroPoint !== 0 || qy.zeroPoint !== 0)) {
    throw new NoKernel('takes int16 with zero point 0 only');
  }
  const { multiplier, shift } = quantizeMultiplier((qa.scale * qb.scale) / qy.scale);
  // Products of int8 have 16 bits, of int16 31: what is shifted beyond 32 is lost in the reference kernel.
  if (shift > (a.dtype === 'int8' ? 14 : 0)) throw new NoKernel(`has an output scale of ${qy.scale}, too small beside those of its inputs`);
  const loops = broadcastLoops(node);
  const [min, max] = activationBounds(y, node.attrs.activation as Activation);
  return [
    {
      kernel: 'mul_scaled',
      function: `edgeml_mul_scaled_${a.dtype === 'int8' ? 's8' : 's16'}`,
      args: [
        input(a),
        input(b),
        output(y),
        struct('edgeml_mul_scaled_params', {
          loops: loopTable(loops),
          depth: loops.length,
          ...{ a_zero_point: qa.zeroPoint, b_zero_point: qb.zeroPoint, out_zero_point: qy.zeroPoint },
          ...{ multiplier, shift, min, max },
        }),
      ],
      overlaps: sameSized(node),
    },
  ];
}
