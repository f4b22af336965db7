import type { Graph } from '../ir/graph.js';
import type { Progress } from './observe.js';
import { type RangeMethod, rangeMethods } from './ranges.js';
import { openTarget, type Target, writeTarget } from './targets.js';
import { compareWith, type Reference } from './verify.js';

/** How close a method's model came to the float model on held-out samples. */
export interface MethodScore {
  readonly method: RangeMethod;
  /** dB, mean over outputs. */
  readonly sqnr: number;
}

/** Tries every range method with the real runtime; best first, ties in the order of `rangeMethods`. */
export async function chooseMethod(
  graph: Graph,
  refs: readonly Reference[],
  target: Target,
  build: (method: RangeMethod) => Graph,
  progress?: Progress,
): Promise<MethodScore[]> {
  const scores: MethodScore[] = [];
  for (const [i, method] of rangeMethods.entries()) {
    const session = await openTarget(target, await writeTarget(target, build(method)));
    const { outputs } = await compareWith(session, graph, refs);
    await session.close();
    scores.push({ method, sqnr: outputs.reduce((sum, o) => sum + Math.min(o.sqnr, 120), 0) / outputs.length });
    progress?.(i + 1, rangeMethods.length);
  }
  return scores.sort((a, b) => b.sqnr - a.sqnr);
}
