import { defineOp } from './define.js';
import { argOperator } from './families/arg.js';

export const argMin = defineOp(argOperator('ArgMin', 'ARG_MIN', (a, b) => a < b));
