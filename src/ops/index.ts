import { add } from './add.js';
import { conv2d } from './conv2d.js';
import type { OpRecord } from './define.js';
import { exp } from './exp.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

/** THE list of operators: everything that knows of an operator looks here. */
export const operators: readonly OpRecord[] = [add, conv2d, exp, relu, reshape, transpose];

const byName = new Map(operators.map((op) => [op.name, op]));

/** The record of an operator by its name in the graph; throws Error (a bug) if there is none. */
export function operator(name: string): OpRecord {
  const op = byName.get(name);
  if (!op) throw new Error(`there is no operator '${name}'`);
  return op;
}
