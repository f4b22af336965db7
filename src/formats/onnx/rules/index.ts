import { hasRecord, type Rule, readByRecord } from '../records.js';
import { attentionRules } from './attention.js';
import { channelRules } from './channels.js';
import { constantRules } from './constants.js';
import { controlRules } from './control.js';
import { convolutionRules } from './convolution.js';
import { windowRules } from './cosine-windows.js';
import { elementwiseRules } from './elementwise.js';
import { lossRules } from './losses.js';
import { matrixRules } from './matrix.js';
import { normalizationRules } from './normalization.js';
import { poolingRules } from './pooling.js';
import { quantizationRules } from './quantization.js';
import { recurrentRules } from './recurrent.js';
import { refusalRules } from './refusals.js';
import { resizeRules } from './resize.js';
import { shapeRules } from './shapes.js';
import { softmaxRules } from './softmax.js';

/** Operators that are not one to one with a record, by their ONNX type. */
const rules = new Map<string, Rule>(
  Object.entries({
    ...attentionRules,
    ...channelRules,
    ...constantRules,
    ...controlRules,
    ...convolutionRules,
    ...elementwiseRules,
    ...lossRules,
    ...matrixRules,
    ...normalizationRules,
    ...poolingRules,
    ...quantizationRules,
    ...recurrentRules,
    ...refusalRules,
    ...resizeRules,
    ...shapeRules,
    ...softmaxRules,
    ...windowRules,
  }),
);

/** How an operator type of ONNX is read: by a rule, else by the record that is one to one with it. */
export const findRule = (type: string): Rule | undefined => rules.get(type) ?? (hasRecord(type) ? readByRecord : undefined);
