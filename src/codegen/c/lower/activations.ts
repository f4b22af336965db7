import type { Rule } from '../program.js';

export const activationRules: readonly Rule[] = [];
