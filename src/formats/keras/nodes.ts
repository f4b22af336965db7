import { ModelError } from '../../errors.js';
import { isList, isObject, type Json, type JsonObject, type LayerConfig } from './config.js';
import type { Argument, CallArguments } from './layer.js';

/** A tensor in a configuration: output `output` of the `node`-th call of a layer. */
export interface TensorReference {
  readonly layer: string;
  readonly node: number;
  readonly output: number;
}

const isIndex = (v: Json | undefined): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

/** [layer, node, output], with keyword arguments after it in the configurations of Keras 2. */
export function asReference(v: Json): TensorReference | undefined {
  if (!isList(v) || v.length < 3 || v.length > 4) return undefined;
  const [layer, node, output] = v;
  return typeof layer === 'string' && isIndex(node) && isIndex(output) ? { layer, node, output } : undefined;
}

/** The references in a list, a dictionary or on their own, in Keras's order: dictionaries by their sorted keys. */
export function references(v: Json | undefined, where: string): TensorReference[] {
  const one = v === undefined ? undefined : asReference(v);
  if (one) return [one];
  if (isList(v)) return v.flatMap((x) => references(x, where));
  if (isObject(v))
    return Object.keys(v)
      .sort()
      .flatMap((k) => references(v[k], where));
  throw new ModelError(`${where} is ${JSON.stringify(v)}, which names no layers. The configuration is damaged.`);
}

/** One call of a layer as the configuration has it: its references, and how to make its arguments from their values. */
export interface CallNode {
  readonly references: readonly TensorReference[];
  readonly resolve: (valueAt: (r: TensorReference) => Argument) => CallArguments;
}

/**
 * The calls of a layer. Keras 3 writes `{args, kwargs}` with tensors as objects; Keras 2 writes
 * `[[layer, node, output, kwargs], …]`, where tensors among the keyword arguments are lists, too.
 */
export function callNodes(layer: LayerConfig, layers: ReadonlySet<string>): CallNode[] {
  return layer.inbound.map((raw) => {
    const found: TensorReference[] = [];
    const note = (r: TensorReference): TensorReference => {
      if (!layers.has(r.layer))
        throw new ModelError(
          `Layer '${layer.name}' takes its input from '${r.layer}', which is no layer of the model. The configuration is damaged.`,
        );
      found.push(r);
      return r;
    };
    const call = isObject(raw) ? newStyle(raw, note) : oldStyle(raw, note, layers);
    return {
      references: found,
      resolve: (valueAt) => ({ args: call.args.map((a) => fill(a, valueAt)), kwargs: fillAll(call.kwargs, valueAt) }),
    };
  });
}

/** Where a tensor goes. */
class Place {
  readonly reference: TensorReference;
  constructor(reference: TensorReference) {
    this.reference = reference;
  }
}

/** Arguments with references where their tensors go. */
type Template = Place | Json | readonly Template[] | { readonly [key: string]: Template };
interface Templates {
  readonly args: readonly Template[];
  readonly kwargs: Readonly<Record<string, Template>>;
}
type Note = (r: TensorReference) => TensorReference;

function fill(t: Template, valueAt: (r: TensorReference) => Argument): Argument {
  if (t instanceof Place) return valueAt(t.reference);
  if (Array.isArray(t)) return t.map((x: Template) => fill(x, valueAt));
  if (typeof t === 'object' && t !== null) return fillAll(t as Record<string, Template>, valueAt);
  return t as Argument;
}

const fillAll = (t: Readonly<Record<string, Template>>, valueAt: (r: TensorReference) => Argument): Record<string, Argument> =>
  Object.fromEntries(Object.entries(t).map(([k, v]) => [k, fill(v, valueAt)]));

function newStyle(raw: JsonObject, note: Note): Templates {
  const read = (v: Json): Template => {
    if (isList(v)) return v.map(read);
    if (!isObject(v)) return v;
    if (v.class_name === '__keras_tensor__') {
      const r = isObject(v.config) && v.config.keras_history !== undefined ? asReference(v.config.keras_history) : undefined;
      if (!r) throw new ModelError(`The configuration holds a tensor without its layer: ${JSON.stringify(v).slice(0, 80)}. It is damaged.`);
      return new Place(note(r));
    }
    if (v.class_name === '__tuple__' && isObject(v.config) && isList(v.config.value)) return v.config.value.map(read);
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, read(x)]));
  };
  return {
    args: isList(raw.args) ? raw.args.map(read) : [],
    kwargs: isObject(raw.kwargs) ? (read(raw.kwargs) as Record<string, Template>) : {},
  };
}

function oldStyle(raw: Json, note: Note, layers: ReadonlySet<string>): Templates {
  let kwargs: Record<string, Template> = {};
  const keyword = (v: Json): Template => {
    const r = asReference(v);
    if (r && layers.has(r.layer)) return new Place(note(r));
    if (isList(v)) return v.map(keyword);
    return isObject(v) ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, keyword(x)])) : v;
  };
  const positional = (v: Json): Template => {
    if (isList(v) && isObject(v[3])) kwargs = { ...kwargs, ...(keyword(v[3]) as Record<string, Template>) };
    // A number where a tensor could stand.
    if (isList(v) && v[0] === '_CONSTANT_VALUE') return v[2];
    const r = asReference(v);
    if (r) return new Place(note(r));
    if (isList(v)) return v.map(positional);
    return isObject(v) ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, positional(x)])) : v;
  };
  const first = positional(raw);
  // One tensor in a list is the tensor itself.
  const only = Array.isArray(first) && first.length === 1 ? (first[0] as Template) : first;
  return { args: [only], kwargs };
}
