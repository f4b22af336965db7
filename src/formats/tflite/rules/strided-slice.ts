import type { OperatorView } from '../read/operator.js';
import type { TfliteRule } from './rule.js';

/** One axis of the input in a strided slice: which elements, and whether the axis stays. */
interface AxisSlice {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly dropped: boolean;
}

/**
 * numpy's x[a:b:c, i, ..., None]: bit k of a mask concerns entry k of begin/end/strides (tf.strided_slice).
 * Becomes a Slice of full rank, then a Reshape where axes are dropped or added.
 */
export const stridedSlice: TfliteRule = (op, b) => {
  const x = op.input(0);
  const [begin, end, strides] = [op.constantInts(1), op.constantInts(2), op.constantInts(3)];
  const has = (mask: string, k: number): boolean => ((op.option<number>(mask) >> k) & 1) === 1;
  const isOffset = op.option<boolean>('offset');
  const entries = begin.map((_, k) => k);
  const isNew = (k: number) => has('new_axis_mask', k) && !has('ellipsis_mask', k);
  const ellipsis = entries.find((k) => has('ellipsis_mask', k));
  const consumed = entries.filter((k) => !isNew(k) && k !== ellipsis).length;
  const slices: AxisSlice[] = [];
  const shape: number[] = [];
  const whole = (): void => {
    const size = x.shape[slices.length];
    slices.push({ start: 0, end: size, step: 1, dropped: false });
    shape.push(size);
  };
  if (consumed > x.shape.length || end.length !== begin.length || strides.length !== begin.length) {
    op.refuse(`slices ${consumed} axes of a tensor of rank ${x.shape.length}`);
  }
  for (const k of entries) {
    if (k === ellipsis) {
      for (let n = x.shape.length - consumed; n > 0; n--) whole();
    } else if (isNew(k)) {
      shape.push(1);
    } else {
      const size = x.shape[slices.length];
      const step = strides[k];
      if (step === 0) op.refuse('has a stride of 0');
      const dropped = has('shrink_axis_mask', k);
      const to = isOffset ? begin[k] + end[k] : end[k];
      const from = has('begin_mask', k) ? undefined : begin[k];
      const s = dropped ? single(begin[k], size, op) : axisSlice(from, has('end_mask', k) ? undefined : to, step, size);
      slices.push(s);
      if (!dropped) shape.push(Math.max(0, Math.ceil((s.end - s.start) / s.step)));
    }
  }
  while (slices.length < x.shape.length) whole();
  const attrs = { starts: slices.map((s) => s.start), ends: slices.map((s) => s.end), steps: slices.map((s) => s.step) };
  const isWhole = slices.every((s, i) => s.step === 1 && s.start === 0 && s.end === x.shape[i]);
  const sameRank = shape.length === x.shape.length && !slices.some((s) => s.dropped);
  if (sameRank) return [b.op('Slice', [x], attrs, op.wish)];
  return [b.op('Reshape', [isWhole ? x : b.op('Slice', [x], attrs)], { shape }, op.wish)];
};

function single(index: number, size: number, op: OperatorView): AxisSlice {
  const at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) op.refuse(`takes element ${index} of ${size}`);
  return { start: at, end: at + 1, step: 1, dropped: true };
}

/** Bounds as numpy clamps them; an end before the first element is -1. */
function axisSlice(begin: number | undefined, end: number | undefined, step: number, size: number): AxisSlice {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (v: number): number => Math.min(high, Math.max(low, v < 0 ? v + size : v));
  const start = begin === undefined ? (step > 0 ? low : high) : clamp(begin);
  const stop = end === undefined ? (step > 0 ? high : low) : clamp(end);
  // Going backwards from before the first element there is nothing.
  return start < 0 ? { start: 0, end: 0, step, dropped: false } : { start, end: stop, step, dropped: false };
}
