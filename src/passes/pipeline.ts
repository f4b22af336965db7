import type { Graph } from '../ir/graph.js';
import { verify } from '../ir/verify.js';
import { inferNode } from '../ops/evaluate.js';
import { absorbTransposes, keepReducedAxes, transposeInMatMul } from './absorb-transposes.js';
import { cancelTransposes } from './cancel-transposes.js';
import { foldConstants } from './fold-constants.js';
import { foldIntoWeights } from './fold-into-weights.js';
import { foldPads } from './fold-pads.js';
import { fuseActivations } from './fuse-activations.js';
import { namesOf, type Pass, runPass } from './pass.js';
import { removeDeadCode } from './remove-dead-code.js';
import { removeIdentities } from './remove-identities.js';
import { gatherFilters, orderDepthToSpace } from './reorder-depth-to-space.js';
import { simplifyReshapes } from './simplify-reshapes.js';
import { sinkTransposes } from './sink-transposes.js';

/**
 * The order: layout first, because folding and fusing look for neighbours that transposes keep apart;
 * then arithmetic into weights before activations, because a fused activation seals its operator.
 */
export const passes: readonly Pass[] = [
  removeDeadCode,
  removeIdentities,
  simplifyReshapes,
  cancelTransposes,
  keepReducedAxes,
  sinkTransposes,
  cancelTransposes,
  absorbTransposes,
  transposeInMatMul,
  simplifyReshapes,
  foldConstants,
  removeIdentities,
  orderDepthToSpace,
  gatherFilters,
  foldPads,
  foldIntoWeights,
  fuseActivations,
  removeDeadCode,
];

/** How often each pass matched, in the order in which they ran. */
export interface PassCount {
  readonly pass: string;
  readonly matches: number;
}

/**
 * Simplifies a graph in place until no pass finds anything; the result computes the same to float rounding.
 * The graph is verified before the first pass and after each one that changed it.
 */
export function optimize(graph: Graph): PassCount[] {
  verify(graph, inferNode, 'reading');
  const names = namesOf(graph);
  const counts: PassCount[] = [];
  for (let round = 0; round < 10; round++) {
    const now = passes.map((pass) => ({ pass: pass.name, matches: runPass(graph, pass, names) }));
    counts.push(...now.filter((c) => c.matches > 0));
    if (now.every((c) => c.matches === 0)) break;
  }
  return counts;
}
