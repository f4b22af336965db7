import type { TfliteFile } from '../../../formats/tflite/file.js';
import type { PlannedBuffer } from './greedy.js';
import { alignUp } from './layout.js';
import { isConstant, type Op, type Subgraph, tensorBytes } from './model.js';

/** A buffer that a kernel asks for while it is prepared, in use only while its node runs. */
export interface Scratch {
  readonly subgraph: number;
  readonly node: number;
  readonly bytes: number;
}

interface Life {
  first: number;
  last: number;
}

/** Alignment of every buffer in the arena (MicroArenaBufferAlignment). */
export const arenaAlignment = 16;

/**
 * Buffers for the planner, in the order in which they are added: tensors of every graph without data in the file, then scratch
 * buffers. A step is counted for each node; graphs called by IF, WHILE and CALL_ONCE take their steps inside their caller's.
 * Source: tensorflow/lite/micro/micro_allocation_info.cc.
 */
export function plannedBuffers(file: TfliteFile, graphs: readonly Subgraph[], scratches: readonly Scratch[]): PlannedBuffer[] {
  const lives: Life[][] = graphs.map((g) => g.tensors.map(() => ({ first: -1, last: -1 })));
  const scratchLives: Life[] = scratches.map(() => ({ first: -1, last: -1 }));
  let step = 0;
  const active = new Set<number>();
  const mark = (index: number): void => {
    const graph = graphs[index];
    // A file whose graphs call each other in a circle would never end.
    if (!graph || active.has(index)) return;
    active.add(index);
    const life = lives[index];
    const start = (t: number): void => {
      life[t] = { first: step, last: step };
    };
    const use = (t: number): void => {
      if (t >= 0) life[t].last = step;
    };
    graph.inputs.forEach(start);
    graph.outputs.forEach(start);
    graph.ops.forEach((op, node) => {
      step++;
      (op.op.outputs ?? []).forEach(start);
      const first = step;
      for (const called of calledGraphs(op)) {
        step++;
        mark(called);
      }
      (op.op.inputs ?? []).forEach(use);
      (op.op.outputs ?? []).forEach(use);
      scratches.forEach((s, i) => {
        if (s.subgraph === index && s.node === node) scratchLives[i] = { first, last: step };
      });
    });
    graph.outputs.forEach(use);
    active.delete(index);
  };
  mark(0);
  const buffers: PlannedBuffer[] = [];
  const add = (bytes: number, { first, last }: Life): void => {
    buffers.push({ bytes: alignUp(bytes, arenaAlignment), first, last });
  };
  graphs.forEach((graph, g) => {
    graph.tensors.forEach((tensor, t) => {
      const bytes = tensorBytes(tensor);
      if (bytes > 0 && !tensor.is_variable && !isConstant(file, tensor)) add(bytes, lives[g][t]);
    });
  });
  scratches.forEach((s, i) => {
    add(s.bytes, scratchLives[i]);
  });
  return buffers;
}

const calls: Readonly<Record<string, readonly string[]>> = {
  IF: ['then_subgraph_index', 'else_subgraph_index'],
  WHILE: ['cond_subgraph_index', 'body_subgraph_index'],
  CALL_ONCE: ['init_subgraph_index'],
};

const calledGraphs = (op: Op): number[] => (calls[op.name] ?? []).flatMap((field) => (op.options[field] as number | undefined) ?? []);
