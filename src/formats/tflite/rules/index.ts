import { arithmeticRules } from './arithmetic.js';
import { blockRules } from './blocks.js';
import { mediapipeRules } from './mediapipe.js';
import type { TfliteRule } from './rule.js';
import { shapeRules } from './shapes.js';
import { stridedSlice } from './strided-slice.js';

/** Operators that are not one to one with a record, by builtin; custom ones as `CUSTOM:name`. */
export const rules: Readonly<Record<string, TfliteRule>> = {
  ...shapeRules,
  ...arithmeticRules,
  ...blockRules,
  ...mediapipeRules,
  STRIDED_SLICE: stridedSlice,
};

/** Why an operator that is neither in a record nor here is refused, where there is more to say than "not supported". */
export const reasons: Readonly<Record<string, string>> = {
  IF: 'is control flow',
  WHILE: 'is control flow',
  CALL_ONCE: 'initialises state',
  VAR_HANDLE: 'keeps state between runs',
  READ_VARIABLE: 'keeps state between runs',
  ASSIGN_VARIABLE: 'keeps state between runs',
  FAKE_QUANT: 'simulates quantization; export the model without it',
  DENSIFY: 'unpacks sparse weights; convert the model without sparsity',
  WHERE: 'makes an output whose size depends on the data',
  UNIQUE: 'makes an output whose size depends on the data',
  NON_MAX_SUPPRESSION_V4: 'makes an output whose size depends on the data',
  NON_MAX_SUPPRESSION_V5: 'makes an output whose size depends on the data',
};
