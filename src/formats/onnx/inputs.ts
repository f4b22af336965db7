import { ModelError } from '../../errors.js';
import type { Tensor } from '../../ir/tensor.js';
import type { DType, Shape } from '../../ir/types.js';
import { nearest } from '../../suggest.js';
import type { ReadOptions } from '../types.js';
import { type DimensionProto, dataTypeName, dtypeOf, type ValueInfoProto } from './proto.js';
import { toInt } from './tensors.js';

/** A dimension as declared: a number, or the name of a free one ('' where it has none). */
type Dimension = number | string;

export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  /** Undefined where the file does not even tell the rank. */
  readonly dims?: readonly Dimension[];
}
export interface ResolvedInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Given by the caller: the input becomes a constant. */
  readonly value?: Tensor;
}

function declared(info: ValueInfoProto): DeclaredInput {
  const { type, name } = info;
  const kind = type?.sequenceType
    ? 'a sequence'
    : type?.mapType
      ? 'a map'
      : type?.optionalType
        ? 'an optional'
        : type?.sparseTensorType
          ? 'a sparse tensor'
          : undefined;
  if (kind) throw new ModelError(`Input '${name}' is ${kind}; edgeml reads models whose inputs are tensors.`);
  if (!type?.tensorType) throw new ModelError(`Input '${name}' has no type. The file may be corrupted.`);
  const dtype = dtypeOf(type.tensorType.elemType);
  if (!dtype)
    throw new ModelError(`Input '${name}' has the element type ${dataTypeName(type.tensorType.elemType)}, which edgeml does not support.`);
  return { name, dtype, dims: type.tensorType.shape?.dim.map((d) => dimension(d, name)) };
}

function dimension(d: DimensionProto, input: string): Dimension {
  if (!Object.hasOwn(d, 'dimValue')) return d.dimParam ?? '';
  const n = toInt(d.dimValue ?? 0, `Input '${input}'`, 'a dimension of');
  // Some exporters write -1 where they mean a free dimension.
  return n < 0 ? '' : n;
}

const showDims = (dims: readonly Dimension[]): string => `[${dims.map((d) => (d === '' ? '?' : d)).join(', ')}]`;

/**
 * The shape and type of every model input. A free first dimension is 1 (the batch), any other must be given.
 * Throws ModelError where what is given does not fit the model, and where something is missing.
 */
export function resolveInputs(infos: readonly ValueInfoProto[], options: ReadOptions): ResolvedInput[] {
  const inputs = infos.map(declared);
  const values = options.inputValues ?? {};
  const shapes = { ...givenShapes(inputs, options), ...Object.fromEntries(Object.entries(values).map(([name, t]) => [name, t.shape])) };
  for (const name of Object.keys(shapes)) {
    if (!inputs.some((i) => i.name === name)) throw new ModelError(unknownInput(name, inputs));
  }
  const bound = new Map<string, number>();
  for (const input of inputs) if (shapes[input.name]) bind(input, shapes[input.name], bound);
  for (const { dims } of inputs) {
    if (typeof dims?.[0] === 'string' && dims[0] !== '' && !bound.has(dims[0])) bound.set(dims[0], 1);
  }
  const missing: string[] = [];
  const resolved = inputs.map((input): ResolvedInput => {
    const shape = shapes[input.name] ?? input.dims?.map((d, i) => (typeof d === 'number' ? d : (bound.get(d) ?? (i === 0 ? 1 : -1))));
    if (!shape || shape.includes(-1)) missing.push(askForShape(input, shape));
    const value = values[input.name];
    if (value && value.dtype !== input.dtype) {
      throw new ModelError(`The value given for input '${input.name}' is ${value.dtype}, but the model declares ${input.dtype}.`);
    }
    return { name: input.name, dtype: input.dtype, shape: shape ?? [], value };
  });
  if (missing.length > 0) throw new ModelError(missing.join('\n'));
  return resolved;
}

function givenShapes(inputs: readonly DeclaredInput[], options: ReadOptions): Record<string, Shape> {
  const { '': only, ...shapes } = options.inputShapes ?? {};
  if (!only) return shapes;
  if (inputs.length !== 1) {
    const names = inputs.map((i) => `'${i.name}'`).join(', ');
    throw new ModelError(
      `--input-shape ${only.join(',')} names no input, but the model has ${inputs.length}: ${names}. Write --input-shape name=…`,
    );
  }
  return { ...shapes, [inputs[0].name]: only };
}

function bind(input: DeclaredInput, shape: Shape, bound: Map<string, number>): void {
  const { name, dims } = input;
  if (shape.some((d) => !Number.isSafeInteger(d) || d < 0))
    throw new ModelError(`The shape [${shape}] given for input '${name}' is no shape.`);
  if (!dims) return;
  if (shape.length !== dims.length) {
    throw new ModelError(
      `The shape [${shape}] given for input '${name}' has ${shape.length} dimensions, but the model declares ${dims.length}: ${showDims(dims)}.`,
    );
  }
  dims.forEach((d, i) => {
    if (typeof d === 'number') {
      if (d !== shape[i])
        throw new ModelError(
          `The shape [${shape}] given for input '${name}' contradicts the model, which declares ${showDims(dims)}: dimension ${i} is ${d}.`,
        );
    } else if (d !== '') {
      const before = bound.get(d);
      if (before !== undefined && before !== shape[i])
        throw new ModelError(`The shapes given make the dimension '${d}' both ${before} and ${shape[i]} (input '${name}').`);
      bound.set(d, shape[i]);
    }
  });
}

function unknownInput(name: string, inputs: readonly DeclaredInput[]): string {
  const names = inputs.map((i) => i.name);
  const like = nearest(name, names);
  const hint = like ? `Did you mean '${like}'?` : `Its inputs are ${names.map((n) => `'${n}'`).join(', ') || 'none'}.`;
  return `The model has no input '${name}'. ${hint}`;
}

function askForShape({ name, dims }: DeclaredInput, shape: Shape | undefined): string {
  if (!dims || !shape) return `Input '${name}' has no declared shape. Give one, e.g. --input-shape ${name}=1,3,224,224.`;
  const free = dims.flatMap((d, i) => (shape[i] === -1 ? [d === '' ? `dimension ${i}` : `dimension ${i} ('${d}')`] : []));
  const example = shape.map((d) => (d === -1 ? 224 : d)).join(',');
  return `Input '${name}' ${showDims(dims)} leaves ${free.join(' and ')} free. Give its shape, e.g. --input-shape ${name}=${example}.`;
}
