import { ModelError, UsageError } from '../errors.js';
import { fromNumbers, type Numbers, type Tensor } from '../ir/tensor.js';
import { type DType, isFloat, sizeOf } from '../ir/types.js';
import { channelAxis, type Layout, recordShape, toPortOrder } from './layout.js';
import type { DataOptions, PortSpec } from './types.js';

/** Turns the stored values of one record into the tensor that an input takes. */
export interface Converter {
  /** What happens to a value: "(value - 83) × 0.584702909". */
  readonly description: string;
  /**
   * @param values one record in row-major order, as many values as the input has elements
   * @param where names the record in messages: "data/x.bin"
   * @param order the layout of an image in `values`; absent: that of the input
   * Throws ModelError for a value that is not finite or that the input's type cannot hold.
   */
  convert(values: Numbers, where: string, order?: Layout): Tensor;
}

/** What a type can hold. The 64-bit types end where a number stops being exact. */
const ranges: Partial<Record<DType, readonly [number, number]>> = {
  float16: [-65504, 65504],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 53), 2 ** 53],
  uint64: [0, 2 ** 53],
  bool: [0, 1],
};

/**
 * The converter of one input. The arithmetic is float32 step by step, as NumPy does it: `(x - mean) / std` or `(x - mean) * scale`;
 * without mean, std and scale the values pass unchanged. Throws UsageError where mean, std or scale make no sense for the input.
 */
export function converterFor(port: PortSpec, options: DataOptions): Converter {
  const { mean, std, scale, plain } = arithmetic(options);
  const channels = Math.max(mean.length, std.length);
  const record = recordShape(port);
  const inner = channels === 1 ? 1 : sizeOf(record.slice(channelAxis(port, record, channels) + 1));
  const size = sizeOf(port.shape);
  const check = checkFor(port);

  const apply = (values: Numbers): Numbers => {
    const wide = port.dtype === 'float64' || !isFloat(port.dtype);
    const out = wide ? new Float64Array(size) : new Float32Array(size);
    if (plain) {
      for (let i = 0; i < size; i++) out[i] = values[i];
      return out;
    }
    for (let i = 0; i < size; i++) {
      const c = channels === 1 ? 0 : Math.floor(i / inner) % channels;
      const centred = Math.fround(Math.fround(values[i]) - mean[mean.length === 1 ? 0 : c]);
      out[i] = Math.fround(Math.fround(centred / std[std.length === 1 ? 0 : c]) * scale);
    }
    return out;
  };

  return {
    description: describe(options),
    convert(values, where, order) {
      const laid = order ? toPortOrder(values, port, order) : values;
      const out = plain && port.dtype === 'float32' && laid instanceof Float32Array ? laid : apply(laid);
      check(out, where);
      return fromNumbers(port.dtype, port.shape, out);
    },
  };
}

function arithmetic(options: DataOptions): { mean: Float32Array; std: Float32Array; scale: number; plain: boolean } {
  const mean = vector('mean', options.mean, 0);
  const std = vector('std', options.std, 1);
  const scale = Math.fround(options.scale ?? 1);
  if (options.scale !== undefined && options.std !== undefined)
    throw new UsageError('std (divides) and scale (multiplies) are both given: give one of them.');
  if (mean.length > 1 && std.length > 1 && mean.length !== std.length)
    throw new UsageError(`mean has ${mean.length} values and std ${std.length}: give one, or as many as there are channels.`);
  if (std.includes(0)) throw new UsageError('std holds a 0, by which nothing can be divided.');
  if (!Number.isFinite(scale) || scale === 0) throw new UsageError(`scale is ${options.scale}: it has to be a finite number other than 0.`);
  return { mean, std, scale, plain: scale === 1 && mean.every((v) => v === 0) && std.every((v) => v === 1) };
}

function vector(name: string, given: number | readonly number[] | undefined, fallback: number): Float32Array {
  const values = given === undefined ? [fallback] : typeof given === 'number' ? [given] : given;
  if (values.length === 0) throw new UsageError(`${name} is empty: give one number, or one per channel.`);
  for (const v of values) if (!Number.isFinite(Math.fround(v))) throw new UsageError(`${name} holds ${v}: it has to be finite.`);
  return Float32Array.from(values);
}

function checkFor(port: PortSpec): (values: Numbers, where: string) => void {
  const [low, high] = ranges[port.dtype] ?? [-Infinity, Infinity];
  const whole = !isFloat(port.dtype);
  return (values, where) => {
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (!Number.isFinite(v))
        throw new ModelError(`${where}: element ${i} is ${v}, and every value has to be finite. Repair the sample or leave it out.`);
      if (v < low || v > high || (whole && !Number.isInteger(v)))
        throw new ModelError(
          `${where}: element ${i} is ${v}, but input '${port.name}' is ${port.dtype} and takes ` +
            `${whole ? 'whole numbers' : 'values'} from ${low} to ${high}. Check the data and mean, std, scale.`,
        );
    }
  };
}

function describe({ mean, std, scale }: DataOptions): string {
  const zero = mean === undefined || [mean].flat().every((v) => v === 0);
  const show = (v: number | readonly number[]) => (typeof v === 'number' || v.length === 1 ? `${v}` : `[${v.join(', ')}]`);
  const centred = zero ? 'value' : `(value - ${show(mean)})`;
  if (scale !== undefined && scale !== 1) return `${centred} × ${scale}`;
  if (std !== undefined && [std].flat().some((v) => v !== 1)) return `${centred} / ${show(std)}`;
  return zero ? 'values as they are' : centred.slice(1, -1);
}
