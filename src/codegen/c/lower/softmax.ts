import type { Rule } from '../program.js';

export const softmaxRules: readonly Rule[] = [];
