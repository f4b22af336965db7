import { ModelError } from '../../errors.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const isObject = (v: Json | undefined): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v);
export const isList = (v: Json | undefined): v is readonly Json[] => Array.isArray(v);

/** What Python writes where JSON has no word for it. */
const python: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' };

/**
 * Python's JSON, which may hold NaN and Infinity.
 * Throws ModelError where it is no JSON object.
 */
export function parseJson(text: string, where: string): JsonObject {
  const broken = (why: string, cause?: unknown): ModelError =>
    new ModelError(`${where} is not valid JSON (${why}). The file is damaged; copy it again or save the model anew.`, { cause });
  if (nesting(text) > maxNestedJson) throw broken(`brackets inside brackets, more than ${maxNestedJson} deep`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Strings are matched first, so that a word inside one stays as it is. JSON reads 1e999 as Infinity.
    const repaired = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g, (m) => python[m] ?? m);
    try {
      value = JSON.parse(repaired) as Json;
    } catch (e) {
      // The parser quotes the file, which may hold anything: no control characters onto a terminal.
      throw broken((e as Error).message.replace(/\p{Cc}/gu, ' '), e);
    }
  }
  if (!isObject(value)) throw new ModelError(`${where} is not a JSON object. The file is damaged; save the model anew.`);
  return value;
}

/** What follows recurses into the configuration; a damaged or hostile one must not exhaust the stack. */
const maxNestedJson = 1000;

/** How deep brackets stand in brackets, outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '[' || c === '{') deepest = Math.max(deepest, ++depth);
    else if (c === ']' || c === '}') depth--;
  }
  return deepest;
}

/** Numbers may be wrapped: `{"class_name": "__numpy__", "config": {"value": 0.3}}`, `{"type": "ndarray", "value": 0.3}`. */
function unwrap(v: Json | undefined): Json | undefined {
  if (!isObject(v)) return v;
  if (isObject(v.config) && 'value' in v.config) return v.config.value;
  return v.type === 'ndarray' || v.class_name === '__tuple__' ? (v.value ?? v.items) : v;
}

/** One layer of a model's configuration. Getters throw ModelError naming layer and field. */
export class LayerConfig {
  readonly className: string;
  readonly name: string;
  /** Where Keras 3 says the class comes from, e.g. `keras.layers` or `keras.src.ops.numpy`. */
  readonly module: string;
  readonly fields: JsonObject;
  readonly inbound: readonly Json[];
  /** Keras 3: `Package>Name` for a class of the model's own code. */
  readonly registered: string | undefined;
  /** Keras 3: the input shape that the object was built for. */
  readonly buildShape: Json | undefined;

  constructor(raw: Json | undefined, where: string) {
    if (!isObject(raw) || typeof raw.class_name !== 'string')
      throw new ModelError(`${where} has no class name. The configuration is damaged.`);
    this.className = raw.class_name;
    this.module = typeof raw.module === 'string' ? raw.module : '';
    // Sequential models of Keras up to 2.2.2 have the list of their layers itself as their configuration.
    this.fields = isObject(raw.config) ? raw.config : isList(raw.config) ? { layers: raw.config } : {};
    const name = raw.name ?? this.fields.name;
    this.name = typeof name === 'string' ? name : this.className;
    this.inbound = isList(raw.inbound_nodes) ? raw.inbound_nodes : [];
    this.registered = typeof raw.registered_name === 'string' ? raw.registered_name : undefined;
    this.buildShape = isObject(raw.build_config) ? raw.build_config.input_shape : undefined;
  }

  /**
   * One of `keras.ops`, which have class names such as `Add`, too. In `.h5` files Keras 3 leaves the module out; then what
   * tells is that every layer says whether it is trainable.
   */
  get isOperation(): boolean {
    if (this.module !== '') return /\bops\b/.test(this.module);
    return this.fields.trainable === undefined && this.fields.layers === undefined && isObject(this.inbound[0]);
  }

  get isModel(): boolean {
    return !this.isOperation && (isList(this.fields.layers) || ['Sequential', 'Functional', 'Model'].includes(this.className));
  }

  /** A model whose layers follow one another; any other one says how its layers are connected. */
  get isSequential(): boolean {
    return this.isModel && this.fields.input_layers === undefined;
  }

  /** The layers of a model, in the order of the file. */
  get layers(): LayerConfig[] {
    const list = this.fields.layers;
    const where = `Model '${this.name}'`;
    if (!isList(list)) throw new ModelError(`${where} (${this.className}) has no list of layers. The configuration is damaged.`);
    return list.map((layer, i) => new LayerConfig(layer, `${where}: layer ${i + 1}`));
  }

  has(field: string): boolean {
    return this.fields[field] !== undefined && this.fields[field] !== null;
  }

  int(field: string, fallback?: number): number {
    const v = this.get(field, fallback);
    return Number.isSafeInteger(v) ? (v as number) : this.fail(field, 'a whole number');
  }

  float(field: string, fallback?: number): number {
    const v = this.get(field, fallback);
    return typeof v === 'number' ? v : this.fail(field, 'a number');
  }

  /** Python's truth: older files write 1 for True. */
  bool(field: string, fallback?: boolean): boolean {
    const v = this.get(field, fallback);
    return typeof v === 'boolean' ? v : v === 0 || v === 1 ? v === 1 : this.fail(field, 'true or false');
  }

  string(field: string, fallback?: string): string {
    const v = this.get(field, fallback);
    return typeof v === 'string' ? v : this.fail(field, 'text');
  }

  /** A list of whole numbers; a single one stands for itself alone. */
  ints(field: string, fallback?: readonly number[]): number[] {
    const v = this.get(field, fallback);
    const list = typeof v === 'number' ? [v] : v;
    return isList(list) && list.every((n) => Number.isSafeInteger(n))
      ? (list as number[]).slice()
      : this.fail(field, 'a list of whole numbers');
  }

  /** `n` positive whole numbers, where one stands for all: kernel sizes, strides, factors. */
  sizes(field: string, n: number, fallback?: readonly number[]): number[] {
    const list = this.ints(field, fallback);
    const all = list.length === 1 ? new Array<number>(n).fill(list[0]) : list;
    return all.length === n && all.every((d) => d > 0) ? all : this.fail(field, `${n} positive whole numbers`);
  }

  /** Nested lists of numbers, flat. */
  floats(field: string): number[] {
    const flat: number[] = [];
    const collect = (v: Json | undefined): void => {
      if (typeof v === 'number') flat.push(v);
      else if (isList(v)) v.forEach(collect);
      else this.fail(field, 'numbers');
    };
    collect(this.get(field));
    return flat;
  }

  get(field: string, fallback?: Json): Json | undefined {
    const v = unwrap(this.fields[field]);
    return v === undefined || v === null ? fallback : v;
  }

  fail(field: string, expected: string): never {
    const v = JSON.stringify(this.fields[field]) ?? 'absent';
    const shown = v.length > 60 ? `${v.slice(0, 60)}…` : v;
    throw new ModelError(
      `Layer '${this.name}' (${this.className}): '${field}' is ${shown}, not ${expected}. The configuration is damaged or from an unknown version of Keras.`,
    );
  }
}
