import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, NoKernel, output, type Rounding, struct, type Target } from '../../program.js';
import { perTensorOf, quantizeMultiplier } from '../../requantize.js';
import { rowsOf } from './rows.js';

/** Integer bits of a difference inside the kernels. */
const integerBits = 5;

/** What brings a difference of the input times `beta` to Q5.26 (PreprocessSoftmaxScaling), and the least that fits. */
function differences(node: Node, beta: number, rounding: Rounding) {
  const { scale } = perTensorOf(node.inputs[0] as Value);
  const most = rounding === 'single' ? 2 ** 30 - 1 : 2 ** 31 - 1;
  const real = Math.min(beta * scale * 2 ** (31 - integerBits), most);
  if (real <= 1) throw new NoKernel(`has an input scale of ${scale}, too small for its exponential`);
  const { multiplier, shift } = quantizeMultiplier(real);
  const radius = Math.floor(((2 ** integerBits - 1) * 2 ** (31 - integerBits)) / 2 ** shift);
  return { multiplier, shift, diff_min: 0 - radius };
}

function checkOutput(y: Value, scale: number, zeroPoint: number): void {
  const q = perTensorOf(y);
  if (Math.abs(q.scale / scale - 1) > 1e-3 || q.zeroPoint !== zeroPoint) {
    throw new NoKernel(`has an ${y.dtype} output of scale ${q.scale} and zero point ${q.zeroPoint} instead of ${scale} and ${zeroPoint}`);
  }
}

/** Softmax of int8, to int8 or int16. */
export function softmaxInt8(node: Node, { rounding }: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const wide = y.dtype === 'int16';
  if (wide) checkOutput(y, 1 / 65536, -32768);
  else checkOutput(y, 1 / 256, -128);
  const params = { ...rowsOf(node), ...differences(node, Math.fround(node.attrs.beta as number), rounding) };
  return [
    {
      kernel: 'softmax_s8',
      function: wide ? 'edgeml_softmax_s8_s16' : 'edgeml_softmax_s8',
      args: [input(x), output(y), struct('edgeml_softmax_params', params)],
      overlaps: wide ? undefined : new Map([[x, 0]]),
    },
  ];
}

/** LogSoftmax of int8. */
export function logSoftmaxInt8(node: Node, { rounding }: Target): readonly Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  checkOutput(y, 16 / 256, 127);
  const scaled = differences(node, 1, rounding);
  const reverse = quantizeMultiplier(2 ** (31 - scaled.shift) / scaled.multiplier);
  const params = Object.fromEntries(Object.entries({ ...rowsOf(node), ...scaled }).map(([k, v]) => [`rows.${k}`, v]));
  return [
    {
      kernel: 'log_softmax_s8',
      function: 'edgeml_log_softmax_s8',
      args: [
        input(x),
        output(y),
        struct('edgeml_log_softmax_params', { ...params, reverse_multiplier: reverse.multiplier, reverse_shift: reverse.shift }),
      ],
      overlaps: new Map([[x, 0]]),
    },
  ];
}
