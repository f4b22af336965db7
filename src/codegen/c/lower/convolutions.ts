import type { Rule } from '../program.js';

export const convolutionRules: readonly Rule[] = [];
