/** A buffer of the plan: bytes (a multiple of the arena's alignment) and the steps at which it is first and last in use. */
export interface PlannedBuffer {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface GreedyPlan {
  /** Offset of each buffer, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * TensorFlow Lite Micro's GreedyMemoryPlanner: buffers by size, the largest first, each at the lowest gap that is free of those
 * already placed that are in use at the same time. Of buffers with the same size the one added last comes first.
 * Source: tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc.
 */
export function greedyPlan(buffers: readonly PlannedBuffer[]): GreedyPlan {
  const order = buffers.map((_, i) => i).reverse();
  order.sort((a, b) => buffers[b].bytes - buffers[a].bytes);
  const offsets = new Array<number>(buffers.length).fill(0);
  /** Indices of what is placed, by offset. */
  const placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const wanted = buffers[i];
    let at = 0;
    for (const j of placed) {
      const other = buffers[j];
      if (other.first > wanted.last || wanted.first > other.last) continue;
      if (offsets[j] - at >= wanted.bytes) break;
      at = Math.max(at, offsets[j] + other.bytes);
    }
    offsets[i] = at;
    bytes = Math.max(bytes, at + wanted.bytes);
    const next = placed.findIndex((j) => offsets[j] > at);
    placed.splice(next < 0 ? placed.length : next, 0, i);
  }
  return { offsets, bytes };
}
