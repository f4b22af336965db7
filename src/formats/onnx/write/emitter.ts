import type { QuantParams, Value } from '../../../ir/graph.js';
import { bytesOf, f32, fromNumbers, type Tensor } from '../../../ir/tensor.js';
import { type DType, sizeOf } from '../../../ir/types.js';
import { evaluateNode } from '../../../ops/evaluate.js';
import type { OnnxAttribute } from '../../../ops/mappings.js';
import { Names } from '../../../ops/node-builder.js';
import { type AttributeProto, attributeTypes, dataTypes, type NodeProto, type TensorProto } from '../proto.js';

export type Perm = readonly number[];

/** How a channels-last tensor of rank 4 is seen by ONNX's spatial operators: `transpose(x, channelsFirst)`. */
export const channelsFirst: Perm = [0, 3, 1, 2];

export const identityOf = (rank: number): Perm => Array.from({ length: rank }, (_, i) => i);

const isIdentity = (perm: Perm): boolean => perm.every((p, i) => p === i);

/**
 * Collects ONNX nodes and initializers. A value of the graph can be at hand in several layouts ("forms"):
 * as it is, or channels first; a form that is missing is made by a Transpose when somebody asks for it, once.
 * A quantized value is spelt as a float tensor behind a QuantizeLinear/DequantizeLinear pair.
 */
export class Emitter {
  readonly nodes: Partial<NodeProto>[] = [];
  readonly initializers: Partial<TensorProto>[] = [];
  private readonly names = new Names();
  private readonly forms = new Map<Value, Map<string, string>>();
  private readonly shared = new Map<string, string>();

  reserve(name: string): void {
    this.names.take(name);
  }

  /** Is the value at hand in this layout without a new Transpose? */
  has(v: Value, perm: Perm): boolean {
    return v.data !== undefined || this.forms.get(v)?.has(String(perm)) === true;
  }

  /** Declares that the value is at hand in this layout under `name`. */
  set(v: Value, perm: Perm, name: string): void {
    const forms = this.forms.get(v) ?? new Map<string, string>();
    this.forms.set(v, forms.set(String(perm), name));
  }

  /** The ONNX name of the value in this layout. */
  form(v: Value, perm: Perm = identityOf(v.shape.length)): string {
    const known = this.forms.get(v)?.get(String(perm));
    if (known !== undefined) return known;
    if (v.data !== undefined) {
      const name = this.constant(v, perm);
      this.set(v, perm, name);
      return name;
    }
    const [[have, from]] = [...(this.forms.get(v) as Map<string, string>)];
    const source = have === '' ? [] : have.split(',').map(Number);
    const out = this.fresh(`${v.name}_${isIdentity(perm) ? 'nhwc' : 'nchw'}`);
    this.node('Transpose', [from], [out], { perm: { ints: perm.map((p) => source.indexOf(p)) } });
    const settled = v.quant ? this.quantizePair(out, v.dtype, v.quant) : out;
    this.set(v, perm, settled);
    return settled;
  }

  /** A name for a result of a node, before {@link settle}. Graph outputs keep their own. */
  fresh(wish: string): string {
    return this.names.take(wish);
  }

  /** Registers what a node wrote to `name` as the value in this layout, with its quantization where it has one. */
  settle(v: Value, perm: Perm, name: string): void {
    this.set(v, perm, v.quant ? this.quantizePair(name, v.dtype, v.quant) : name);
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): void {
    const used = [...inputs];
    while (used.at(-1) === '') used.pop();
    this.nodes.push({
      opType: type,
      name: this.names.take(`${type}_${outputs[0]}`),
      input: used,
      output: [...outputs],
      attribute: Object.entries(attributes).map(([name, a]) => attributeObject(name, a)),
    });
  }

  /** An initializer; equal small ones are written once. */
  initializer(t: Tensor, wish: string): string {
    const bytes = bytesOf(t);
    const key = bytes.length <= 64 ? `${t.dtype}[${t.shape}]${bytes}` : undefined;
    const known = key && this.shared.get(key);
    if (known) return known;
    const name = this.fresh(wish);
    this.initializers.push({ name, dataType: dataTypes[t.dtype], dims: [...t.shape], rawData: bytes });
    if (key) this.shared.set(key, name);
    return name;
  }

  /** `scale` and `zero_point` initializers of a quantized tensor. */
  parameters(quant: QuantParams, dtype: DType, wish: string): [string, string] {
    const shape = quant.axis === undefined ? [] : [quant.scale.length];
    return [
      this.initializer(f32(shape, quant.scale), `${wish}_scale`),
      this.initializer(fromNumbers(dtype, shape, Array.from(quant.zeroPoint)), `${wish}_zero_point`),
    ];
  }

  private quantizePair(name: string, dtype: DType, quant: QuantParams): string {
    const parameters = this.parameters(quant, dtype, name);
    const q = this.fresh(`${name}_quantized`);
    const dq = this.fresh(`${name}_dequantized`);
    this.node('QuantizeLinear', [name, ...parameters], [q]);
    this.node('DequantizeLinear', [q, ...parameters], [dq]);
    return dq;
  }

  private constant(v: Value, perm: Perm): string {
    const t = transposed(v as Tensor, perm);
    const { quant } = v;
    if (!quant) return this.initializer(t, v.name);
    // DequantizeLinear takes no int64, which is what a 16x8 bias is stored as.
    if (v.dtype === 'int64') return this.initializer(dequantized(t, quant), v.name);
    const stored = this.initializer(t, `${v.name}_quantized`);
    const axis = quant.axis === undefined ? undefined : perm.indexOf(quant.axis);
    const out = this.fresh(v.name);
    this.node(
      'DequantizeLinear',
      [stored, ...this.parameters(quant, v.dtype, v.name)],
      [out],
      axis === undefined ? {} : { axis: { int: axis } },
    );
    return out;
  }
}

/** A constant seen through `perm`. */
export function transposed(t: Tensor, perm: Perm): Tensor {
  if (isIdentity(perm)) return { dtype: t.dtype, shape: t.shape, data: t.data };
  return evaluateNode('Transpose', [t], { perm }, [{ dtype: t.dtype, shape: perm.map((p) => t.shape[p]) }])[0];
}

function dequantized(t: Tensor, { scale, zeroPoint, axis }: QuantParams): Tensor {
  const out = new Float32Array(t.data.length);
  const inner = axis === undefined ? 1 : sizeOf(t.shape.slice(axis + 1));
  for (let i = 0; i < out.length; i++) {
    const c = scale.length === 1 ? 0 : Math.floor(i / inner) % scale.length;
    out[i] = scale[c] * (Number(t.data[i]) - zeroPoint[c]);
  }
  return { dtype: 'float32', shape: t.shape, data: out };
}

/** Only the fields that are set: protobufjs writes what is there. */
function attributeObject(name: string, a: OnnxAttribute): AttributeProto {
  const fields = (): Partial<AttributeProto> => {
    if ('int' in a) return { type: attributeTypes.INT, i: a.int };
    if ('ints' in a) return { type: attributeTypes.INTS, ints: [...a.ints] };
    if ('float' in a) return { type: attributeTypes.FLOAT, f: a.float };
    if ('floats' in a) return { type: attributeTypes.FLOATS, floats: [...a.floats] };
    return { type: attributeTypes.STRING, s: new TextEncoder().encode(a.string) };
  };
  return { name, ...fields() } as AttributeProto;
}
