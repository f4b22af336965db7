import { ModelError } from '../../errors.js';
import type { AttributeProto, FunctionProto, NodeProto, OperatorSetIdProto } from './proto.js';
import { toInt } from './tensors.js';

/** A function that the file defines itself. */
export interface LocalFunction {
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly node: readonly NodeProto[];
  /** Defaults of its attributes. */
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly opsets: ReadonlyMap<string, number>;
}
export type FunctionTable = ReadonlyMap<string, LocalFunction>;

const domainOf = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** What a node and the function that it calls agree in. */
export const functionKey = (n: Pick<NodeProto, 'domain' | 'opType' | 'overload'>): string =>
  `${domainOf(n.domain)}\n${n.opType}\n${n.overload}`;

/** Domain to version; throws ModelError for a version that is no number of an operator set. */
export function opsetsOf(imports: readonly OperatorSetIdProto[], where: string): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const o of imports) {
    const version = toInt(o.version, where, 'an opset version of');
    if (version < 1)
      throw new ModelError(`${where} imports version ${version} of the operators '${o.domain || 'ai.onnx'}', which does not exist.`);
    opsets.set(domainOf(o.domain), version);
  }
  return opsets;
}

export function functionTable(functions: readonly FunctionProto[]): FunctionTable {
  const table = new Map<string, LocalFunction>();
  for (const f of functions) {
    table.set(functionKey({ domain: f.domain, opType: f.name, overload: f.overload }), {
      name: f.name,
      input: f.input,
      output: f.output,
      node: f.node,
      attributes: new Map(f.attributeProto.map((a) => [a.name, a])),
      opsets: opsetsOf(f.opsetImport, `Function '${f.name}'`),
    });
  }
  return table;
}
