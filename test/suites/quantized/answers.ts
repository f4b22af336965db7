import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { bytesOf, type Tensor } from '../../../src/ir/tensor.js';

/** What TensorFlow Lite Micro said to a case: the bytes of the outputs of each run in base64, or why it took it not. */
export interface Answer {
  /** Of the graph and its inputs: an answer to others is worth nothing. */
  readonly digest: string;
  readonly runs?: readonly (readonly string[])[];
  readonly refused?: string;
}

export type Recorded = Record<string, Answer>;

/** The answers in fixtures/tflm, recorded by fixtures/tflm/record.mts, by the key of the case. */
export const recordedAnswers = (): Recorded =>
  JSON.parse(readFileSync(new URL('../../../fixtures/tflm/answers.json', import.meta.url), 'utf8')) as Recorded;

/** Identifies a graph together with the inputs it is run on. */
export function digest({ nodes }: Graph, runs: readonly (readonly Tensor[])[]): string {
  const hash = createHash('sha256');
  const told = (v: Value | null): unknown =>
    v && [v.name, v.dtype, v.shape, v.quant && [[...v.quant.scale], [...v.quant.zeroPoint], v.quant.axis]];
  for (const { op, attrs, inputs, outputs } of nodes) {
    hash.update(JSON.stringify([op, Object.entries(attrs).map(([k, a]) => [k, String(a)]), inputs.map(told), outputs.map(told)]));
    for (const v of inputs) if (v?.data) hash.update(bytesOf({ ...v, data: v.data }));
  }
  for (const inputs of runs) for (const t of inputs) hash.update(bytesOf(t));
  return hash.digest('base64url').slice(0, 12);
}
