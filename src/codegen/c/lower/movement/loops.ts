import type { Value } from '../../../../ir/graph.js';
import { dtypes, sizeOf } from '../../../../ir/types.js';
import { NoKernel, type Table, table } from '../../program.js';

/** One of several nested loops: how often, and how far each operand goes on. */
export interface Loop {
  readonly count: number;
  readonly steps: readonly number[];
}

/** kernels/loops.h counts this deep. */
const maxDepth = 8;

/** Fewer loops that visit the same places in the same order: loops of one round go, and those that continue each other become one. */
export function coalesce(loops: readonly Loop[]): Loop[] {
  const kept: Loop[] = [];
  for (const loop of loops) {
    if (loop.count === 1) continue;
    const outer = kept.at(-1);
    if (outer?.steps.every((s, o) => s === loop.steps[o] * loop.count)) {
      kept[kept.length - 1] = { count: outer.count * loop.count, steps: loop.steps };
    } else kept.push(loop);
  }
  if (kept.length > maxDepth) throw new NoKernel(`needs ${kept.length} nested loops, where the kernels have ${maxDepth}`);
  return kept;
}

/** Loops as the kernels read them, every step times `scale` (bytes of an element). */
export const loopTable = (loops: readonly Loop[], scale = 1): Table =>
  table(
    'loops',
    'int32_t',
    loops.flatMap(({ count, steps }) => [count, ...steps.map((s) => s * scale)]),
  );

/** At least one loop, for kernels that run the innermost themselves. */
export const atLeastOne = (loops: readonly Loop[], operands: number): readonly Loop[] =>
  loops.length > 0 ? loops : [{ count: 1, steps: new Array<number>(operands).fill(0) }];

/** Whether operand `o` is read front to back, nothing twice, when each visit takes `run`. */
export function isForward(loops: readonly Loop[], o: number, run: number): boolean {
  let span = run;
  for (const { count, steps } of [...loops].reverse()) {
    if (steps[o] < span) return false;
    span += (count - 1) * steps[o];
  }
  return true;
}

/** Bytes of an element. */
export const bytesOf = (v: Value): number => dtypes[v.dtype].bytes;

export const isEmpty = (v: Value): boolean => sizeOf(v.shape) === 0;

/**
 * For operators that bring integers elsewhere as they are: throws NoKernel unless the values have one scale and zero point,
 * or none of them has any.
 */
export function sameGrid(...values: readonly Value[]): void {
  const [{ name, quant }] = values;
  if (values.some((v) => v.quant && v.quant.scale.length !== 1)) throw new NoKernel('moves no values that are quantized per channel');
  const odd = values.find((v) => v.quant?.scale[0] !== quant?.scale[0] || v.quant?.zeroPoint[0] !== quant?.zeroPoint[0]);
  if (odd) throw new NoKernel(`has '${name}' and '${odd.name}' with different scales or zero points`);
}
