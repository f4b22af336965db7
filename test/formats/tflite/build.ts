import { encode } from '../../../src/formats/tflite/encode.js';
import { BuiltinOperator } from '../../../src/formats/tflite/enums.js';
import type { Source } from '../../../src/formats/types.js';
import { bytesOf, fromNumbers } from '../../../src/ir/tensor.js';
import type { DType } from '../../../src/ir/types.js';

/** A tensor of a hand-made file; with `data` a constant. */
export interface T {
  readonly name?: string;
  readonly dtype?: DType;
  readonly shape: readonly number[];
  readonly data?: readonly number[];
  readonly signature?: readonly number[];
  readonly scale?: readonly number[];
  readonly zeroPoint?: readonly number[];
  readonly axis?: number;
  /** Further fields of the table, as they are. */
  readonly more?: object;
}

/** An operator by the positions of its tensors; -1 for an absent input. */
export interface Op {
  readonly op: string;
  readonly custom?: string;
  readonly version?: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: readonly [table: string, fields: object];
  readonly customOptions?: Uint8Array;
}

/** A `.tflite` file made without the writer, so that reader and runtime are tested on their own. */
export function build(
  tensors: readonly T[],
  ops: readonly Op[],
  inputs: readonly number[],
  outputs: readonly number[],
  more: object = {},
): Uint8Array {
  const buffers: object[] = [{}];
  const tables = tensors.map((t, i) => {
    if (t.data) buffers.push({ data: bytesOf(fromNumbers(t.dtype ?? 'float32', t.shape, t.data)) });
    return {
      shape: t.shape,
      type: (t.dtype ?? 'float32').toUpperCase(),
      buffer: t.data ? buffers.length - 1 : 0,
      name: t.name ?? `t${i}`,
      shape_signature: t.signature,
      ...(t.scale && {
        quantization: { scale: t.scale, zero_point: t.zeroPoint ?? t.scale.map(() => 0), quantized_dimension: t.axis ?? 0 },
      }),
      has_rank: true,
      ...t.more,
    };
  });
  const codes = [...new Set(ops.map((o) => `${o.op} ${o.version ?? 1} ${o.custom ?? ''}`))];
  const code = (key: string): object => {
    const [builtin_code, version, custom_code] = key.split(' ');
    const number = BuiltinOperator.indexOf(builtin_code);
    return { deprecated_builtin_code: Math.min(number, 127), builtin_code, version: Number(version), ...(custom_code && { custom_code }) };
  };
  const operators = ops.map((o) => ({
    opcode_index: codes.indexOf(`${o.op} ${o.version ?? 1} ${o.custom ?? ''}`),
    inputs: o.inputs,
    outputs: o.outputs,
    ...(o.options && { builtin_options_type: o.options[0], builtin_options: o.options[1] }),
    custom_options: o.customOptions,
  }));
  const model = {
    version: 3,
    operator_codes: codes.map(code),
    subgraphs: [{ tensors: tables, inputs, outputs, operators, name: 'main' }],
    buffers,
    ...more,
  };
  return encode('Model', model, 'TFL3');
}

export const source = (bytes: Uint8Array, path = 'model.tflite'): Source => ({
  path,
  bytes,
  readSibling: () => {
    throw new Error('a .tflite file has no siblings');
  },
});

/** A signature over tensor positions. */
export const signature = (inputs: Record<string, number>, outputs: Record<string, number>): object => {
  const map = (m: Record<string, number>) => Object.entries(m).map(([name, tensor_index]) => ({ name, tensor_index }));
  return { signature_defs: [{ inputs: map(inputs), outputs: map(outputs), signature_key: 'serving_default', subgraph_index: 0 }] };
};
