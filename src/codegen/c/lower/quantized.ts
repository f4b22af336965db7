import type { Rule } from '../program.js';
import { conversionRules } from './quantized/conversions.js';
import { normalizationRules } from './quantized/normalization.js';
import { pairRules } from './quantized/pairs.js';
import { reductionRules } from './quantized/reductions.js';
import { resizeRules } from './quantized/resize.js';

/** Operators on int8 and int16 grids that are neither convolutions, pools, sums, products nor functions of one number. */
export const quantizedRules: readonly Rule[] = [...pairRules, ...reductionRules, ...resizeRules, ...conversionRules, ...normalizationRules];
