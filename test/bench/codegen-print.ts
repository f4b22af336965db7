import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulation } from '../../src/codegen/boards/qemu/index.js';
import type { GeneratedC } from '../../src/codegen/c/index.js';
import type { Graph } from '../../src/ir/graph.js';
import { operator } from '../../src/ops/index.js';
import { shared } from '../shared.js';
import { flash, peerRam, type Row, ram, recorded, tasks, verdicts } from './codegen-row.js';

const ratio = (a: number, b: number | undefined): string => (b ? (a / b).toFixed(2) : '–');
const count = (n: number | undefined): string =>
  n === undefined ? '–' : n >= 1e7 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e6).toFixed(3)} M`;

function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((l) => l[i].length)));
  return lines
    .map((l) =>
      l
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const header = [
  'model',
  'cpu',
  'instructions',
  'TFLM ref',
  'ratio',
  'CMSIS-NN',
  'ratio',
  'RAM',
  'TFLM',
  'ratio',
  'flash',
  'TFLM',
  'weights',
];

export function print(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    ...[row.model, row.cpu, count(row.instructions)],
    ...[count(row.reference?.instructions), ratio(row.instructions, row.reference?.instructions)],
    ...[count(row.cmsis?.instructions), ratio(row.instructions, row.cmsis?.instructions)],
    ...[`${ram(row)}`, `${peerRam(row) ?? '–'}`, ratio(ram(row), peerRam(row))],
    ...[`${flash(row)}`, `${(row.cmsis ?? row.reference)?.flash ?? '–'}`, `${row.weights}`],
  ]);
  console.log(table([header, ...cells]));
  console.log('\nRAM: arena + stack + static, bytes; TFLM: its arena, static memory and stack, the smaller of its builds for the core.');
  console.log('flash: code with what it needs of the C library, and constants beyond the weights and biases of the file, bytes.\n');
  for (const row of rows) {
    const parts = `arena ${row.arena} + stack ${row.stack} + static ${row.static}; code ${row.code} + tables ${row.tables}`;
    console.log(`${row.model.padEnd(4)} ${row.cpu.padEnd(14)} ${parts}; ${verdicts(row).join(', ')}`);
  }
}

/** Bytes of each operator's tensor that differ from TensorFlow Lite Micro's, for the first recorded input; none where none is recorded. */
function wrongBytes(model: string, tensors: readonly Uint8Array[]): string[] {
  if (!recorded.includes(model)) return [];
  const folder = shared(`reference/tflm/${tasks[model]}/ops_0`);
  const expected = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
  return tensors.map((t, i) => {
    const wrong = t.filter((byte, k) => byte !== expected[i]?.[k]).length;
    return wrong === 0 ? '' : `${wrong} of ${t.length} WRONG`;
  });
}

/** Instructions of each layer, per multiply-accumulate where it has any, and whether its bytes are right. */
export function printLayers(model: string, graph: Graph, { report }: GeneratedC, { layers = [] }: Emulation): void {
  const macs = new Map(graph.nodes.map((n) => [n.outputs[0].name, operator(n.op).cost?.(n.inputs, n.outputs, n.attrs as never).macs ?? 0]));
  const [first = []] = layers;
  const total = first.reduce((sum, l) => sum + l.instructions, 0);
  const wrong = wrongBytes(
    model,
    first.map((l) => l.tensor),
  );
  const lines = first.map((l, i) => {
    const { operator: op, kernels, output, name } = report.layers[l.index];
    const work = macs.get(name) ?? 0;
    return [
      ...[`${l.index} ${op}`, kernels.join(' ') || '(renames)', `[${output}]`, `${l.instructions}`],
      ...[`${((100 * l.instructions) / total).toFixed(1)} %`, work > 0 ? (l.instructions / work).toFixed(2) : '', wrong[i] ?? ''],
    ];
  });
  const columns = ['layer', 'kernels', 'output', 'instructions', 'share', 'per MAC', 'bytes'];
  console.log(table([columns, ...lines, ['total', '', '', `${total}`, '', '', '']]));
}
