import type { Rule } from '../records.js';

/** Operators that edgeml does not read, and why: the ends of sentences. */
const reasons: Record<string, readonly string[]> = {
  'works on sequences, which edgeml does not support': [
    'SequenceAt',
    'SequenceConstruct',
    'SequenceEmpty',
    'SequenceErase',
    'SequenceInsert',
    'SequenceLength',
    'SequenceMap',
    'SplitToSequence',
    'ConcatFromSequence',
  ],
  'works on optional values, which edgeml does not support': ['Optional'],
  'works on text, which edgeml does not support': ['RegexFullMatch', 'StringConcat', 'StringNormalizer', 'StringSplit', 'TfIdfVectorizer'],
  'decodes images; decode them before the model': ['ImageDecoder'],
  'draws random numbers, so that the model gives no reproducible result': [
    'Bernoulli',
    'Multinomial',
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
  ],
  'gives a result whose size depends on the data; cut the model before it': ['NonMaxSuppression', 'Unique'],
};

/** Operators on integers of a model that is quantized already. */
const quantized = ['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger', 'DynamicQuantizeLinear'];

const refusing =
  (reason: string): Rule =>
  (node) =>
    node.refuse(reason);

const refusingQuantized: Rule = (node) => {
  node.quantized(`it computes with ${node.type} at '${node.name}'`);
  return node.refuse('belongs to a model that is quantized already; start from the float model');
};

export const refusalRules: Record<string, Rule> = {
  ...Object.fromEntries(Object.entries(reasons).flatMap(([reason, types]) => types.map((type) => [type, refusing(reason)]))),
  ...Object.fromEntries(quantized.map((type) => [type, refusingQuantized])),
};
