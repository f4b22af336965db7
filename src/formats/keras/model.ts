import { ModelError } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import type { LayerConfig } from './config.js';
import { type Argument, type CallArguments, type Context, Layer, LayerCall, tensorsOf } from './layer.js';
import { maxNesting } from './limits.js';
import { type CallNode, callNodes, references, type TensorReference } from './nodes.js';
import { ruleFor } from './rules/index.js';

/** Writes a model's layers into the graph, call by call. */
export class ModelWalker {
  readonly context: Context;
  /** How often each layer name occurs in the model and the models in it. */
  private readonly names: ReadonlyMap<string, number>;
  private depth = 0;

  constructor(context: Omit<Context, 'build'>, names: ReadonlyMap<string, number>) {
    this.context = { ...context, build: (call) => this.build(call) };
    this.names = names;
  }

  /** Calls a model on its inputs and returns its outputs. */
  model(model: Layer, args: Argument): Value[] {
    if (++this.depth > maxNesting)
      throw new ModelError(`Model '${model.name}' stands more than ${maxNesting} models deep. The configuration is damaged.`);
    const layers = this.inside(model);
    const outputs = model.config.isSequential ? this.sequential(layers, args) : this.functional(model, layers, args);
    this.depth--;
    return outputs;
  }

  private build(call: LayerCall): Value[] {
    if (call.config.isModel) return this.model(call.layer, call.args[0]);
    const rule = ruleFor(call.config);
    if (typeof rule === 'string') return call.refuse(rule);
    return tensorsOf(rule.build(call));
  }

  /** The model's layers; those of a model that is called twice are the same both times. */
  private inside(model: Layer): readonly Layer[] {
    if (!model.inside) {
      const configs = model.config.layers;
      const scopes = model.weights.layers(configs);
      model.inside = configs.map((config, i) => new Layer(config, this.nameOf(config, model), scopes[i]));
    }
    return model.inside;
  }

  /** A layer's own name where it is the only one of that name, else with those of the models around it. */
  private nameOf(config: LayerConfig, model: Layer): string {
    return this.names.get(config.name) === 1 ? config.name : `${model.name}/${config.name}`;
  }

  private call(layer: Layer, args: CallArguments): Value[] {
    if (layer.config.isModel) return this.model(layer, args.args[0] ?? args.kwargs.inputs);
    const { builder } = this.context;
    const since = builder.nodes.length;
    const call = new LayerCall(this.context, layer, layer.nextCall(), args);
    const outputs = this.build(call);
    builder.nameOutputs(outputs, call.name, since);
    return outputs;
  }

  private sequential(layers: readonly Layer[], args: Argument): Value[] {
    let current = tensorsOf(args);
    for (const layer of layers) {
      if (layer.config.className !== 'InputLayer')
        current = this.call(layer, { args: [current.length === 1 ? current[0] : current], kwargs: {} });
    }
    return current;
  }

  private functional(model: Layer, layers: readonly Layer[], args: Argument): Value[] {
    const { fields, name } = model.config;
    const inputs = references(fields.input_layers, `input_layers of model '${name}'`);
    const given = inputValues(args, inputs, fields.input_layers);
    if (given.length !== inputs.length)
      throw new ModelError(
        `Model '${name}' takes ${inputs.length} inputs, but is called on ${given.length}. The configuration is damaged.`,
      );
    const connections = new Connections(model.config, layers);
    inputs.forEach((r, i) => {
      connections.set(r.layer, 0, [given[i]]);
    });
    connections.run((layer, node) => this.call(layer, node));
    return references(fields.output_layers, `output_layers of model '${name}'`).map((r) => connections.output(r));
  }
}

/** The values of a model's inputs, in the order of its input layers: dictionaries go by name. */
function inputValues(args: Argument, inputs: readonly TensorReference[], structure: unknown): Value[] {
  const byName =
    typeof args === 'object' && args !== null && !Array.isArray(args) && !('dtype' in args)
      ? (args as Record<string, Argument>)
      : undefined;
  if (!byName) return tensorsOf(args);
  const keys = Array.isArray(structure) ? inputs.map((r) => r.layer) : Object.keys(structure as object).sort();
  return keys.flatMap((k) => tensorsOf(byName[k]));
}

/** The calls of a functional model's layers, and the order in which they can be made. */
class Connections {
  private readonly values = new Map<string, readonly Value[]>();
  private readonly calls = new Map<string, { layer: Layer; node: CallNode }>();
  private readonly model: LayerConfig;
  /** Layers that are models, whose calls Keras counts from 1 in some places: their own first call is the one inside. */
  private readonly firstCall = new Map<string, number>();
  private readonly models = new Map<string, LayerConfig>();

  constructor(model: LayerConfig, layers: readonly Layer[]) {
    this.model = model;
    const names = new Set(layers.map((l) => l.config.name));
    for (const layer of layers) {
      const { config } = layer;
      if (config.isModel) this.models.set(config.name, config);
      callNodes(config, names).forEach((node, i) => {
        this.calls.set(key(config.name, i), { layer, node });
      });
    }
    this.countFirstCalls();
  }

  set(layer: string, node: number, values: readonly Value[]): void {
    this.values.set(key(layer, node), values);
  }

  /** Makes every call after those that it depends on, in the order of the file where that is one. */
  run(make: (layer: Layer, args: CallArguments) => Value[]): void {
    const open = new Set<string>();
    for (const first of this.calls.keys()) {
      const stack = [first];
      while (stack.length > 0) {
        const id = stack.at(-1) as string;
        const call = this.calls.get(id);
        if (!call || this.values.has(id)) {
          stack.pop();
          continue;
        }
        const needed = call.node.references.map((r) => this.keyOf(r)).find((k) => !this.values.has(k));
        if (needed === undefined) {
          this.values.set(
            id,
            make(
              call.layer,
              call.node.resolve((r) => this.value(r)),
            ),
          );
          open.delete(id);
          stack.pop();
        } else if (open.has(id) && open.has(needed)) {
          throw new ModelError(
            `Model '${this.model.name}': layer '${call.layer.config.name}' depends on itself. The configuration is damaged.`,
          );
        } else if (!this.calls.has(needed)) {
          throw new ModelError(
            `Model '${this.model.name}': layer '${call.layer.config.name}' takes the output of a call that is not made. The configuration is damaged.`,
          );
        } else {
          open.add(id);
          stack.push(needed);
        }
      }
    }
  }

  /** An output of the model. Keras 3 counts the calls of functional models from 1 here, and only here. */
  output(r: TensorReference): Value {
    const config = this.models.get(r.layer);
    const counted = config?.inbound.some(isNewStyle) && !config.isSequential && r.node > 0;
    return this.value(counted ? { ...r, node: r.node - 1 } : r);
  }

  private value(r: TensorReference): Value {
    const values = this.values.get(this.keyOf(r));
    const v = values?.[r.output];
    if (!v)
      throw new ModelError(
        `Model '${this.model.name}': there is no output ${r.output} of call ${r.node} of layer '${r.layer}'. The configuration is damaged.`,
      );
    return v;
  }

  private keyOf({ layer, node }: TensorReference): string {
    return key(layer, node - (this.firstCall.get(layer) ?? 0));
  }

  /** Keras 2 counts a model's calls from 1 if it had an input of its own when it was saved: then no one refers to call 0. */
  private countFirstCalls(): void {
    const lowest = new Map<string, number>();
    const note = (r: TensorReference): void => {
      if (this.models.has(r.layer)) lowest.set(r.layer, Math.min(r.node, lowest.get(r.layer) ?? Number.POSITIVE_INFINITY));
    };
    for (const { node } of this.calls.values()) node.references.forEach(note);
    references(this.model.fields.output_layers, `output_layers of model '${this.model.name}'`).forEach(note);
    for (const [name, n] of lowest) if (n > 0 && !this.models.get(name)?.inbound.some(isNewStyle)) this.firstCall.set(name, 1);
  }
}

const isNewStyle = (node: unknown): boolean => !Array.isArray(node);
const key = (layer: string, node: number): string => `${node}:${layer}`;
