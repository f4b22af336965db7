import type { Rule } from '../program.js';

export const floatRules: readonly Rule[] = [];
