import type { Node } from '../../../ir/graph.js';
import { type Alias, type Call, NoKernel, type Rule, type Target } from '../program.js';
import { activationRules } from './activations.js';
import { arithmeticRules } from './arithmetic.js';
import { convolutionRules } from './convolutions.js';
import { depthwiseRules } from './depthwise.js';
import { floatRules } from './floats.js';
import { integerRules } from './integers.js';
import { movementRules } from './movement.js';
import { poolRules } from './pools.js';
import { quantizedRules } from './quantized.js';
import { softmaxRules } from './softmax.js';

/** Every lowering; of several that take a node the first is used, and the first that refuses it says why none does. */
const rules: readonly Rule[] = [
  ...convolutionRules,
  ...depthwiseRules,
  ...poolRules,
  ...arithmeticRules,
  ...activationRules,
  ...softmaxRules,
  ...quantizedRules,
  ...floatRules,
  ...integerRules,
  ...movementRules,
];

const byOperator = new Map<string, Rule[]>();
for (const rule of rules) for (const op of rule.ops) byOperator.set(op, [...(byOperator.get(op) ?? []), rule]);

/** Whether any kernel is for the operator, whatever its types. */
export const hasKernel = (op: string): boolean => byOperator.has(op);

/** The node as calls of kernels. Throws NoKernel with the reason where there is none. */
export function lowerNode(node: Node, target: Target): readonly Call[] | Alias {
  const candidates = byOperator.get(node.op);
  if (!candidates) throw new NoKernel('has no C kernel');
  const type = node.inputs.find((v) => v !== null)?.dtype;
  let refused: NoKernel | undefined;
  for (const { types, lower } of candidates) {
    if (types && (type === undefined || !types.includes(type))) continue;
    try {
      return lower(node, target);
    } catch (e) {
      if (!(e instanceof NoKernel)) throw e;
      refused ??= e;
    }
  }
  throw refused ?? new NoKernel(`takes no ${type} in C`);
}
