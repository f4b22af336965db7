import type { TfliteFile, TfliteTensor } from '../../../formats/tflite/file.js';
import type { ArenaPart, ArenaReport } from '../types.js';
import { Allocator } from './allocator.js';
import { espWants } from './esp.js';
import { greedyPlan } from './greedy.js';
import { cmsisData, espData, newerParsed, referenceKernels } from './kernels.js';
import { alignUp, layout } from './layout.js';
import { arenaAlignment, plannedBuffers, type Scratch } from './lifetimes.js';
import { elements, type Op, type Subgraph } from './model.js';
import { wantedBy } from './prepare.js';
import type { Target } from './target.js';

/** Scratch buffers that a kernel may ask for; room for so many requests is kept while nodes are prepared (kMaxScratchBuffersPerOp). */
const requestsPerNode = 12;

/** What the greedy planner keeps for each buffer while it plans: requirement, two sorted lists, the list by offset, the offset. */
const plannerBytes = 40;

/** Structures of the interpreter, in the order in which they are allocated. Sources: the headers of tensorflow/lite/micro named beside. */
const structures = {
  /** arena_allocator/single_arena_buffer_allocator.h: two virtual tables, five pointers, a checksum, a count. */
  arena: '8pi',
  /** memory_planner/greedy_memory_planner.h. */
  planner: 'p2i4p2ipb',
  /** micro_allocator.h. */
  allocator: '5pb3p',
  builtin: '2p',
  subgraph: '2p',
  evalTensor: '2pe',
  node: '6pip',
  request: 'p2i',
  handle: 'p',
  tensor: 'ep2i3p2eb',
  affine: '2pi',
  allocationInfo: '2p3ib',
} as const;

/**
 * The arena that TensorFlow Lite Micro needs for a model: every allocation of MicroInterpreter::AllocateTensors() played through, in order,
 * on an arena that begins and ends at multiples of 16.
 */
export function planArena(file: TfliteFile, graphs: readonly Subgraph[], target: Target): ArenaReport {
  const { abi } = target;
  const size = (members: string) => layout(members, abi);
  const arena = new Allocator();
  const persist = (kind: string, members: string, count = 1): void => {
    const { bytes, align } = size(members);
    arena.persistent(kind, bytes * count, align);
  };
  const fixed = "the allocator's own objects";
  persist(fixed, target.python ? `${structures.arena}4p` : structures.arena);
  persist(fixed, structures.planner);
  persist(fixed, target.python ? `${structures.allocator}25p` : structures.allocator);
  persist(fixed, structures.builtin);
  const request = size(structures.request).bytes;
  arena.reserveHead(requestsPerNode * request);
  persist(fixed, target.python ? '3p' : structures.subgraph, graphs.length);
  for (const g of graphs) persist('tensors (TfLiteEvalTensor)', structures.evalTensor, g.tensors.length);
  for (const g of graphs) persist('nodes (NodeAndRegistration)', structures.node, g.ops.length);
  const ops = graphs.flatMap((g, subgraph) => g.ops.map((op, node) => ({ op, subgraph, node })));
  for (const { op } of ops) persist("operators' parameters", parsedOf(op, target));
  for (const { op } of ops) {
    const data = dataOf(op, target);
    if (data) arena.persistent("kernels' own structures", size(data).bytes, arenaAlignment);
  }
  const scratches: Scratch[] = [];
  for (const { op, subgraph, node } of ops) {
    const wanted = wantedBy(op, target);
    for (const bytes of wanted.persistent ?? []) arena.persistent("kernels' tables (per-channel multipliers, sums)", bytes, arenaAlignment);
    for (const bytes of wanted.scratch ?? []) scratches.push({ subgraph, node, bytes });
    fetchTensors(arena, op, target);
    arena.reserveHead((requestsPerNode + scratches.length) * request);
  }
  if (scratches.length > 0) persist('handles of scratch buffers', structures.handle, scratches.length);
  for (const g of graphs) {
    for (const t of g.tensors) if (t.is_variable) arena.persistent('variables', byteLength(t), arenaAlignment);
  }
  const buffers = plannedBuffers(file, graphs, scratches);
  arena.temporary(abi.pointer * graphs.length, abi.pointer);
  const info = size(structures.allocationInfo);
  arena.temporary(info.bytes * (graphs.reduce((n, g) => n + g.tensors.length, 0) + scratches.length), info.align);
  arena.rest(plannerBytes * buffers.length, arenaAlignment);
  const head = greedyPlan(buffers).bytes;
  arena.reserveHead(head);
  const main = graphs[0];
  for (const list of [main.inputs, main.outputs]) {
    arena.persistent('inputs and outputs (TfLiteTensor)', abi.pointer * list.length, arenaAlignment);
    for (const index of list) {
      const tensor = main.tensors[index];
      for (const part of tensorParts(tensor, target)) arena.persistent('inputs and outputs (TfLiteTensor)', part.bytes, part.align);
    }
  }
  const used = head + arena.tail;
  const parts: ArenaPart[] = [{ kind: 'activations and scratch buffers (planned)', bytes: head }, ...arena.parts()];
  return {
    bytes: alignUp(Math.max(arena.peak, used), arenaAlignment),
    used,
    head,
    persistent: arena.tail,
    allocationPeak: arena.peak,
    parts,
    estimated: [...new Set(ops.filter(({ op }) => isEstimated(op, target)).map(({ op }) => op.name))].sort(),
  };
}

/** Kernels whose requests are bounded from above rather than traced. */
const estimatedKernels = new Set(['SVDF', 'UNIDIRECTIONAL_SEQUENCE_LSTM', 'BATCH_MATMUL', 'CUMSUM', 'ADD_N']);

const isEstimated = (op: Op, target: Target): boolean =>
  estimatedKernels.has(op.name) || (target.kernels === 'esp-nn' && (espWants(op, target).scratch?.length ?? 0) > 0);

const parsedOf = (op: Op, target: Target): string => (target.newer && newerParsed[op.name]) || referenceKernels[op.name]?.parsed || '';

/** Kernels that keep the index of a buffer for decompressed weights or bias where the build has compression. */
const decompressing = new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED', 'TRANSPOSE_CONV']);

function dataOf(op: Op, target: Target): string {
  const special = target.kernels === 'cmsis-nn' ? cmsisData[op.name] : target.kernels === 'esp-nn' ? espData[op.name] : undefined;
  const basic = referenceKernels[op.name];
  if (basic?.integerOnly && op.inputs[0]?.type === 'FLOAT32') return '';
  const data = special ?? basic?.data ?? '';
  return target.python && decompressing.has(op.name) ? `${data}2i` : data;
}

/** A TfLiteTensor and, where it is quantized, its parameters: scales stay in the file, zero points are copied. */
function tensorParts(tensor: TfliteTensor, { abi }: Target): readonly { bytes: number; align: number }[] {
  const parts = [layout(structures.tensor, abi)];
  const channels = tensor.quantization?.scale?.length ?? 0;
  if (channels > 0 && (tensor.quantization?.zero_point?.length ?? 0) > 0) {
    parts.push(layout(structures.affine, abi), { bytes: 4 + 4 * channels, align: 4 });
  }
  return parts;
}

function fetchTensors(arena: Allocator, op: Op, target: Target): void {
  const { fetches, twice } = referenceKernels[op.name] ?? {};
  // CMSIS-NN's convolutions fetch the bias as well.
  const first = target.kernels === 'reference' ? op.inputs.slice(0, fetches) : op.inputs;
  for (const t of [...first, ...op.outputs, ...(twice ? [...op.inputs, ...op.outputs] : [])]) {
    if (t) for (const part of tensorParts(t, target)) arena.temporary(part.bytes, part.align);
  }
}

const byteLength = (t: TfliteTensor): number => elements(t.shape) * ({ INT16: 2, FLOAT32: 4, INT32: 4, INT64: 8 }[t.type] ?? 1);
