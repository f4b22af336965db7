import type { Graph } from '../../ir/graph.js';
import { sizeOf } from '../../ir/types.js';
import { macsByLayer } from '../macs.js';
import type { LayerShare } from '../types.js';
import { middleMean } from './statistics.js';

/** `[{"float": [1, 16, 32, 32]}, …]`: a tensor each, its shape under its type. */
type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

/** An event of onnxruntime's profile, which has the form of Chrome's traces. */
interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly node_index?: string;
    readonly input_type_shape?: Shapes;
    readonly output_type_shape?: Shapes;
  };
}

/**
 * Times of the nodes in a profile that onnxruntime wrote: of the graph as it made it, fused and laid out for the processor.
 * @param skip Runs at the beginning that do not count.
 */
export function layersOfProfile(text: string, skip: number): LayerShare[] {
  const nodes = new Map<string, Event[]>();
  for (const event of JSON.parse(text) as Event[]) {
    if (event.cat !== 'Node' || !event.name.endsWith('_kernel_time')) continue;
    const index = event.args.node_index ?? event.name;
    nodes.set(index, [...(nodes.get(index) ?? []), event]);
  }
  return [...nodes.values()].map((events) => {
    const [{ name, args }] = events;
    return {
      name: name
        .replace(/_kernel_time$/, '')
        .replace(/_token_\d+$/, '')
        .replace(/_nchwc?$/, ''),
      operator: args.op_name ?? '',
      macs: macsOf(args),
      ms: middleMean(events.slice(skip).map((e) => e.dur)) / 1000,
    };
  });
}

/**
 * Completes the multiply-accumulates that the profile does not tell from the graph: onnxruntime calls a fused node by the name of its
 * first or of its output, edgeml's writer by operator and output (`Conv_x`).
 */
export function withMacs(layers: readonly LayerShare[], graph: Graph): LayerShare[] {
  const namesOf = (layer: LayerShare): string[] => [layer.name, layer.name.replace(/^[A-Z][A-Za-z]*_/, '')];
  const macs = macsByLayer(graph, new Set(layers.flatMap(namesOf)));
  return layers.map((layer) => {
    const known = namesOf(layer).find((name) => macs.has(name));
    if (known === undefined || layer.macs > 0 || !/Conv|Gemm|MatMul/.test(layer.operator)) return layer;
    return { ...layer, name: known, macs: macs.get(known) ?? 0 };
  });
}

/** Multiply-accumulates from the shapes in the profile; 0 where it does not have them all (weights that were packed before). */
function macsOf({ op_name = '', input_type_shape = [], output_type_shape = [] }: Event['args']): number {
  const shapes = input_type_shape.map((t) => Object.values(t)[0]);
  const [y] = output_type_shape.map((t) => Object.values(t)[0]);
  if (!y || !shapes[0]) return 0;
  if (/Gemm|MatMul/.test(op_name)) return sizeOf(y) * (shapes[0].at(-1) ?? 0);
  if (!/Conv/.test(op_name) || /Transpose/.test(op_name)) return 0;
  // x, w of a float convolution; x, scale, zero point, w of a quantized one.
  const w = shapes.slice(1).find((s) => s.length === shapes[0].length);
  return w ? sizeOf(y) * sizeOf(w.slice(1)) : 0;
}
