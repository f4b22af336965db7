import { defineOp } from './define.js';
import { argOperator } from './families/arg.js';

export const argMax = defineOp(argOperator('ArgMax', 'ARG_MAX', (a, b) => a > b));
