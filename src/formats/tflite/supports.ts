import type { Node, Value } from '../../ir/graph.js';
import type { DType } from '../../ir/types.js';
import type { OpRecord } from '../../ops/define.js';
import { operator } from '../../ops/index.js';
import type { TfliteMapping } from '../../ops/mappings.js';

/** Highest rank that a kernel takes where its record does not say. */
const defaultMaxRank = 5;

/** Integers that TFLite's kernels know a grid for. */
const quantizedTypes: readonly DType[] = ['int8', 'uint8', 'int16', 'int32', 'int64'];

/** Why a node cannot be written as one TFLite operator, as the end of a sentence; undefined if it can. */
export function problem(node: Node): string | undefined {
  const record = operator(node.op);
  const mapping = record.tflite as TfliteMapping<unknown> | undefined;
  if (!mapping) return 'has no TFLite builtin';
  return typeProblem(node) ?? (mapping.write?.(node.attrs, node) === null ? 'cannot be said in TFLite with these attributes' : undefined);
}

/** The part of {@link problem} that does not depend on attributes: element types and ranks. */
export function typeProblem(node: Node): string | undefined {
  const record = operator(node.op);
  const [x] = node.inputs;
  const skewed = [...node.inputs, ...node.outputs].find((v) => v?.dtype === 'int16' && v.quant?.zeroPoint.some((z) => z !== 0));
  if (skewed) return `has the zero point ${skewed.quant?.zeroPoint[0]}, which int16 cannot have in TFLite`;
  const odd = [...node.inputs, ...node.outputs].find((v) => v?.quant && !quantizedTypes.includes(v.dtype));
  if (odd) return `takes no ${odd.dtype} (quantized) in TFLite`;
  if (x && !takes(record, x)) return `takes no ${x.dtype}${x.quant ? ' (quantized)' : ''} in TFLite`;
  const maxRank = record.tflite?.maxRank ?? defaultMaxRank;
  const rank = Math.max(0, ...[...node.inputs, ...node.outputs].map((v) => v?.shape.length ?? 0));
  return rank > maxRank ? `takes at most rank ${maxRank} in TFLite, not ${rank}` : undefined;
}

function takes(record: OpRecord, x: Value): boolean {
  const types: readonly DType[] = record.tflite?.types ?? ['float32'];
  if (types.includes(x.dtype)) return true;
  // Integer kernels of float operators: the record says with `quantize` that they exist.
  if (!x.quant || !record.quantize) return false;
  return x.dtype === 'int8' || x.dtype === 'uint8' || (x.dtype === 'int16' && record.quantize.int16 === true);
}
