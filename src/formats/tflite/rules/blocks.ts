import { operator } from '../../../ops/index.js';
import type { TfliteMapping } from '../../../ops/mappings.js';
import type { OperatorView } from '../read/operator.js';
import type { TfliteRule } from './rule.js';

/** Blocks along one axis [N,L,C], as dilated 1-D convolutions have them: the same with a width of 1. */
const blocks =
  (name: 'SpaceToBatch' | 'BatchToSpace', margin: 'pads' | 'crops'): TfliteRule =>
  (op, b) => {
    const x = op.input(0);
    if (x.shape.length !== 3) return plain(name, op, b);
    const [[block], [before, after]] = [op.constantInts(1), op.constantInts(2)];
    const wide = b.op('Reshape', [x], { shape: x.shape.toSpliced(2, 0, 1) });
    const y = b.op(name, [wide], { block: [block, 1], [margin]: [before, 0, after, 0] });
    return [b.op('Reshape', [y], { shape: y.shape.toSpliced(2, 1) }, op.wish)];
  };

function plain(name: string, op: OperatorView, b: Parameters<TfliteRule>[1]): ReturnType<TfliteRule> {
  const read = operator(name).tflite?.read as NonNullable<TfliteMapping<unknown>['read']>;
  const { inputs, attrs } = read(op);
  return b.node(name, inputs, attrs, op.wish);
}

export const blockRules: Readonly<Record<string, TfliteRule>> = {
  SPACE_TO_BATCH_ND: blocks('SpaceToBatch', 'pads'),
  BATCH_TO_SPACE_ND: blocks('BatchToSpace', 'crops'),
};
