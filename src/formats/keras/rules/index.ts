import { operators } from '../../../ops/index.js';
import type { LayerConfig } from '../config.js';
import type { LayerRule, Rules } from '../layer.js';
import { snakeCase } from '../weights.js';
import { activationLayers } from './activation-layers.js';
import { attentionLayers } from './attention.js';
import { convolutionLayers } from './convolution.js';
import { denseLayers } from './dense.js';
import { mergeLayers } from './merge.js';
import { normalizationLayers } from './normalization.js';
import { operationRule } from './operations.js';
import { poolLayers } from './pool.js';
import { recurrentLayers } from './recurrent.js';
import { resizeLayers } from './resize.js';
import { scalingLayers } from './scaling.js';
import { shapeLayers } from './shape.js';
import { wrapperLayers } from './wrappers.js';

const rules: Rules = {
  ...activationLayers,
  ...attentionLayers,
  ...convolutionLayers,
  ...denseLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolLayers,
  ...recurrentLayers,
  ...resizeLayers,
  ...scalingLayers,
  ...shapeLayers,
  ...wrapperLayers,
};

/** Layers that are an operator as they are, by the records' own names. */
const records = new Map<string, LayerRule>(
  operators.flatMap((op) => (op.keras?.layer === undefined ? [] : [[op.keras.layer, { build: (call) => call.op(op.name, call.inputs) }]])),
);

/** Why a class of Keras's own has no rule, where there is more to say than that. */
const reasons: Readonly<Record<string, string>> = {
  Lambda: 'holds Python code, which a file cannot carry to another language',
  Masking: 'makes masks, which have no counterpart in the graph',
  CuDNNLSTM: 'runs on GPUs only; rebuild the model with LSTM',
  CuDNNGRU: 'runs on GPUs only; rebuild the model with GRU',
  TFSMLayer: 'calls a SavedModel',
  TensorFlowOpLayer: 'holds a TensorFlow operation in binary; save the model with TensorFlow 2.4 or newer',
};

/** Classes that went by other names for a while. */
const aliases: Readonly<Record<string, string>> = {
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  SyncBatchNormalization: 'BatchNormalization',
  MaxPool2D: 'MaxPooling2D',
  AvgPool2D: 'AveragePooling2D',
};

/** The rule of a layer, or why there is none, as the end of a sentence. */
export function ruleFor(config: LayerConfig): LayerRule | string {
  const { className } = config;
  if (config.isOperation) return operationRule(snakeCase(className));
  if (className === 'TFOpLambda') return operationRule(config.string('function'));
  if (className === 'SlicingOpLambda') return operationRule('get_item');
  if (config.registered?.includes('>') || className.includes('>')) return "is a class of the model's own code";
  const known = Object.hasOwn(aliases, className) ? aliases[className] : className;
  if (Object.hasOwn(rules, known)) return rules[known];
  const record = records.get(known);
  if (record) return record;
  if (Object.hasOwn(reasons, className)) return reasons[className];
  return 'is a layer that edgeml does not know';
}

/** What an error calls a layer's kind: its class, and for TensorFlow's functions their name. */
export const kindOf = (config: LayerConfig): string =>
  config.className === 'TFOpLambda' && typeof config.fields.function === 'string'
    ? `tf.${config.fields.function}`
    : config.isOperation
      ? `keras.ops.${snakeCase(config.className)}`
      : config.className;
