import type { Node, Value } from '../../../ir/graph.js';
import type { Activation } from '../../../ops/families/activation.js';
import { type Call, input, NoKernel, output, type Rule, struct, type Target } from '../program.js';
import { activationBounds, perTensorOf } from '../requantize.js';
import { checkCovered, pixelDistance, slidingWindow, windowFields } from './pools/window.js';

/** A pool keeps the grid of its input (numerics.md §1). */
function checkGrids(node: Node): void {
  const x = perTensorOf(node.inputs[0] as Value);
  const y = perTensorOf(node.outputs[0]);
  if (Math.abs(x.scale - y.scale) > 1e-6 || x.zeroPoint !== y.zeroPoint) {
    throw new NoKernel('has an output of another scale or zero point than its input');
  }
}

const pool =
  (kind: 'average_pool2d' | 'max_pool2d') =>
  (node: Node, target: Target): readonly Call[] => {
    const x = node.inputs[0] as Value;
    const [y] = node.outputs;
    checkGrids(node);
    if (node.attrs.countIncludePad && (node.attrs.pads as readonly number[]).some((p) => p > 0)) {
      throw new NoKernel('counts the padding in its mean');
    }
    const window = slidingWindow(node, node.attrs.kernel as readonly number[]);
    checkCovered(window);
    const [min, max] = activationBounds(y, node.attrs.activation as Activation);
    const params = `${kind}_${x.dtype === 'int8' ? 's8' : 's16'}`;
    const bytes = x.dtype === 'int8' ? 1 : 2;
    // Sums of 256 int8 fit 16 bits.
    const small = kind === 'max_pool2d' || window.kernel_height * window.kernel_width <= 256;
    const dsp = target.cpu.dsp && x.dtype === 'int8' && window.channels % 4 === 0 && small;
    const kernel = dsp ? `${params}_dsp` : kind === 'max_pool2d' ? kind : params;
    return [
      {
        kernel,
        function: `edgeml_${params}_${dsp ? 'dsp' : 'run'}`,
        args: [input(x), output(y), struct(`edgeml_${params}`, { ...windowFields(window), min, max })],
        overlaps: new Map([[x, pixelDistance(window, 1) * bytes]]),
      },
    ];
  };

export const poolRules: readonly Rule[] = [
  { ops: ['AveragePool2D'], types: ['int8', 'int16'], lower: pool('average_pool2d') },
  { ops: ['MaxPool2D'], types: ['int8', 'int16'], lower: pool('max_pool2d') },
];
