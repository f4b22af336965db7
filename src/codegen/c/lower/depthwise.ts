import type { Rule } from '../program.js';

export const depthwiseRules: readonly Rule[] = [];
