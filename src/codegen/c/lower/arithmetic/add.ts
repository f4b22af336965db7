import type { Node, Value } from '../../../../ir/graph.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { type Call, input, NoKernel, output, struct, type Target } from '../../program.js';
import { activationBounds, perTensorOf } from '../../requantize.js';
import { loopTable } from '../movement/loops.js';
import { addDsp } from './add-dsp.js';
import { broadcastLoops, sameSized } from './broadcast.js';
import { scalingOf } from './scaling.js';

/** Add and Sub of two int8 or two int16 values. */
export function addOrSub(node: Node, target: Target): readonly Call[] {
  const [a, b] = node.inputs as readonly [Value, Value];
  const [y] = node.outputs;
  if (a.dtype !== b.dtype) throw new NoKernel(`takes no ${a.dtype} with ${b.dtype}`);
  const [za, zb, zy] = [a, b, y].map((v) => perTensorOf(v).zeroPoint);
  if (a.dtype === 'int16' && (za !== 0 || zb !== 0 || zy !== 0)) throw new NoKernel('takes int16 with zero point 0 only');
  const dsp = node.op === 'Add' && target.cpu.dsp ? addDsp(node, target) : undefined;
  if (dsp) return dsp;
  const scaling = scalingOf(node);
  const loops = broadcastLoops(node);
  const [min, max] = activationBounds(y, node.attrs.activation as Activation);
  return [
    {
      kernel: 'add_scaled',
      function: `edgeml_add_scaled_${a.dtype === 'int8' ? 's8' : 's16'}`,
      args: [
        input(a),
        input(b),
        output(y),
        struct('edgeml_add_scaled_params', {
          loops: loopTable(loops),
          ...{ depth: loops.length, left_shift: scaling.leftShift },
          ...{ a_zero_point: za, a_multiplier: scaling.a.multiplier, a_shift: scaling.a.shift },
          ...{ b_zero_point: zb, b_multiplier: scaling.b.multiplier, b_shift: scaling.b.shift },
          sign: node.op === 'Sub' ? -1 : 1,
          ...{ out_zero_point: zy, out_multiplier: scaling.out.multiplier, out_shift: scaling.out.shift },
          ...{ min, max },
        }),
      ],
      overlaps: sameSized(node),
    },
  ];
}
