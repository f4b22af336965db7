import { commentText } from '../comment.js';
import { markLine, type Origin } from '../fs/mark.js';

/** The licence of what edgeml writes; weights of a model remain under the model's own. */
const licence = 'SPDX-License-Identifier: Apache-2.0';

/** The comment that a generated C file begins with: what made it of which model, the licence, and what it is. */
export const headComment = (origin: Origin, lines: readonly string[]): string[] => commentBlock([markLine(origin), licence, ...lines]);

/** A model's own bytes, whose licence is its owner's to name. */
export const modelHeadComment = (origin: Origin, lines: readonly string[]): string[] => commentBlock([markLine(origin), ...lines]);

const commentBlock = (lines: readonly string[]): string[] => ['/*', ...lines.map((l) => ` * ${commentText(l)}`.trimEnd()), ' */'];
