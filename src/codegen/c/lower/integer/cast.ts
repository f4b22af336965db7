import type { Value } from '../../../../ir/graph.js';
import { type DType, dtypes, isFloat, sizeOf } from '../../../../ir/types.js';
import { input, output, type Rule } from '../../program.js';
import { bytesOf, isEmpty } from '../movement/loops.js';
import { plain } from './types.js';

const names: Readonly<Record<DType, string>> = {
  float32: 'f32',
  float16: 'f16',
  float64: 'f64',
  int8: 's8',
  uint8: 'u8',
  int16: 's16',
  uint16: 'u16',
  int32: 's32',
  uint32: 'u32',
  int64: 's64',
  uint64: 'u64',
  bool: 'u8',
};

/** How a result is written: from integers the signed and the unsigned type of a size get the same bits. */
function targetOf(from: DType, to: DType): string {
  if (to === 'bool') return 'b8';
  return to === 'int64' && isFloat(from) ? 's64' : names[to].replace('s', 'u');
}

const cast: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  plain(x, y);
  if (isEmpty(y)) return [];
  const same = bytesOf(x) === bytesOf(y) && !isFloat(x.dtype) && !isFloat(y.dtype);
  if (x.dtype === y.dtype || (same && y.dtype !== 'bool')) return { alias: x };
  const count = sizeOf(y.shape);
  // Wider results get ahead of the elements that are still to be read.
  const ahead = Math.max(0, (count - 1) * (bytesOf(y) - bytesOf(x)));
  return [
    {
      kernel: 'cast',
      function: `edgeml_cast_${names[x.dtype]}_${targetOf(x.dtype, y.dtype)}`,
      args: [input(x), output(y), count],
      overlaps: new Map([[x, ahead]]),
    },
  ];
};

export const castRules: readonly Rule[] = [{ ops: ['Cast'], types: Object.keys(dtypes) as DType[], lower: cast }];
