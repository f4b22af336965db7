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
  (node: Node, _target: Target): readonly Call[] => {
    const x = node.inputs[0] as Value;
    const [y] = node.outputs;
    checkGrids(node);
    if (node.attrs.countIncludePad && (node.attrs.pads as readonly number[]).some((p) => p > 0)) {
      throw new NoKernel('counts the padding in its mean');
    }
    const window = slidingWindow(node, node.attrs.kernel as readonly number[]);
    checkCovered(window);
    const [min, max] = activationBounds(y, node.attrs.activation as Activation);
    const kernel = `${kind}_${x.dtype === 'int8' ? 's8' : 's16'}`;
    const bytes = x.dtype === 'int8' ? 1 : 2;
    return [
      {
        kernel,
        function: `edgeml_${kernel}_run`,
        args: [input(x), output(y), struct(`edgeml_${kernel}`, { ...windowFields(window), min, max })],
        overlaps: new Map([[x, pixelDistance(window, 1) * bytes]]),
      },
    ];
  };

export const poolRules: readonly Rule[] = [
  { ops: ['AveragePool2D'], types: ['int8', 'int16'], lower: pool('average_pool2d') },
  { ops: ['MaxPool2D'], types: ['int8', 'int16'], lower: pool('max_pool2d') },
];
