import { ModelError, NeedsConstantError } from '../../../errors.js';
import { isConstant, type Node, type Value } from '../../../ir/graph.js';
import { type Tensor, toNumbers } from '../../../ir/tensor.js';
import type { TfliteOperator } from '../../../ops/mappings.js';
import type { Table } from '../decode.js';
import { enums } from '../enums.js';
import { fieldsOf } from '../schema.js';
import type { Declared } from './tensors.js';

/** The reason why an operator is not supported, on its way to the list of all of them. */
export class Refusal extends Error {}

/** One operator of the file with its inputs as values. */
export class OperatorView implements TfliteOperator {
  readonly builtin: string;
  /** Name of the first output's tensor: operators have none of their own. */
  readonly name: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Declared[];
  readonly customOptions: Uint8Array | undefined;
  private readonly optionsType: string;
  private readonly options: Table;
  private readonly nodes: readonly Node[];

  /** @param nodes The nodes made so far, to tell which model input a value depends on. */
  constructor(
    builtin: string,
    inputs: readonly (Value | null)[],
    outputs: readonly Declared[],
    options: { readonly type: string; readonly table?: Table; readonly custom?: Uint8Array },
    nodes: readonly Node[],
  ) {
    this.builtin = builtin;
    this.name = outputs[0]?.name ?? builtin;
    this.inputs = inputs;
    this.outputs = outputs;
    this.customOptions = options.custom;
    this.optionsType = options.type;
    this.options = options.table ?? {};
    this.nodes = nodes;
  }

  /** The same operator with another shape declared for its first output. */
  withOutputShape(shape: readonly number[]): OperatorView {
    const outputs = this.outputs.map((o, i) => (i === 0 ? { ...o, shape } : o));
    const options = { type: this.optionsType, table: this.options, custom: this.customOptions };
    return new OperatorView(this.builtin, this.inputs, outputs, options, this.nodes);
  }

  /** Names for the nodes and values that stand for this operator. */
  get wish(): { name: string; outputs: readonly string[] } {
    return { name: this.name, outputs: this.outputs.map((o) => o.name) };
  }

  option<T extends number | boolean | string | readonly number[]>(field: string): T {
    const spec = fieldsOf(this.optionsType).find((f) => f.name === field);
    if (!spec) throw new ModelError(`${this.where} lacks its option '${field}' (its options are ${this.optionsType}).`);
    // Where the whole table is absent its fields have their defaults.
    const value = this.options[field] ?? { scalars: [], enum: enums[spec.of]?.[spec.default], scalar: spec.default }[spec.kind as 'scalar'];
    return (spec.scalar === 'bool' ? Boolean(value) : value) as T;
  }

  input(i: number): Value {
    const v = this.inputs[i];
    if (!v) throw new ModelError(`${this.where} lacks its input ${i}; it has ${this.inputs.length}.`);
    return v;
  }

  constant(i: number): Tensor {
    const v = this.input(i);
    if (isConstant(v)) return v;
    const source = this.sourceOf(v);
    const what = `${this.where} needs its input ${i} ('${v.name}') to be constant`;
    if (!source) throw new ModelError(`${what}, but it is computed when the model runs.`);
    throw new NeedsConstantError(`${what}, but it depends on the model's input '${source.name}'.`, source.name);
  }

  constantInts(i: number): number[] {
    const t = this.constant(i);
    if (t.dtype !== 'int32' && t.dtype !== 'int64')
      throw new ModelError(`${this.where} has ${t.dtype} where it needs integers (input ${i}).`);
    return Array.from(toNumbers(t));
  }

  refuse(reason: string): never {
    throw new Refusal(reason);
  }

  private get where(): string {
    return `Operator ${this.builtin} that writes '${this.name}'`;
  }

  /** The model input that a value depends on; with several, the first one found going back. */
  private sourceOf(v: Value): Value | undefined {
    const wanted = new Set<Value>([v]);
    for (const node of [...this.nodes].reverse()) {
      if (node.outputs.some((o) => wanted.has(o))) for (const i of node.inputs) if (i && !isConstant(i)) wanted.add(i);
    }
    const made = new Set(this.nodes.flatMap((n) => n.outputs));
    return [...wanted].find((w) => !made.has(w));
  }
}
