import type { AttrValue, Value } from '../../ir/graph.js';
import type { AttrSpec, OpRecord } from '../../ops/define.js';
import { operators } from '../../ops/index.js';
import type { Operation } from '../../ops/mappings.js';
import type { RuleBuilder } from './builder.js';
import type { RuleNode } from './node.js';

/** Turns one node of the file into nodes of the graph and returns what its outputs are, as far as they are computed. */
export type Rule = (node: RuleNode, b: RuleBuilder) => Value[];

const records = new Map<string, OpRecord>();
for (const op of operators) {
  if (!op.onnx) continue;
  for (const type of [op.onnx.type, ...(op.onnx.also ?? [])]) if (!records.has(type)) records.set(type, op);
}

/** The operator types of ONNX that a record is one to one with. */
export const recordTypes = (): string[] => [...records.keys()];

export const hasRecord = (type: string): boolean => records.has(type);

/** The graph's name for the operator that an ONNX type is one to one with. */
export const recordName = (type: string): string | undefined => records.get(type)?.name;

/** The rule of every operator that has a record with an ONNX mapping. */
export function readByRecord(node: RuleNode, b: RuleBuilder): Value[] {
  const record = records.get(node.type);
  if (!record?.onnx) return node.refuse('is an operator that edgeml does not support');
  const { inputs, attrs } = record.onnx.read ? record.onnx.read(node) : readByName(record, record.onnx.attributes ?? {}, node);
  return b.node(record.name, inputs, attrs);
}

const getters: Record<AttrSpec['kind'], (node: RuleNode, name: string) => AttrValue> = {
  int: (node, name) => node.int(name),
  ints: (node, name) => node.ints(name),
  float: (node, name) => node.float(name),
  floats: (node, name) => node.floats(name),
  bool: (node, name) => node.int(name) !== 0,
  string: (node, name) => node.string(name),
};

/** Inputs in order and attributes by the mapping's names; an attribute beyond those could change the meaning. */
function readByName(record: OpRecord, attributes: Readonly<Partial<Record<string, string>>>, node: RuleNode): Operation {
  const names = Object.entries(attributes) as [string, string][];
  const attrs: Record<string, AttrValue> = {};
  for (const [own, theirs] of names) {
    const spec = record.attributes[own] as AttrSpec;
    if (node.has(theirs)) attrs[own] = getters[spec.kind](node, theirs);
  }
  const extra = node.attributeNames.find((name) => !names.some(([, theirs]) => theirs === name) && name !== 'consumed_inputs');
  if (extra !== undefined) node.refuse(`has an attribute '${extra}' that edgeml does not know`);
  return { inputs: node.inputs, attrs };
}
