/** Something that needs memory for a while. */
export interface Buffer {
  /** Size in bytes. */
  readonly bytes: number;
  /** Steps at which it is first and last in use, both included. */
  readonly first: number;
  readonly last: number;
}

/**
 * Permission to lay the result of a step over one of its operands, whose last use the step is: right wherever
 * `offset(output) + distance <= offset(input)`. The distance is how far writing gets ahead of reading, in bytes.
 * (The "diagonal memory optimisation" of Blacker et al., 2020.)
 */
export interface Overlap {
  /** Indices into the buffers. */
  readonly output: number;
  readonly input: number;
  readonly distance: number;
  /** Where given, `offset(input) - offset(output)` has to be a multiple of it as well. */
  readonly multiple?: number;
}

export interface ArenaPlan {
  /** Byte offset of each buffer, a multiple of the alignment. */
  readonly offsets: readonly number[];
  /** Size of the arena. */
  readonly bytes: number;
}

/** Orders that are tried after the fixed ones, each a small change of the best so far; fewer where there are many buffers. */
const attempts = 2000;
const placements = 400_000;

/**
 * Offsets in one arena for buffers that live at the same time. Each is put at the lowest place that is free of those already
 * placed; which order is best differs from graph to graph, so several are tried: by size, by time in both directions, and
 * random changes of the best one. The result is the same in every run.
 * @param align Bytes that every offset is a multiple of.
 */
export function planArena(buffers: readonly Buffer[], overlaps: readonly Overlap[] = [], align = 16): ArenaPlan {
  const placer = new Placer(buffers, overlaps, align);
  const all = buffers.map((_, i) => i);
  const bySize = (ties: number) =>
    [...all].sort((a, b) => buffers[b].bytes - buffers[a].bytes || ties * (buffers[a].first - buffers[b].first));
  const orders = [bySize(-1), bySize(1), [...all].sort((a, b) => buffers[b].first - buffers[a].first), all];
  let best = placer.place(orders[0]);
  let order = orders[0];
  const consider = (candidate: number[]) => {
    const plan = placer.place(candidate);
    if (plan.bytes > best.bytes) return;
    best = plan;
    order = candidate;
  };
  for (const candidate of orders) consider(candidate);
  const floor = overlaps.length === 0 ? lowerBound(buffers) : Math.max(0, ...buffers.map((b) => b.bytes));
  const random = lcg(buffers.length);
  const tries = Math.min(attempts, Math.ceil(placements / Math.max(1, buffers.length)));
  for (let i = 0; i < tries && best.bytes > floor; i++) consider(i % 2 ? movedOne(order, random) : movedPeak(order, best, buffers, random));
  return best;
}

/** The most bytes that are in use at one step: no plan without overlaps is smaller. */
export function lowerBound(buffers: readonly Buffer[]): number {
  const ends = new Map<number, number>();
  const add = (step: number, bytes: number) => ends.set(step, (ends.get(step) ?? 0) + bytes);
  for (const { first, last, bytes } of buffers) {
    add(first, bytes);
    add(last + 1, -bytes);
  }
  let now = 0;
  let most = 0;
  for (const [, change] of [...ends].sort(([a], [b]) => a - b)) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

/** Another buffer that is in use at the same time; the distance by which it may be laid over, as output or as input of the step. */
interface Neighbour {
  readonly index: number;
  readonly mayPrecede?: Overlap;
  readonly mayFollow?: Overlap;
}

class Placer {
  private readonly buffers: readonly Buffer[];
  private readonly align: number;
  private readonly neighbours: readonly (readonly Neighbour[])[];

  constructor(buffers: readonly Buffer[], overlaps: readonly Overlap[], align: number) {
    this.buffers = buffers;
    this.align = align;
    const allowed = new Map<string, Overlap>();
    for (const overlap of overlaps) {
      const { output, input } = overlap;
      if (buffers[output].first === buffers[input].last) allowed.set(`${output} ${input}`, overlap);
    }
    this.neighbours = buffers.map((a, i) =>
      buffers.flatMap((b, j): Neighbour[] => {
        if (i === j || a.first > b.last || b.first > a.last) return [];
        return [{ index: j, mayPrecede: allowed.get(`${i} ${j}`), mayFollow: allowed.get(`${j} ${i}`) }];
      }),
    );
  }

  place(order: readonly number[]): ArenaPlan {
    const offsets = new Array<number>(this.buffers.length).fill(-1);
    let bytes = 0;
    for (const i of order) {
      offsets[i] = this.lowest(i, offsets);
      bytes = Math.max(bytes, offsets[i] + this.buffers[i].bytes);
    }
    return { offsets, bytes: this.up(bytes) };
  }

  /** The lowest offset that every placed neighbour allows. */
  private lowest(i: number, offsets: readonly number[]): number {
    const size = this.buffers[i].bytes;
    const placed = this.neighbours[i].filter((n) => offsets[n.index] >= 0);
    let offset = 0;
    for (let before = -1; before !== offset; ) {
      before = offset;
      for (const n of placed) offset = this.up(nextAllowed(offset, size, offsets[n.index], this.buffers[n.index].bytes, n));
    }
    return offset;
  }

  private up(offset: number): number {
    return Math.ceil(offset / this.align) * this.align;
  }
}

/** The least offset from `offset` on at which a buffer of `size` bytes may lie beside, or as far as allowed over, a placed one. */
function nextAllowed(offset: number, size: number, at: number, bytes: number, { mayPrecede, mayFollow }: Neighbour): number {
  if (offset + size <= at || offset >= at + bytes) return offset;
  if (mayPrecede) {
    const { distance, multiple = 1 } = mayPrecede;
    const ahead = Math.floor((at - offset) / multiple) * multiple;
    if (ahead >= distance) return at - ahead;
  }
  if (mayFollow) {
    const { distance, multiple = 1 } = mayFollow;
    const behind = Math.ceil(Math.max(offset - at, distance) / multiple) * multiple;
    if (behind < bytes) return at + behind;
  }
  return at + bytes;
}

/** Park and Miller's minimal standard generator: the plan must not differ from run to run. */
function lcg(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

function movedOne(order: readonly number[], random: (below: number) => number): number[] {
  const next = [...order];
  const [moved] = next.splice(random(next.length), 1);
  next.splice(random(next.length + 1), 0, moved);
  return next;
}

/** One of the buffers that reach the top, or that live beside one, placed earlier: only they can lower it. */
function movedPeak(
  order: readonly number[],
  { offsets, bytes }: ArenaPlan,
  buffers: readonly Buffer[],
  random: (below: number) => number,
): number[] {
  const top = order.filter((i) => offsets[i] + buffers[i].bytes > bytes - 16);
  const peak = buffers[top[random(top.length)]];
  const beside = order.filter((i) => buffers[i].first <= peak.last && peak.first <= buffers[i].last);
  const moved = beside[random(beside.length)];
  const next = order.filter((i) => i !== moved);
  next.splice(random(next.length + 1), 0, moved);
  return next;
}
