import type { AttrValue, Graph, Node, Value } from './graph.js';
import { showType } from './types.js';

const showAttr = (v: AttrValue): string => (Array.isArray(v) ? `[${v.join(',')}]` : String(v));

const showInput = (v: Value | null): string => (v === null ? '-' : v.data ? `${v.name}:${showType(v)}` : v.name);

/** One line for a node: `y: float32[1,8] = FullyConnected(x, w:float32[8,4]) {activation=relu}`. */
export function printNode(node: Node): string {
  const attrs = Object.entries(node.attrs).map(([k, v]) => `${k}=${showAttr(v)}`);
  const outs = node.outputs.map((v) => `${v.name}: ${showType(v)}`).join(', ');
  return `${outs} = ${node.op}(${node.inputs.map(showInput).join(', ')})${attrs.length ? ` {${attrs.join(' ')}}` : ''}`;
}

/** The whole graph as text, for people and for test expectations. */
export function printGraph(graph: Graph): string {
  const typed = (v: Value) => `${v.name}: ${showType(v)}`;
  return [
    `graph ${graph.name}(${graph.inputs.map(typed).join(', ')}) -> (${graph.outputs.map(typed).join(', ')})`,
    ...graph.nodes.map((n) => `  ${printNode(n)}`),
  ].join('\n');
}
