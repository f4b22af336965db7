import type { Rule } from '../program.js';

export const movementRules: readonly Rule[] = [];
