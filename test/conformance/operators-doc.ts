import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWrittenByRule } from '../../src/formats/onnx/write.js';
import type { OpRecord } from '../../src/ops/define.js';
import { operators } from '../../src/ops/index.js';
import { projectRoot } from '../shared.js';
import { type Backend, backends, type CaseResult, overall } from './types.js';

export const docPath = join(projectRoot, 'docs/operators.md');

const marker = (name: string, edge: 'begin' | 'end'): string => `<!-- ${name}: ${edge} -->`;
const intro = `# Operators

This page is generated: the first table by \`npm run docs\` from the records in \`src/ops\`, the second by
\`npm run conformance\` from its last whole run.
`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const yes = (flag: unknown): string => (flag ? 'yes' : '–');

/** How a writer says an operator: in its own words, by others, or not at all. */
const written = (own: { type: string; also?: readonly string[] } | undefined, op: OpRecord, byRule = false): string =>
  byRule ? 'by a rule' : own ? [own.type, ...(own.also ?? [])].join(', ') : op.decompose ? 'by other operators' : '–';

/** The table of graph operators, from the records alone. */
export function recordsSection(): string {
  const rows = [...operators]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((op) => [
      op.name,
      written(op.onnx, op, isWrittenByRule(op.name)),
      op.onnx?.since ?? '–',
      written(op.tflite && { type: op.tflite.builtin, also: op.tflite.also }, op),
      [op.keras?.layer, op.keras?.activation && `'${op.keras.activation}'`].filter(Boolean).join(', ') || '–',
      yes(op.quantize),
      yes(op.quantize?.int16),
    ]);
  return `## Operators of the graph

Every operator runs in the interpreter. ONNX files are read from opset 7 on; "opset" is the lowest whose definition the
writer follows. "Keras" names the layers and activations that are one to one; other layers are read by rules. "int8" and
"int16x8" tell whether the operator has an integer kernel; without one it stays in float.

${table(['operator', 'ONNX', 'opset', 'TFLite', 'Keras', 'int8', 'int16x8'], rows)}`;
}

/** The table of ONNX operators, from a run over ONNX's own cases. */
export function casesSection(results: readonly CaseResult[]): string {
  const groups = new Map<string, CaseResult[]>();
  for (const r of results) groups.set(r.operator, [...(groups.get(r.operator) ?? []), r]);
  const passedOn = (rs: readonly CaseResult[], b: Backend): number => rs.filter((r) => r.backends[b]?.verdict === 'passed').length;
  const row = (name: string, rs: readonly CaseResult[]): (string | number)[] => {
    const verdicts = rs.map(overall);
    const opsets = rs.map((r) => r.opset);
    const [low, high] = [Math.min(...opsets), Math.max(...opsets)];
    return [
      name === 'several' ? 'several (models, expanded functions)' : name,
      low === high ? low : `${low} to ${high}`,
      rs.length,
      ...backends.map((b) => passedOn(rs, b)),
      verdicts.filter((v) => v === 'refused').length,
      verdicts.filter((v) => v === 'wrong').length,
    ];
  };
  const names = [...groups.keys()].sort();
  return `## ONNX operators, by ONNX's own cases

Cases of the ONNX project's backend suite. A case counts for a backend where its answer is right: the interpreter on the
graph as read and as optimized, onnxruntime and LiteRT on the files that edgeml writes of both. "Refused" are cases that the
reader or a writer turns down by name.

${table(
  ['operator', 'opsets', 'cases', 'interpreter', 'onnxruntime', 'LiteRT', 'refused', 'wrong'],
  [...names.map((n) => row(n, groups.get(n) as CaseResult[])), row('all', results)],
)}`;
}

/** Replaces one section of docs/operators.md and leaves the other as it stands. */
export function updateDoc(name: 'records' | 'cases', section: string): void {
  const now = existsSync(docPath) ? readFileSync(docPath, 'utf8') : '';
  const parts = { records: sectionOf(now, 'records') ?? '', cases: sectionOf(now, 'cases') ?? '', [name]: section };
  const framed = (['records', 'cases'] as const).map((n) => `${marker(n, 'begin')}\n${parts[n]}\n${marker(n, 'end')}\n`);
  writeFileSync(docPath, [intro, ...framed].join('\n'));
}

/** A section of the page as it stands in the file; undefined where it is not there. */
export function sectionOf(doc: string, name: string): string | undefined {
  const [begin, end] = [doc.indexOf(marker(name, 'begin')), doc.indexOf(marker(name, 'end'))];
  return begin < 0 || end < begin ? undefined : doc.slice(begin + marker(name, 'begin').length, end).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) updateDoc('records', recordsSection());
