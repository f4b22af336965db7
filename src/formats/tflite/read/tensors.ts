import { ModelError } from '../../../errors.js';
import type { QuantParams, Value } from '../../../ir/graph.js';
import { fromBytes, type Tensor, toNumbers } from '../../../ir/tensor.js';
import { type DType, dtypes, type Shape, sizeOf, stridesOf } from '../../../ir/types.js';
import type { NodeBuilder } from '../../../ops/node-builder.js';
import { dtypeOfTensorType, quantOf, type TfliteFile, type TfliteTensor } from '../file.js';

/** A tensor as the file declares it. */
export interface Declared {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quant?: QuantParams;
}

/** The tensors of a subgraph: what the file declares of them, and the values that stand for them so far. */
export class TensorTable {
  private readonly file: TfliteFile;
  private readonly bytes: Uint8Array;
  private readonly tensors: readonly TfliteTensor[];
  private readonly builder: NodeBuilder;
  private readonly values = new Map<number, Value>();
  private readonly floats = new Map<number, Value>();
  private readonly declared = new Map<number, Declared>();

  constructor(file: TfliteFile, bytes: Uint8Array, builder: NodeBuilder) {
    this.file = file;
    this.bytes = bytes;
    this.tensors = file.subgraphs?.[0].tensors ?? [];
    this.builder = builder;
  }

  get count(): number {
    return this.tensors.length;
  }

  raw(index: number, user: string): TfliteTensor {
    const t = this.tensors[index];
    if (!t) throw new ModelError(`${user} refers to tensor ${index}; the model has ${this.tensors.length} tensors.`);
    return t;
  }

  /** What the file says of a tensor. Throws ModelError where edgeml has no such type or the shape is none. */
  declare(index: number, user: string): Declared {
    const known = this.declared.get(index);
    if (known) return known;
    const t = this.raw(index, user);
    const name = t.name || `tensor_${index}`;
    const dtype = dtypeOfTensorType[t.type];
    if (!dtype) throw new ModelError(`Tensor '${name}' has the element type ${t.type}, which edgeml does not support.`);
    if (t.sparsity) throw new ModelError(`Tensor '${name}' is stored sparse. Convert the model again without sparsity.`);
    if (t.is_variable)
      throw new ModelError(`Tensor '${name}' is a variable that keeps its value between runs; edgeml reads stateless models.`);
    const shape = t.shape ?? [];
    const fixed = shape.map((d, i) => (d < 0 && i === 0 ? 1 : d));
    const quant = quantOf(t, `Tensor '${name}'`);
    const made: Declared = { name, dtype, shape: fixed, ...(quant && { quant }) };
    this.declared.set(index, made);
    return made;
  }

  /** Makes `value` stand for a tensor that an operator writes (or that is an input). */
  set(index: number, value: Value): void {
    this.values.set(index, value);
  }

  isConstant(index: number): boolean {
    return !this.values.has(index) && this.data(index) !== undefined;
  }

  /** The value of a tensor: one made before, or a constant. Throws ModelError where nothing has written it. */
  value(index: number, user: string): Value {
    const known = this.values.get(index);
    if (known) return known;
    const made = this.constant(index, user);
    this.values.set(index, made);
    return made;
  }

  /** {@link value}, a constant that is stored in int8 or float16 as the float32 that it stands for. */
  floatValue(index: number, user: string): Value {
    const v = this.value(index, user);
    if (v.data === undefined || (v.dtype !== 'float16' && !v.quant)) return v;
    const known = this.floats.get(index);
    if (known) return known;
    const made = this.builder.constant(dequantized(v as Tensor, v.quant), v.name);
    this.floats.set(index, made);
    return made;
  }

  private constant(index: number, user: string): Value {
    const { name, dtype, shape, quant } = this.declare(index, user);
    const bytes = this.data(index);
    if (!bytes && sizeOf(shape) !== 0) throw new ModelError(`${user} reads tensor '${name}' before anything has written it.`);
    let t: Tensor;
    try {
      t = fromBytes(dtype, shape, bytes ?? new Uint8Array(0));
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      throw new ModelError(`The constant '${name}' is damaged: ${e.message}.`, { cause: e });
    }
    if (!shape.every((d) => d >= 0)) throw new ModelError(`The constant '${name}' has the shape [${shape}].`);
    const v = this.builder.constant(t, name);
    return quant ? Object.assign(v, { quant }) : v;
  }

  private data(index: number): Uint8Array | undefined {
    const t = this.tensors[index];
    if (!t) return undefined;
    if (t.external_buffer) {
      throw new ModelError(
        `Tensor '${t.name}' has its data in another file (external buffer ${t.external_buffer}), which edgeml does not read.`,
      );
    }
    if (!t.buffer) return undefined;
    const buffer = this.file.buffers?.[t.buffer];
    if (!buffer)
      throw new ModelError(`Tensor '${t.name}' has its data in buffer ${t.buffer}; the file has ${this.file.buffers?.length ?? 0}.`);
    // Files beyond 2 GB keep buffers after the flatbuffer; offsets of 0 and 1 mean that there is none.
    if (buffer.offset > 1) {
      if (buffer.offset + buffer.size > this.bytes.length) {
        throw new ModelError(
          `The data of tensor '${t.name}' end at byte ${buffer.offset + buffer.size} of a file of ${this.bytes.length} bytes.`,
        );
      }
      return this.bytes.subarray(buffer.offset, buffer.offset + buffer.size);
    }
    return buffer.data?.length ? buffer.data : undefined;
  }
}

/** The float32 tensor that stored integers or half floats stand for: `scale * (q - zeroPoint)`. */
function dequantized(t: Tensor, quant: QuantParams | undefined): Tensor {
  const q = toNumbers(t);
  if (!quant) return { dtype: 'float32', shape: t.shape, data: q as Float32Array };
  const out = new dtypes.float32.array(q.length) as Float32Array;
  const { scale, zeroPoint, axis } = quant;
  const step = axis === undefined ? q.length : stridesOf(t.shape)[axis];
  for (let i = 0; i < q.length; i++) {
    const c = axis === undefined ? 0 : Math.floor(i / step) % scale.length;
    out[i] = scale[c] * (q[i] - zeroPoint[c]);
  }
  return { dtype: 'float32', shape: t.shape, data: out };
}
