import type { Value } from '../../../../ir/graph.js';
import type { DType } from '../../../../ir/types.js';
import { NoKernel } from '../../program.js';

const suffixes: Readonly<Record<Exclude<DType, 'float16'>, string>> = {
  float32: 'f32',
  float64: 'f64',
  int8: 's8',
  uint8: 'u8',
  int16: 's16',
  uint16: 'u16',
  int32: 's32',
  uint32: 'u32',
  int64: 's64',
  uint64: 'u64',
  bool: 'u8',
};

/** How kernels are named for the type of a value. Throws NoKernel for float16, which C99 cannot compute with. */
export function suffixOf({ dtype }: Pick<Value, 'dtype'>): string {
  if (dtype === 'float16') throw new NoKernel('takes no float16 in C');
  return suffixes[dtype];
}

/** Throws NoKernel for quantized values, whose integers stand for other numbers. */
export function plain(...values: readonly Value[]): void {
  const found = values.find((v) => v.quant);
  if (found) throw new NoKernel(`takes no quantized '${found.name}'`);
}
