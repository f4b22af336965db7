import type { Rule } from '../program.js';

export const quantizedRules: readonly Rule[] = [];
