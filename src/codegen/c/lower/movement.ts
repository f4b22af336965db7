import type { Rule } from '../program.js';
import { arrangeRules } from './movement/arrange.js';
import { batchRules } from './movement/batches.js';
import { chooseRules } from './movement/choose.js';
import { gatherRules } from './movement/gather.js';
import { padRules } from './movement/pad.js';
import { pickRules } from './movement/pick.js';
import { rankRules } from './movement/rank.js';
import { scatterRules } from './movement/scatter.js';

/** Operators that bring elements elsewhere as they are, or say where they are: for every type, told apart by size. */
export const movementRules: readonly Rule[] = [
  ...arrangeRules,
  ...batchRules,
  ...padRules,
  ...pickRules,
  ...gatherRules,
  ...scatterRules,
  ...chooseRules,
  ...rankRules,
];
