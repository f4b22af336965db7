import type { Value } from '../../../ir/graph.js';
import { clampSlice } from '../../../ops/slice.js';
import { isList, isObject, type Json } from '../config.js';
import type { Argument, LayerCall } from '../layer.js';

/** What one entry between the brackets does to an axis. */
type Entry =
  | 'newaxis'
  | 'ellipsis'
  | number
  | { readonly start: number | null; readonly stop: number | null; readonly step: number | null };

const isBound = (v: Json | undefined): v is number | null => v === null || Number.isInteger(v);

function entry(call: LayerCall, raw: Json): Entry {
  if (raw === null) return 'newaxis';
  if (Number.isInteger(raw)) return raw as number;
  if (isObject(raw)) {
    if (raw.class_name === '__ellipsis__' || raw.value === '...') return 'ellipsis';
    const { start = null, stop = null, step = null } = isObject(raw.config) ? raw.config : raw;
    if (isBound(start) && isBound(stop) && isBound(step)) return { start, stop, step };
  }
  return call.refuse('indexes with something other than numbers and slices');
}

/** x[key], as in Python: numbers drop their axis, slices keep it, None adds one. */
export function getItem(call: LayerCall, x: Value, key: Argument | undefined): Value {
  if (key === undefined) return call.fail('has no index');
  const entries = (isList(key as Json) ? (key as readonly Json[]) : [key as Json]).map((e) => entry(call, e));
  const used = entries.filter((e) => e !== 'newaxis' && e !== 'ellipsis').length;
  const rank = x.shape.length;
  if (used > rank) call.fail(`has ${used} indices for a tensor of rank ${rank}`);
  const whole = { start: null, stop: null, step: null };
  const rest = new Array<Entry>(rank - used).fill(whole);
  const at = entries.indexOf('ellipsis');
  const all = at < 0 ? [...entries, ...rest] : [...entries.slice(0, at), ...rest, ...entries.slice(at + 1)];
  const starts: number[] = [];
  const ends: number[] = [];
  const steps: number[] = [];
  const kept: ('newaxis' | number)[] = [];
  for (const e of all) {
    const axis = starts.length;
    if (e === 'newaxis' || e === 'ellipsis') {
      kept.push('newaxis');
      continue;
    }
    const size = x.shape[axis];
    if (typeof e === 'number') {
      const i = e < 0 ? e + size : e;
      if (i < 0 || i >= size) call.fail(`takes element ${e} of ${size}`);
      starts.push(i);
      ends.push(i + 1);
      steps.push(1);
      continue;
    }
    const step = e.step ?? 1;
    if (step === 0) call.fail('has a slice with a step of 0');
    // Without bounds a slice goes to the very end in its direction; `size` lies beyond both.
    const [start, end] = clampSlice(e.start ?? (step > 0 ? 0 : size - 1), e.stop ?? (step > 0 ? size : -size - 1), step, size);
    starts.push(start);
    ends.push(step > 0 ? Math.max(start, end) : Math.min(start, end));
    steps.push(step);
    kept.push(axis);
  }
  const all1 = starts.every((s, i) => s === 0 && ends[i] === x.shape[i] && steps[i] === 1);
  const y = all1 ? x : call.op('Slice', [x], { starts, ends, steps });
  return call.reshape(
    y,
    kept.map((axis) => (axis === 'newaxis' ? 1 : y.shape[axis])),
  );
}
