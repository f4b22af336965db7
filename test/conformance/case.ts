import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../../src/errors.js';
import type { GraphProto, ModelProto, TensorProto } from '../../src/formats/onnx/proto.js';
import { modelType } from '../../src/formats/onnx/schema.js';
import { TensorReader, toInt } from '../../src/formats/onnx/tensors.js';
import type { Source } from '../../src/formats/types.js';
import type { Tensor } from '../../src/ir/tensor.js';

/** One case of the ONNX backend suite: a model, and inputs with the outputs that are expected of them. */
export interface Case {
  readonly source: Source;
  readonly operator: string;
  readonly opset: number;
  readonly inputNames: readonly string[];
  readonly dataSets: readonly string[];
}

/** Reads what is needed to judge a case. Throws ModelError where the model is no ONNX file or there is nothing to judge it by. */
export async function openCase(folder: string): Promise<Case> {
  const bytes = readFileSync(join(folder, 'model.onnx'));
  const source: Source = {
    path: 'model.onnx',
    bytes,
    readSibling: (relative, offset, length) => {
      const file = readFileSync(join(folder, relative));
      return file.subarray(offset, length === undefined ? undefined : offset + length);
    },
  };
  const { graph, opsetImport } = await decode(bytes, source.path);
  const opset = opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx') ?? opsetImport[0];
  const dataSets = readdirSync(folder)
    .filter((name) => name.startsWith('test_data_set_'))
    .sort()
    .map((name) => join(folder, name));
  if (dataSets.length === 0) throw new ModelError(`${folder} has no test_data_set_N to judge the model by.`);
  const stored = new Set(graph.initializer.map((t) => t.name));
  return {
    source,
    operator: subject(graph, folder),
    opset: opset ? toInt(opset.version, 'opset', '') : 1,
    inputNames: graph.input.map((i) => i.name).filter((name) => !stored.has(name)),
    dataSets,
  };
}

async function decode(bytes: Uint8Array, path: string): Promise<{ graph: GraphProto; opsetImport: ModelProto['opsetImport'] }> {
  try {
    const { graph, opsetImport } = (await modelType()).decode(bytes) as unknown as ModelProto;
    if (graph) return { graph, opsetImport };
  } catch (e) {
    throw new ModelError(`${path} is not a readable ONNX file.`, { cause: e });
  }
  throw new ModelError(`${path} holds no graph.`);
}

/** Function bodies written out and small models are about several operators. */
function subject(graph: GraphProto, folder: string): string {
  const nodes = graph.node.filter((n) => n.opType !== 'Constant' || graph.node.length === 1);
  if (nodes.length !== 1 || folder.includes('_expanded')) return 'several';
  const { domain, opType } = nodes[0];
  return domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
}

/** The tensors `input_K.pb` or `output_K.pb` of a data set, in order. Throws ModelError for one that is no tensor of a known type. */
export async function readTensors(dataSet: string, kind: 'input' | 'output'): Promise<Tensor[]> {
  const type = (await modelType()).root.lookupType('TensorProto');
  const count = readdirSync(dataSet).filter((name) => name.startsWith(`${kind}_`)).length;
  return Array.from({ length: count }, (_, k) => {
    const path = join(dataSet, `${kind}_${k}.pb`);
    const bytes = readFileSync(path);
    const reader = new TensorReader({ path, bytes, readSibling: () => new Uint8Array() });
    return reader.read(type.decode(bytes) as unknown as TensorProto, path);
  });
}
