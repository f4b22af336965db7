import { type Unsupported, UnsupportedError } from '../../errors.js';
import type { TfliteFile, TfliteTensor } from '../../formats/tflite/file.js';
import { isConstant, type Op, type Subgraph } from './arena/model.js';
import { type MicroOperator, microOperators } from './operators.js';
import type { TflmOperator } from './types.js';

/**
 * The operators that a model needs, in the order of their first use. Throws UnsupportedError with every operator, version and
 * element type that TensorFlow Lite Micro lacks and the nodes that use it.
 * @param subject The file for the message.
 */
export function operatorsOf(file: TfliteFile, graphs: readonly Subgraph[], subject: string): TflmOperator[] {
  const problems = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  const used = new Map<string, { operator: MicroOperator; versions: Set<number>; nodes: number; int8: boolean }>();
  for (const graph of graphs) {
    for (const [i, op] of graph.ops.entries()) {
      const version = file.operator_codes?.[op.op.opcode_index]?.version ?? 1;
      const operator = microOperators.get(op.name);
      for (const reason of operator ? reasons(file, op, operator, version) : [missing(op)]) {
        const shown = op.custom ? `CUSTOM:${op.name}` : op.name;
        const entry = problems.get(`${shown} ${reason}`) ?? { operator: shown, reason, nodes: [] };
        entry.nodes.push(op.outputs[0]?.name || `node ${i}`);
        problems.set(`${shown} ${reason}`, entry);
      }
      if (!operator) continue;
      const entry = used.get(op.name) ?? { operator, versions: new Set<number>(), nodes: 0, int8: true };
      entry.versions.add(version);
      entry.nodes++;
      entry.int8 &&= isInt8(op, operator);
      used.set(op.name, entry);
    }
  }
  if (problems.size > 0) {
    throw new UnsupportedError(
      `${subject} cannot run in TensorFlow Lite Micro:`,
      [...problems.values()] satisfies Unsupported[],
      'Replace these operators in the model before it is converted, or quantize the whole of it (edgeml quantize).',
    );
  }
  return [...used].map(([name, { operator, versions, nodes, int8 }]) => ({
    name,
    add: operator.add,
    ...(operator.int8 && int8 && { variant: operator.int8.register }),
    versions: [...versions].sort((a, b) => a - b),
    nodes,
  }));
}

const missing = (op: Op): string =>
  op.custom ? 'is a custom operator that TensorFlow Lite Micro does not have' : 'is not among its operators';

/** Whether data and weights are int8, which the kernels for int8 alone take. */
const isInt8 = (op: Op, operator: MicroOperator): boolean =>
  op.inputs[operator.data]?.type === 'INT8' &&
  (op.outputs[0]?.type ?? 'INT8') === 'INT8' &&
  (!weighted.has(op.name) || op.inputs[1]?.type === 'INT8');

/** Operators with constant weights as their second input. */
const weighted = new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED', 'TRANSPOSE_CONV']);

const weightsOf: Readonly<Record<string, readonly string[]>> = {
  FLOAT32: ['FLOAT32'],
  INT8: ['INT8', 'INT4'],
  INT16: ['INT8'],
};

function reasons(file: TfliteFile, op: Op, operator: MicroOperator, version: number): string[] {
  const found: string[] = [];
  if (version > operator.version) found.push(`has version ${version}, and ${operator.version} is the highest that it knows`);
  const data = op.inputs[operator.data];
  const type = data?.type;
  if (type && operator.types.length > 0 && !operator.types.includes(type)) found.push(`takes no ${type} there`);
  const given = op.outputs[0]?.type;
  if (given && operator.gives && !operator.gives.includes(given)) found.push(`gives no ${given} there`);
  const weights = op.inputs[1];
  if (type && weights && weighted.has(op.name) && !(weightsOf[type] ?? [type]).includes(weights.type)) {
    found.push(`takes no weights of ${weights.type} with data of ${type} (hybrid)`);
  }
  if (op.name === 'RELU6' && type !== 'FLOAT32' && data && op.outputs[0] && !sameGrid(data, op.outputs[0]))
    found.push('clamps there without going over to the other scale of its output');
  if (op.name === 'DEQUANTIZE' && data && isConstant(file, data) && type === 'FLOAT16') found.push('has half-precision weights');
  return found;
}

const sameGrid = (a: TfliteTensor, b: TfliteTensor): boolean =>
  a.quantization?.scale?.[0] === b.quantization?.scale?.[0] &&
  Number(a.quantization?.zero_point?.[0]) === Number(b.quantization?.zero_point?.[0]);
