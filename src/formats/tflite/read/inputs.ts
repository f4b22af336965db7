import { ModelError } from '../../../errors.js';
import type { Tensor } from '../../../ir/tensor.js';
import type { Shape } from '../../../ir/types.js';
import { nearest } from '../../../suggest.js';
import type { ReadOptions } from '../../types.js';
import type { TensorTable } from './tensors.js';

/** A model input with every dimension fixed. */
export interface ResolvedInput {
  readonly index: number;
  readonly name: string;
  readonly shape: Shape;
  /** Given by the caller: the input becomes a constant. */
  readonly value?: Tensor;
}

/**
 * Shapes of the model's inputs: as declared, free dimensions (-1 in the shape signature) from the options, a free batch as 1.
 * `named` gives each input's index and its name in the signature; the tensor's own name is understood as well.
 * Throws ModelError where what is given does not fit the model, or a free dimension is not given.
 */
export function resolveInputs(
  table: TensorTable,
  named: readonly { index: number; name: string }[],
  options: ReadOptions,
): ResolvedInput[] {
  const shapes = byIndex(table, named, options.inputShapes ?? {});
  const values = byIndex(table, named, options.inputValues ?? {});
  return named.map(({ index, name }) => {
    const { dtype } = table.declare(index, `Input '${name}'`);
    const raw = table.raw(index, `Input '${name}'`);
    const signature = raw.shape_signature?.length ? raw.shape_signature : (raw.shape ?? []);
    const value = values.get(index);
    if (value && value.dtype !== dtype)
      throw new ModelError(`The value given for input '${name}' is ${value.dtype}, but the model declares ${dtype}.`);
    const given = value?.shape ?? shapes.get(index);
    const shape = given ? checked(name, given, signature) : signature.map((d, i) => (d < 0 && i === 0 ? 1 : d));
    const free = shape.findIndex((d) => d < 0);
    if (free >= 0) {
      const example = shape.map((d) => (d < 0 ? 224 : d)).join(',');
      throw new ModelError(
        `Input '${name}' ${showDims(signature)} leaves dimension ${free} free. Give its shape, e.g. --input-shape ${name}=${example}.`,
      );
    }
    return { index, name, shape, ...(value && { value }) };
  });
}

const showDims = (dims: Shape): string => `[${dims.map((d) => (d < 0 ? '?' : d))}]`;

function checked(name: string, given: Shape, signature: Shape): Shape {
  if (given.some((d) => !Number.isSafeInteger(d) || d < 0))
    throw new ModelError(`The shape [${given}] given for input '${name}' is no shape.`);
  const declared = showDims(signature);
  if (given.length !== signature.length) {
    throw new ModelError(
      `The shape [${given}] given for input '${name}' has ${given.length} dimensions, but the model declares ${declared}.`,
    );
  }
  const at = given.findIndex((d, i) => signature[i] >= 0 && signature[i] !== d);
  if (at >= 0) {
    throw new ModelError(
      `The shape [${given}] given for input '${name}' contradicts the model, which declares ${declared}: dimension ${at} is ${signature[at]}.`,
    );
  }
  return given;
}

function byIndex<T>(
  table: TensorTable,
  named: readonly { index: number; name: string }[],
  given: Readonly<Record<string, T>>,
): Map<number, T> {
  const names = named.map((n) => n.name);
  const all = names.map((n) => `'${n}'`).join(', ');
  const out = new Map<number, T>();
  for (const [key, item] of Object.entries(given)) {
    if (key === '' && named.length !== 1) {
      throw new ModelError(`--input-shape names no input, but the model has ${named.length}: ${all}. Write --input-shape name=…`);
    }
    const input = key === '' ? named[0] : named.find((n) => n.name === key || table.declare(n.index, 'The model').name === key);
    if (!input) {
      const like = nearest(key, names);
      throw new ModelError(`The model has no input '${key}'. ${like ? `Did you mean '${like}'?` : `Its inputs are ${all || 'none'}.`}`);
    }
    out.set(input.index, item);
  }
  return out;
}
