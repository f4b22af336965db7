import { ModelError } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import type { DType, Shape } from '../../ir/types.js';
import { nearest } from '../../suggest.js';
import type { ReadOptions } from '../types.js';
import type { KerasBuilder } from './builder.js';
import { isList, isObject, type Json, type LayerConfig } from './config.js';

/** A model input as the configuration declares it; null stands for a free dimension. */
export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly (number | null)[];
}

const integers: readonly string[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool'] satisfies DType[];
const floats: readonly string[] = ['float32', 'float16', 'bfloat16', 'float64', 'mixed_float16', 'mixed_bfloat16'];

/** The name of a dtype or of a policy of Keras; undefined where it has none. */
export function dtypeName(v: Json | undefined): string | undefined {
  if (typeof v === 'string') return v;
  return isObject(v) && isObject(v.config) && typeof v.config.name === 'string' ? v.config.name : undefined;
}

function dims(v: Json | undefined, where: string): (number | null)[] {
  const list = isObject(v) && isList(v.items) ? v.items : v;
  if (isList(list) && list.every((d) => d === null || (Number.isSafeInteger(d) && (d as number) >= 0))) return list as (number | null)[];
  throw new ModelError(`${where} has the shape ${JSON.stringify(v)}, which is none. The configuration is damaged.`);
}

/** An InputLayer. Keras 3 calls its shape `batch_shape`, older versions `batch_input_shape`. */
export function declareInput(config: LayerConfig): DeclaredInput {
  const where = `Input '${config.name}'`;
  for (const kind of ['sparse', 'ragged']) {
    if (config.bool(kind, false))
      throw new ModelError(`${where} takes a ${kind} tensor; edgeml reads models whose inputs are dense tensors.`);
  }
  const shape = config.fields.batch_shape ?? config.fields.batch_input_shape;
  return { name: config.name, dtype: inputType(config, where), dims: dims(shape, where) };
}

function inputType(config: LayerConfig, where: string): DType {
  const name = dtypeName(config.fields.dtype) ?? 'float32';
  if (integers.includes(name)) return name as DType;
  if (floats.includes(name)) return 'float32';
  throw new ModelError(`${where} has the element type '${name}', which edgeml does not support.`);
}

/** The input of a sequential model that has no InputLayer: its first layer says what it takes. */
export function declareSequentialInput(model: LayerConfig, layers: readonly LayerConfig[]): DeclaredInput {
  const [first] = layers;
  if (!first) throw new ModelError(`Model '${model.name}' has no layers.`);
  if (first.className === 'InputLayer') return declareInput(first);
  if (first.isModel) return declareSequentialInput(first, first.layers);
  const shape = first.fields.batch_input_shape ?? first.fields.batch_shape ?? model.fields.build_input_shape ?? model.buildShape;
  if (shape === undefined || shape === null) {
    throw new ModelError(
      `Model '${model.name}' does not say what shape it takes: it was saved before it was built. Call it once (or give it an Input) and save it again.`,
    );
  }
  return { name: `${first.name}_input`, dtype: 'float32', dims: dims(shape, `Model '${model.name}'`) };
}

const show = (d: readonly (number | null)[]): string => `[${d.map((n) => n ?? '?').join(', ')}]`;

/**
 * Makes the graph's inputs. A free first dimension is 1 (the batch), any other must be given.
 * Throws ModelError where what is given does not fit the model, and where something is missing.
 */
export function makeInputs(declared: readonly DeclaredInput[], options: ReadOptions, builder: KerasBuilder): Value[] {
  const values = options.inputValues ?? {};
  const shapes = givenShapes(declared, options);
  for (const name of [...Object.keys(shapes), ...Object.keys(values)]) {
    if (!declared.some((d) => d.name === name)) throw new ModelError(unknownInput(name, declared));
  }
  const missing: string[] = [];
  const resolved = declared.map((d) => {
    const given = values[d.name]?.shape ?? shapes[d.name];
    if (given) checkShape(d, given);
    const shape = given ?? d.dims.map((n, i) => n ?? (i === 0 ? 1 : -1));
    if (shape.includes(-1)) missing.push(askForShape(d, shape));
    return { ...d, shape };
  });
  if (missing.length > 0) throw new ModelError(missing.join('\n'));
  return resolved.map(({ name, dtype, shape }) => {
    const value = values[name];
    if (!value) return builder.input(name, { dtype, shape });
    if (value.dtype !== dtype)
      throw new ModelError(`The value given for input '${name}' is ${value.dtype}, but the model declares ${dtype}.`);
    return builder.constant(value, name);
  });
}

function givenShapes(declared: readonly DeclaredInput[], options: ReadOptions): Record<string, Shape> {
  const { '': only, ...shapes } = options.inputShapes ?? {};
  if (!only) return shapes;
  if (declared.length === 1) return { ...shapes, [declared[0].name]: only };
  const names = declared.map((d) => `'${d.name}'`).join(', ');
  throw new ModelError(
    `--input-shape ${only.join(',')} names no input, but the model has ${declared.length}: ${names}. Write --input-shape name=…`,
  );
}

function checkShape({ name, dims }: DeclaredInput, shape: Shape): void {
  if (shape.some((d) => !Number.isSafeInteger(d) || d < 0))
    throw new ModelError(`The shape [${shape}] given for input '${name}' is no shape.`);
  if (shape.length !== dims.length) {
    throw new ModelError(
      `The shape [${shape}] given for input '${name}' has ${shape.length} dimensions, but the model declares ${dims.length}: ${show(dims)}.`,
    );
  }
  const wrong = dims.findIndex((d, i) => d !== null && d !== shape[i]);
  if (wrong >= 0) {
    throw new ModelError(
      `The shape [${shape}] given for input '${name}' contradicts the model, which declares ${show(dims)}: dimension ${wrong} is ${dims[wrong]}.`,
    );
  }
}

function unknownInput(name: string, declared: readonly DeclaredInput[]): string {
  const names = declared.map((d) => d.name);
  const like = nearest(name, names);
  return `The model has no input '${name}'. ${like ? `Did you mean '${like}'?` : `Its inputs are ${names.map((n) => `'${n}'`).join(', ')}.`}`;
}

function askForShape({ name, dims }: DeclaredInput, shape: readonly number[]): string {
  const free = shape.flatMap((d, i) => (d === -1 ? [`dimension ${i}`] : []));
  const example = shape.map((d) => (d === -1 ? 96 : d)).join(',');
  return `Input '${name}' ${show(dims)} leaves ${free.join(' and ')} free. Give its shape, e.g. --input-shape ${name}=${example}.`;
}
