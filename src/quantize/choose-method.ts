import { type Graph, GraphView, isConstant, type Value } from '../ir/graph.js';
import type { Progress } from './observe.js';
import type { RangeMethod } from './ranges.js';
import { openTarget, type Target, writeTarget } from './targets.js';
import { compareWith, type Reference } from './verify.js';

/** How close a way of quantizing came to the float model on held-out samples. */
export interface MethodScore {
  readonly method: RangeMethod;
  /** Whether the channels of activations were evened out first. */
  readonly equalized: boolean;
  /** dB, mean over what `choiceValues` names. */
  readonly sqnr: number;
}

/** One way to try. */
export interface Candidate {
  readonly method: RangeMethod;
  readonly equalized: boolean;
  build(): Graph;
}

/** Squashing functions behind which a difference shows on a few undecided samples only. */
const squashing = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'Reshape']);

/**
 * What candidates are compared by: each output, or what goes into the softmax or sigmoid that makes it. Behind a softmax the
 * SQNR of a few samples is decided by the least sure of them; before it, every sample counts alike.
 */
export function choiceValues(graph: Graph): Value[] {
  const view = new GraphView(graph);
  const values = graph.outputs.map((v) => {
    let at = v;
    for (let node = view.producer(at); node && squashing.has(node.op) && !isConstant(node.inputs[0]); node = view.producer(at)) {
      const before = node.inputs[0] as Value;
      if (graph.inputs.includes(before) || before.dtype !== 'float32') break;
      at = before;
    }
    return at;
  });
  return [...new Set(values)].filter((v) => !isConstant(v) && !graph.inputs.includes(v));
}

/** Tries every candidate with the real runtime; best first, ties in the given order. @param refs Samples whose outputs are `values`. */
export async function chooseMethod(
  values: readonly Value[],
  refs: readonly Reference[],
  target: Target,
  candidates: readonly Candidate[],
  progress?: Progress,
): Promise<{ readonly score: MethodScore; readonly candidate: Candidate }[]> {
  const tried: { score: MethodScore; candidate: Candidate }[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const quantized = candidate.build();
    const made = new Map(quantized.nodes.flatMap((n) => n.outputs.map((v) => [v.name, v])));
    const exposed = { ...quantized, outputs: values.map((v) => made.get(v.name) as Value) };
    const session = await openTarget(target, await writeTarget(target, exposed), exposed);
    const { outputs } = await compareWith(session, values, refs);
    await session.close();
    const sqnr = outputs.reduce((sum, o) => sum + Math.min(o.sqnr, 120), 0) / outputs.length;
    tried.push({ score: { method: candidate.method, equalized: candidate.equalized, sqnr }, candidate });
    progress?.(i + 1, candidates.length);
  }
  return tried.sort((a, b) => b.score.sqnr - a.score.sqnr);
}
