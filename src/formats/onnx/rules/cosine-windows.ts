import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import { isFloat } from '../../../ir/types.js';
import { dataTypeName, dtypeOf } from '../proto.js';
import type { Rule } from '../records.js';

/** A window beyond this is a mistake. */
const maxSize = 2 ** 24;

/** a0 - a1·cos(2πi/n) + a2·cos(4πi/n), with n one less for a symmetric window: the windows of audio features. */
const cosines =
  (a0: number, a1: number, a2: number): Rule =>
  (node, b) => {
    const size = toNumbers(node.constant(0))[0];
    const code = node.int('output_datatype', 1);
    const dtype = dtypeOf(code);
    if (!dtype || !isFloat(dtype)) return node.refuse(`makes a window of ${dataTypeName(code)}`);
    if (!(size >= 0 && size <= maxSize)) node.refuse(`makes a window of ${size} elements`);
    const n = node.int('periodic', 1) !== 0 ? size : size - 1;
    const values = Float64Array.from({ length: size }, (_, i) => {
      const turn = (2 * Math.PI * i) / n;
      return a0 - a1 * Math.cos(turn) + a2 * Math.cos(2 * turn);
    });
    return [b.constant(fromNumbers(dtype, [size], values))];
  };

export const windowRules: Record<string, Rule> = {
  HannWindow: cosines(0.5, 0.5, 0),
  HammingWindow: cosines(25 / 46, 21 / 46, 0),
  BlackmanWindow: cosines(0.42, 0.5, 0.08),
};
