import { ModelError, type Unsupported, UnsupportedError } from '../../errors.js';
import type { Graph, Node, Value } from '../../ir/graph.js';
import { operator, operators } from '../../ops/index.js';
import type { Operation } from '../../ops/mappings.js';
import { GraphBuilder } from '../../ops/node-builder.js';
import { replaceRemedy } from '../remedies.js';
import type { Model, Reader, ReadOptions, Source } from '../types.js';
import { builtinName, decodeFile, type TfliteFile, type TfliteOp, type TfliteSubgraph } from './file.js';
import { resolveInputs } from './read/inputs.js';
import { OperatorView, Refusal } from './read/operator.js';
import { type Declared, TensorTable } from './read/tensors.js';
import { reasons, rules } from './rules/index.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Records by the builtins that they read. */
const records = new Map(
  operators.flatMap((r) => (r.tflite ? [r.tflite.builtin, ...(r.tflite.also ?? [])].map((builtin) => [builtin, r] as const) : [])),
);

/**
 * Reads a `.tflite` file: float, with weights in float16 or int8 (dequantized to float32 constants), or quantized
 * (`Model.quantized` then says so, and values carry `quant`). Constants are views of the file's bytes where they are aligned.
 * Throws ModelError where the file is damaged, UnsupportedError with every operator that is not supported,
 * NeedsConstantError where a shape depends on an input's value.
 */
export const readTflite: Reader = (source, options) => {
  try {
    return new TfliteReader(source, options).read();
  } catch (e) {
    if (!(e instanceof ModelError) || e.message.includes(source.path)) throw e;
    (e as Mutable<Error>).message = `${source.path}: ${e.message}`;
    throw e;
  }
};

class TfliteReader {
  private readonly source: Source;
  private readonly options: ReadOptions;
  private readonly file: TfliteFile;
  private readonly graph: TfliteSubgraph;
  private readonly builder = new GraphBuilder();
  private readonly table: TensorTable;
  private readonly unsupported: { operator: string; reason: string; nodes: string[] }[] = [];
  private readonly warnings: string[] = [];

  constructor(source: Source, options: ReadOptions) {
    this.source = source;
    this.options = options;
    this.file = decodeFile(source.bytes, source.path);
    const graphs = this.file.subgraphs ?? [];
    if (graphs.length === 0) throw new ModelError('The file holds no graph.');
    this.graph = graphs[0];
    this.table = new TensorTable(this.file, source.bytes, this.builder);
  }

  read(): Model {
    const { graph } = this;
    this.checkOperators();
    const inputs = (graph.inputs ?? []).map((index) => ({ index, name: this.portName('inputs', index) }));
    for (const { index, name, shape, value } of resolveInputs(this.table, inputs, this.options)) {
      const { dtype, quant } = this.table.declare(index, `Input '${name}'`);
      const v = value ? this.builder.constant(value, name) : this.builder.input(name, { dtype, shape });
      this.table.set(index, quant ? Object.assign(v, { quant }) : v);
    }
    for (const [i, op] of (graph.operators ?? []).entries()) this.operator(op, i);
    this.failIfUnsupported();
    const outputs = (graph.outputs ?? []).map((index) => this.table.value(index, 'The list of outputs'));
    const finished = this.builder.finish(graph.name || 'main', outputs);
    for (const [i, index] of (graph.outputs ?? []).entries()) rename(finished, outputs[i], this.portName('outputs', index));
    const quantized = this.quantized();
    return {
      graph: finished,
      format: 'tflite',
      path: this.source.path,
      fileSize: this.source.bytes.length,
      warnings: this.warnings,
      ...(quantized && { quantized }),
    };
  }

  /** Control flow and unknown operators are told all at once, before anything is built. */
  private checkOperators(): void {
    for (const [i, op] of (this.graph.operators ?? []).entries()) {
      const name = this.operatorName(op, i);
      if (!rules[name] && !records.has(name))
        this.refuse(name, reasons[name] ?? 'is not supported', this.outputsOf(op, i)[0]?.name ?? `#${i}`);
    }
    this.failIfUnsupported();
    const extra = (this.file.subgraphs?.length ?? 1) - 1;
    if (extra > 0)
      throw new ModelError(`The file holds ${extra + 1} graphs; edgeml reads models of one. Export each signature to its own file.`);
  }

  private operator(op: TfliteOp, i: number): void {
    const name = this.operatorName(op, i);
    const user = `Operator ${i} (${name})`;
    const outputs = this.outputsOf(op, i);
    const record = records.get(name);
    const asFloat = name === 'DEQUANTIZE' || outputs[0]?.dtype === 'float32';
    const inputs = (op.inputs ?? []).map((t) => (t < 0 ? null : asFloat ? this.table.floatValue(t, user) : this.table.value(t, user)));
    const type = op.builtin_options_type === 'NONE' ? (record?.tflite?.options ?? 'NONE') : op.builtin_options_type;
    const options = { type, table: op.builtin_options, custom: op.custom_options };
    const view = new OperatorView(name, inputs, outputs, options, this.builder.nodes);
    const before = this.builder.nodes.length;
    let made: readonly Value[];
    try {
      made = this.make(view);
    } catch (e) {
      if (e instanceof Refusal) {
        this.refuse(name, e.message, view.name);
        made = outputs.map((o) => ({ ...o }));
      } else if (e instanceof ModelError) {
        // After a refusal shapes are guesses: what follows from them is no news.
        this.failIfUnsupported();
        throw e;
      } else if (e instanceof RangeError || e instanceof TypeError) {
        this.failIfUnsupported();
        throw new ModelError(`${user}, which writes '${view.name}', does not fit its inputs: ${e.message}.`, { cause: e });
      } else throw e;
    }
    if (made.length < outputs.length) throw new ModelError(`${user} has ${outputs.length} outputs in the file; it makes ${made.length}.`);
    this.annotate(this.builder.nodes.slice(before), made, outputs);
    for (const [k, t] of (op.outputs ?? []).entries()) this.table.set(t, made[k]);
  }

  private make(view: OperatorView): readonly Value[] {
    const rule = rules[view.builtin];
    if (rule) return rule(view, this.builder);
    const record = records.get(view.builtin) as (typeof operators)[number];
    const made: Operation = record.tflite?.read?.(view) ?? { inputs: view.inputs, attrs: {} };
    return this.builder.node(record.name, made.inputs, made.attrs, view.wish);
  }

  /** Gives new values the element type and parameters that the file declares; what only moves elements hands its input's on. */
  private annotate(nodes: readonly Node[], made: readonly Value[], declared: readonly Declared[]): void {
    for (const node of nodes) {
      const rule = operator(node.op).quantize;
      const from = rule?.kind === 'output-like-input' ? node.inputs[rule.from] : null;
      if (from?.quant) for (const v of node.outputs) Object.assign(v, { dtype: from.dtype, quant: from.quant });
    }
    const fresh = new Set(nodes.flatMap((n) => n.outputs));
    declared.forEach(({ dtype, quant }, i) => {
      if (quant && fresh.has(made[i])) Object.assign(made[i], { dtype, quant });
    });
  }

  private operatorName(op: TfliteOp, i: number): string {
    const code = this.file.operator_codes?.[op.opcode_index];
    if (!code)
      throw new ModelError(`Operator ${i} has the code ${op.opcode_index}; the file has ${this.file.operator_codes?.length ?? 0}.`);
    const name = builtinName(code);
    return name === 'CUSTOM' ? `CUSTOM:${code.custom_code ?? ''}` : name;
  }

  private outputsOf(op: TfliteOp, i: number): Declared[] {
    return (op.outputs ?? []).map((t) => this.table.declare(t, `Operator ${i}`));
  }

  private refuse(name: string, reason: string, node: string): void {
    const known = this.unsupported.find((u) => u.operator === name && u.reason === reason);
    if (known) known.nodes.push(node);
    else this.unsupported.push({ operator: name, reason, nodes: [node] });
  }

  private failIfUnsupported(): void {
    const all: readonly Unsupported[] = this.unsupported;
    if (all.length > 0) throw new UnsupportedError(`${this.source.path} uses operators that edgeml cannot read:`, all, replaceRemedy);
  }

  /** The signature's name for an input or output, the tensor's own where there is no signature. */
  private portName(side: 'inputs' | 'outputs', index: number): string {
    const signature = this.file.signature_defs?.find((s) => s.subgraph_index === 0);
    return signature?.[side]?.find((m) => m.tensor_index === index)?.name || this.table.declare(index, `The list of ${side}`).name;
  }

  private quantized(): string | undefined {
    const written = (this.graph.operators ?? []).flatMap((op) => op.outputs ?? []);
    for (const index of [...(this.graph.inputs ?? []), ...written]) {
      const { name, dtype, quant } = this.table.declare(index, 'The graph');
      if (quant && ['int8', 'uint8', 'int16'].includes(dtype)) {
        return `its tensor '${name}' is ${dtype} (scale ${quant.scale[0]}, zero point ${quant.zeroPoint[0]})`;
      }
    }
    return undefined;
  }
}

/** Gives a graph output the name that the file promises; a value that has it already takes the other's. */
function rename(graph: Graph, v: Value, name: string): void {
  if (v.name === name || graph.inputs.includes(v)) return;
  const holder = graph.nodes.flatMap((n) => [...n.inputs, ...n.outputs]).find((o) => o?.name === name);
  if (holder && (graph.inputs.includes(holder) || graph.outputs.includes(holder))) return;
  if (holder) (holder as Mutable<Value>).name = v.name;
  (v as Mutable<Value>).name = name;
}
