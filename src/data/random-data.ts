import { UsageError } from '../errors.js';
import { fromNumbers } from '../ir/tensor.js';
import { type DType, isFloat, sizeOf } from '../ir/types.js';
import { makeDataset } from './dataset.js';
import { Random } from './random.js';
import type { Dataset, PortSpec, Source } from './types.js';

/** Whole numbers that any model can take: pixels and bytes over their range, the rest 0 or 1 (they may be indices). */
const wholeRanges: Partial<Record<DType, readonly [low: number, count: number]>> = { uint8: [0, 256], int8: [-128, 256] };

/**
 * Invented samples for smoke tests: nearly normal numbers (mean 0, variance 1) for inputs of a float type. Sample i of a seed is always
 * the same. Nothing measured on them says anything about a model's accuracy.
 */
export function randomData(ports: readonly PortSpec[], options: { readonly samples?: number; readonly seed?: number } = {}): Dataset {
  const { samples = 32, seed = 0 } = options;
  if (!Number.isSafeInteger(samples) || samples < 1) throw new UsageError(`samples is ${samples}: it has to be a whole number above 0.`);
  if (!Number.isSafeInteger(seed)) throw new UsageError(`seed is ${seed}: it has to be a whole number.`);
  if (ports.length === 0) throw new UsageError('The model has no inputs, so it takes no data.');
  const sources = ports.map(
    (port, k): Source => ({
      length: samples,
      description: `${samples} random samples`,
      preparation: isFloat(port.dtype) ? 'normal, mean 0, variance 1' : 'uniform whole numbers',
      warnings: k === 0 ? ['The samples are random numbers: ranges and accuracy found with them mean nothing for real inputs.'] : [],
      named: false,
      item: (i) => ({ name: `random[${i}]`, file: `${i}`, group: `${i}` }),
      async read(i) {
        // One sequence per sample and input, so that samples can be read in any order.
        const random = new Random(seed ^ Math.imul(i * ports.length + k + 1, 0x9e3779b1));
        const size = sizeOf(port.shape);
        const [low, count] = wholeRanges[port.dtype] ?? [0, 2];
        const draw = isFloat(port.dtype) ? () => random.normal() : () => low + random.below(count);
        return fromNumbers(port.dtype, port.shape, Float32Array.from({ length: size }, draw));
      },
    }),
  );
  return makeDataset('random', ports, sources, undefined, {});
}
