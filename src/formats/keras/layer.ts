import { ModelError, UnsupportedError } from '../../errors.js';
import type { Attrs, Value } from '../../ir/graph.js';
import { f32, type Tensor } from '../../ir/tensor.js';
import { isFloat, normalizeAxis, type Shape } from '../../ir/types.js';
import { evaluateNode } from '../../ops/evaluate.js';
import type { KerasBuilder } from './builder.js';
import type { Json, LayerConfig } from './config.js';
import type { StoredTensor } from './hdf5.js';
import { takeWeights, type WeightScope } from './weights.js';

/** An argument of a layer's call: a tensor, plain data, or lists and dictionaries of them. */
export type Argument = Value | Json | readonly Argument[] | { readonly [key: string]: Argument };
export const isTensor = (a: Argument | undefined): a is Value =>
  typeof a === 'object' && a !== null && 'dtype' in a && 'shape' in a && Array.isArray((a as Value).shape) && typeof a.dtype === 'string';

/** The tensors of an argument, in Keras's order: dictionaries by their sorted keys. */
export function tensorsOf(a: Argument | undefined): Value[] {
  if (isTensor(a)) return [a];
  if (Array.isArray(a)) return a.flatMap((x: Argument) => tensorsOf(x));
  if (typeof a === 'object' && a !== null)
    return Object.keys(a)
      .sort()
      .flatMap((k) => tensorsOf((a as Record<string, Argument>)[k]));
  return [];
}

export interface CallArguments {
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
}

/** What reading a model needs everywhere. */
export interface Context {
  readonly builder: KerasBuilder;
  /** Keras 3 changed the meaning of some names. */
  readonly keras2: boolean;
  /** Builds a layer, or a whole model, that another layer holds. */
  readonly build: (call: LayerCall) => Value[];
}

/** A layer of the model: made once, called once or more often. Its constants are shared by its calls. */
export class Layer {
  readonly config: LayerConfig;
  /** Unique name in the graph. */
  readonly name: string;
  readonly weights: WeightScope;
  readonly constants = new Map<string, Value>();
  /** A model's own layers, once they are made. */
  inside: readonly Layer[] | undefined;
  private calls = 0;

  constructor(config: LayerConfig, name: string, weights: WeightScope) {
    this.config = config;
    this.name = name;
    this.weights = weights;
  }

  /** The name of the next call: the layer's own first. */
  nextCall(): string {
    return this.calls++ === 0 ? this.name : `${this.name}/${this.calls}`;
  }
}

/** What a rule sees: a layer called on values, and the means to write what it computes. */
export class LayerCall {
  readonly layer: Layer;
  readonly name: string;
  readonly context: Context;
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
  /** The tensors of the first argument. */
  readonly inputs: readonly Value[];

  constructor(context: Context, layer: Layer, name: string, { args, kwargs }: CallArguments) {
    this.context = context;
    this.layer = layer;
    this.name = name;
    this.args = args;
    this.kwargs = kwargs;
    this.inputs = tensorsOf(args[0] ?? kwargs.inputs);
  }

  get config(): LayerConfig {
    return this.layer.config;
  }

  get b(): KerasBuilder {
    return this.context.builder;
  }

  /** The only input. */
  get x(): Value {
    if (this.inputs.length !== 1) this.fail(`is called on ${this.inputs.length} tensors; it takes one`);
    return this.inputs[0];
  }

  /** The only input, which must have this rank. */
  ranked(rank: number): Value {
    const { x } = this;
    if (x.shape.length !== rank) this.fail(`is called on a tensor of shape [${x.shape}]; it takes rank ${rank}`);
    return x;
  }

  /** A tensor among the arguments, by position or name. */
  argument(position: number, name: string): Value | undefined {
    const a = this.args[position] ?? this.kwargs[name];
    return isTensor(a) ? a : undefined;
  }

  op(op: string, inputs: readonly (Value | null)[], attrs: Attrs = {}): Value {
    return this.b.op(op, inputs, attrs, { name: `${this.name}/${op}` });
  }

  reshape(x: Value, shape: Shape): Value {
    return x.shape.length === shape.length && shape.every((d, i) => d === x.shape[i]) ? x : this.op('Reshape', [x], { shape });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((p, i) => p === i) ? x : this.op('Transpose', [x], { perm });
  }

  /** Integers become float32, as Keras's layers cast them. */
  float(x: Value): Value {
    return isFloat(x.dtype) ? x : this.op('Cast', [x], { to: 'float32' });
  }

  /** A constant of the layer, made on its first call. */
  constant(name: string, make: () => Tensor): Value {
    const known = this.layer.constants.get(name);
    if (known) return known;
    const made = this.b.constant(make(), `${this.layer.name}/${name}`);
    this.layer.constants.set(name, made);
    return made;
  }

  scalar(name: string, value: number): Value {
    return this.constant(name, () => f32([], [value]));
  }

  /** The layer's weights, their shapes checked: see {@link takeWeights}. */
  weights<K extends string>(slots: Readonly<Record<K, Shape | false>>): Record<K, StoredTensor> {
    return takeWeights(this.layer.weights, slots, this.config);
  }

  /** An axis of the input, counted from the front. */
  axis(axis: number, rank = this.x.shape.length): number {
    try {
      return normalizeAxis(axis, rank);
    } catch {
      return this.fail(`works on axis ${axis} of a tensor of rank ${rank}`);
    }
  }

  /** Whether the layer works channels first; the values of such a model are channels first, too. */
  get channelsFirst(): boolean {
    return this.config.get('data_format') === 'channels_first';
  }

  /** Computes with channels last: around a channels-first layer go transposes. */
  channelsLast(x: Value, compute: (x: Value) => Value): Value {
    const rank = x.shape.length;
    if (!this.channelsFirst || rank < 3) return compute(x);
    const axes = x.shape.map((_, i) => i);
    const last = [0, ...axes.slice(2), 1];
    const first = [0, rank - 1, ...axes.slice(1, -1)];
    return this.back(compute(this.transpose(x, last)), first, rank);
  }

  private back(y: Value, perm: readonly number[], rank: number): Value {
    // A pool over all positions leaves [N, C], which has no layout.
    return y.shape.length === rank ? this.transpose(y, perm) : y;
  }

  /** A layer without weights that this one holds (an activation, a wrapped layer), called under this one's name. */
  inner(config: LayerConfig, inputs: readonly Value[], weights: WeightScope = this.layer.weights): LayerCall {
    const layer = new Layer(config, this.name, weights);
    return new LayerCall(this.context, layer, this.name, { args: [inputs.length === 1 ? inputs[0] : inputs], kwargs: {} });
  }

  /** The model cannot be what it says: its configuration contradicts itself. */
  fail(reason: string): never {
    throw new ModelError(
      `Layer '${this.name}' (${this.config.className}) ${reason}. The configuration is damaged or from an unknown version of Keras.`,
    );
  }

  /** The layer is fine, but edgeml does not support it; `reason` is the end of a sentence. */
  refuse(reason: string): never {
    throw new UnsupportedError('the model uses layers that edgeml does not support:', [
      { operator: this.config.className, reason, nodes: [this.name] },
    ]);
  }
}

/** A stored tensor seen through a permutation of its axes, copied. */
export function transposed(t: Tensor, perm: readonly number[]): Tensor {
  return evaluateNode('Transpose', [t], { perm }, [{ dtype: t.dtype, shape: perm.map((p) => t.shape[p]) }])[0];
}

/** The same elements in another shape, not copied. */
export const reshaped = (t: Tensor, shape: Shape): Tensor => ({ ...t, shape });

/** How a layer becomes nodes. Returns its outputs. */
export interface LayerRule {
  readonly build: (call: LayerCall) => Value | Value[];
  /** Why this configuration is not supported, as the end of a sentence; asked of all layers before any is built. */
  readonly unsupported?: (config: LayerConfig) => string | undefined;
}

export type Rules = Readonly<Record<string, LayerRule>>;
