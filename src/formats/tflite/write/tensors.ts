import type { QuantParams, Value } from '../../../ir/graph.js';
import { bytesOf, fromNumbers, type Tensor } from '../../../ir/tensor.js';
import type { TypeInfo } from '../../../ir/types.js';
import type { TfliteInputSpec } from '../../../ops/mappings.js';
import { tensorTypeOf } from '../file.js';

/** Parameters (axes, pads, shapes) up to this many bytes are shared by content; larger ones only share their buffer. */
const smallParameter = 1024;

/** Collects the tensors and buffers of a file, each content once. */
export class TensorWriter {
  readonly tables: object[] = [];
  /** Buffer 0 is empty: tensors without data refer to it. */
  readonly buffers: { data?: Uint8Array }[] = [{}];
  private readonly values = new Map<Value, number>();
  private readonly parameters = new Map<string, number>();
  private readonly byData = new Map<object, number>();
  private readonly bySize = new Map<number, number[]>();

  /** The tensor of a value of the graph or of an operator's parameter; made when first asked for. */
  index(v: Exclude<TfliteInputSpec, null>): number {
    if ('int32' in v) return this.parameter(fromNumbers('int32', v.shape ?? [v.int32.length], v.int32));
    if (!('name' in v)) return this.parameter(v);
    let index = this.values.get(v);
    if (index === undefined) {
      index = this.tensor(v.name, v, v.data && this.dataBuffer(v as Tensor), v.quant);
      this.values.set(v, index);
    }
    return index;
  }

  /** The buffer with these bytes. */
  buffer(bytes: Uint8Array): number {
    const same = this.bySize.get(bytes.length) ?? [];
    const known = same.find((i) => Buffer.compare(this.buffers[i].data as Uint8Array, bytes) === 0);
    if (known !== undefined) return known;
    this.buffers.push({ data: bytes });
    this.bySize.set(bytes.length, [...same, this.buffers.length - 1]);
    return this.buffers.length - 1;
  }

  private parameter(t: Tensor & { readonly quant?: QuantParams }): number {
    const bytes = bytesOf(t);
    const made = () => this.tensor(`parameter_${this.parameters.size}`, t, this.dataBuffer(t), t.quant);
    const quant = t.quant ? `${t.quant.scale},${t.quant.zeroPoint}` : '';
    const key = bytes.length <= smallParameter ? `${t.dtype}[${t.shape}] ${bytes} ${quant}` : `large ${this.tables.length}`;
    const known = this.parameters.get(key);
    if (known !== undefined) return known;
    const index = made();
    this.parameters.set(key, index);
    return index;
  }

  private dataBuffer(t: Tensor): number {
    const known = this.byData.get(t.data);
    if (known !== undefined) return known;
    const index = this.buffer(bytesOf(t));
    this.byData.set(t.data, index);
    return index;
  }

  private tensor(name: string, type: TypeInfo, buffer: number | undefined, quant: QuantParams | undefined): number {
    this.tables.push({
      shape: type.shape,
      type: tensorTypeOf(type.dtype),
      buffer: buffer ?? 0,
      name,
      ...(quant && {
        quantization: { scale: quant.scale, zero_point: quant.zeroPoint, quantized_dimension: quant.axis ?? 0 },
      }),
      has_rank: true,
    });
    return this.tables.length - 1;
  }
}
