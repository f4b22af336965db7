import type { Graph, Value } from '../../ir/graph.js';
import { byteSize } from '../../ir/types.js';
import { type Buffer, type Overlap, planArena } from '../../memory/plan.js';
import type { Layer } from './layers.js';
import type { Call, Scratch } from './program.js';

/** Where everything lies in the arena, in bytes from its start. */
export interface Storage {
  readonly bytes: number;
  /** Offset of a value that is not a constant. */
  readonly offsetOf: (value: Value) => number;
  /** Offset of a call's scratch memory. */
  readonly scratchOf: (scratch: Scratch) => number;
  /** Every buffer with its size and the calls during which it is in use, for reports. */
  readonly buffers: readonly (Buffer & { readonly name: string; readonly offset: number })[];
}

/** Offsets are multiples of it: enough for every element type, and for vector loads of Helium. */
const alignment = 16;

type Mutable = { -readonly [K in keyof Buffer]: Buffer[K] } & { name: string };

/**
 * Plans the arena of a program: values from the call that writes them to the last that reads them, inputs from the start,
 * outputs to the end, scratch memory during its call. Values that are the same memory under another shape share one place.
 */
export function planStorage(graph: Graph, layers: readonly Layer[]): Storage {
  const aliases = new Map<Value, Value>();
  const root = (v: Value): Value => {
    let r = v;
    for (let next = aliases.get(r); next; next = aliases.get(r)) r = next;
    return r;
  };
  for (const { node, alias } of layers) if (alias) for (const out of node.outputs) aliases.set(out, alias);

  const buffers: Mutable[] = [];
  const indexOf = new Map<Value | Scratch, number>();
  const use = (v: Value, step: number): void => {
    if (v.data) return;
    const key = root(v);
    const at = indexOf.get(key);
    if (at === undefined) {
      indexOf.set(key, buffers.length);
      buffers.push({ name: key.name, bytes: byteSize(key), first: step, last: step });
    } else buffers[at].last = Math.max(buffers[at].last, step);
  };

  for (const v of graph.inputs) use(v, 0);
  const calls = layers.flatMap((l) => l.calls);
  calls.forEach((call, i) => {
    for (const arg of placesOf(call)) {
      if (arg.kind !== 'scratch') use(arg.value, i + 1);
      else if (arg.bytes > 0) {
        indexOf.set(arg, buffers.length);
        buffers.push({ name: 'scratch', bytes: arg.bytes, first: i + 1, last: i + 1 });
      }
    }
  });
  for (const v of graph.outputs) use(v, calls.length + 1);

  const overlaps = calls.flatMap((call): Overlap[] => {
    const out = placesOf(call).find((a) => a.kind === 'out');
    if (!call.overlaps || out?.kind !== 'out') return [];
    const output = indexOf.get(root(out.value)) as number;
    return [...call.overlaps].flatMap(([v, distance]) => {
      const input = v.data ? undefined : indexOf.get(root(v));
      return input === undefined || input === output ? [] : [{ output, input, distance, multiple: call.overlapMultiple }];
    });
  });
  const plan = planArena(buffers, overlaps, alignment);
  return {
    bytes: plan.bytes,
    offsetOf: (v) => plan.offsets[indexOf.get(root(v)) as number],
    scratchOf: (s) => (s.bytes > 0 ? plan.offsets[indexOf.get(s) as number] : 0),
    buffers: buffers.map((b, i) => ({ ...b, offset: plan.offsets[i] })),
  };
}

/** The operands of a call that take memory, those inside structs too. */
export function placesOf(call: Call) {
  return call.args.flatMap((a) => {
    if (typeof a === 'number') return [];
    if (a.kind === 'in' || a.kind === 'out' || a.kind === 'scratch') return [a];
    return [];
  });
}
