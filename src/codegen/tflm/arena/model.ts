import { ModelError } from '../../../errors.js';
import { builtinName, type TfliteFile, type TfliteOp, type TfliteSubgraph, type TfliteTensor } from '../../../formats/tflite/file.js';

const bitsOf: Readonly<Record<string, number>> = {
  FLOAT32: 32,
  FLOAT16: 16,
  FLOAT64: 64,
  INT4: 4,
  INT8: 8,
  UINT8: 8,
  BOOL: 8,
  INT16: 16,
  UINT16: 16,
  INT32: 32,
  UINT32: 32,
  INT64: 64,
  UINT64: 64,
  COMPLEX64: 64,
  COMPLEX128: 128,
  RESOURCE: 32,
};

/** Elements of a shape; a scalar has one. */
export const elements = (shape: readonly number[] | undefined): number => (shape ?? []).reduce((n, d) => n * d, 1);

/** Bytes of one element as the runtime counts them. */
export const elementBytes = (type: string): number => Math.max(1, (bitsOf[type] ?? 8) / 8);

/** Bytes of a tensor's data. */
export const tensorBytes = (t: TfliteTensor): number => Math.ceil((elements(t.shape) * (bitsOf[t.type] ?? 8)) / 8);

/** An operator of a subgraph with its tensors at hand. */
export interface Op {
  /** BuiltinOperator's name, or a custom operator's own. */
  readonly name: string;
  readonly custom: boolean;
  readonly op: TfliteOp;
  readonly options: Readonly<Record<string, unknown>>;
  /** Null for an optional input that is left out. */
  readonly inputs: readonly (TfliteTensor | null)[];
  readonly outputs: readonly TfliteTensor[];
}

export interface Subgraph {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly ops: readonly Op[];
}

/** The file's graphs, every index checked. Throws ModelError where one leads nowhere. */
export function subgraphsOf(file: TfliteFile, subject: string): Subgraph[] {
  return (file.subgraphs ?? []).map((graph) => subgraphOf(file, graph, subject));
}

function subgraphOf(file: TfliteFile, graph: TfliteSubgraph, subject: string): Subgraph {
  const tensors = graph.tensors ?? [];
  const at = (index: number, what: string): TfliteTensor => {
    const tensor = tensors[index];
    if (!tensor) throw new ModelError(`${subject} is corrupt: ${what} is tensor ${index}, but there are ${tensors.length}.`);
    return tensor;
  };
  const check = (list: readonly number[] | undefined, what: string): readonly number[] => {
    for (const i of list ?? []) at(i, what);
    return list ?? [];
  };
  return {
    tensors,
    inputs: check(graph.inputs, 'an input of the model'),
    outputs: check(graph.outputs, 'an output of the model'),
    ops: (graph.operators ?? []).map((op, i) => {
      const code = file.operator_codes?.[op.opcode_index];
      if (!code) throw new ModelError(`${subject} is corrupt: operator ${i} has the operator code ${op.opcode_index}, which is not there.`);
      const builtin = builtinName(code);
      return {
        name: builtin === 'CUSTOM' ? (code.custom_code ?? 'CUSTOM') : builtin,
        custom: builtin === 'CUSTOM',
        op,
        options: op.builtin_options ?? {},
        inputs: (op.inputs ?? []).map((t) => (t < 0 ? null : at(t, `an input of operator ${i}`))),
        outputs: (op.outputs ?? []).map((t) => at(t, `an output of operator ${i}`)),
      };
    }),
  };
}

/** Whether the file holds this tensor's data. */
export const isConstant = (file: TfliteFile, t: TfliteTensor): boolean => {
  const buffer = file.buffers?.[t.buffer];
  return (buffer?.data?.length ?? 0) > 0 || (buffer?.size ?? 0) > 0;
};
