import type { OnnxNode, TfliteOperator } from '../mappings.js';

/** Throws RangeError unless `axis` is one of `rank` axes counted from the front. */
export function checkAxis(axis: number, rank: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank) throw new RangeError(`axis ${axis} is not one of the ${rank} of its input`);
}

/** Throws RangeError unless these are different axes of a tensor of `rank`, counted from the front. */
export function checkAxes(axes: readonly number[], rank: number): void {
  for (const a of axes) checkAxis(a, rank);
  if (new Set(axes).size !== axes.length) throw new RangeError(`the axes [${axes}] name one axis twice`);
}

/** An axis of a file, where it may count from the back, as the graph has it. Refuses the node where there is no such axis. */
export function fileAxis(axis: number, rank: number, node: OnnxNode | TfliteOperator): number {
  const a = axis < 0 ? axis + rank : axis;
  return a >= 0 && a < Math.max(rank, 1) ? a : node.refuse(`has axis ${axis} for a tensor of rank ${rank}`);
}

/** {@link fileAxis} for several, ascending. */
export const fileAxes = (axes: readonly number[], rank: number, node: OnnxNode | TfliteOperator): number[] =>
  [...new Set(axes.map((a) => fileAxis(a, rank, node)))].sort((a, b) => a - b);

/** The axes of a reduction in ONNX: an attribute up to the opset before `inputSince`, an input from there on. */
export function onnxAxes(node: OnnxNode, inputSince: number): number[] {
  const rank = node.input(0).shape.length;
  const all = Array.from({ length: rank }, (_, i) => i);
  const given = node.opset >= inputSince ? node.constantInts(1, []) : node.ints('axes', []);
  if (given.length > 0) return fileAxes(given, rank, node);
  return node.opset >= inputSince && node.int('noop_with_empty_axes', 0) !== 0 ? [] : all;
}
