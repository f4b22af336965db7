import type { DataOptions } from '../data/types.js';
import { load } from '../formats/index.js';
import type { ReadOptions } from '../formats/types.js';
import { allValues, isConstant } from '../ir/graph.js';
import { sizeOf } from '../ir/types.js';
import { graphMacs } from '../quantize/cost.js';
import type { BenchReport } from './types.js';

export interface DescribeOptions extends ReadOptions {
  /** Labelled samples. */
  readonly evaluate?: string;
  readonly data?: DataOptions;
  readonly onWarning?: (sentence: string) => void;
}

/** What a report says of a model: format, size, multiply-accumulates, elements of weights, accuracy. Throws what `load` and `verify` throw. */
export async function describeModel(path: string, options: DescribeOptions): Promise<BenchReport['models'][number]> {
  const { graph, format, fileSize } = await load(path, options);
  const parameters = allValues(graph).reduce((sum, v) => sum + (isConstant(v) ? sizeOf(v.shape) : 0), 0);
  const accuracy = options.evaluate === undefined ? undefined : await accuracyOf(path, options.evaluate, options);
  return { path, format, size: fileSize, macs: graphMacs(graph), parameters, ...(accuracy !== undefined && { accuracy }) };
}

/** Top-1 accuracy in the runtime of the model's own format; undefined, with a warning, where there are no labels or classes. */
async function accuracyOf(path: string, evaluate: string, { data, onWarning, ...read }: DescribeOptions): Promise<number | undefined> {
  const { verify } = await import('../quantize/verify-files.js');
  const { report } = await verify(path, path, { ...read, data: evaluate, dataOptions: data, onWarning });
  if (!report.accuracy) onWarning?.(`${path} has no accuracy: ${evaluate} has no labels, or the model no class scores.`);
  return report.accuracy?.float;
}
