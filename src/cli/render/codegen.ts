import type { CodegenPort } from '../../codegen/report.js';
import type { WrittenFile } from '../../fs/folder.js';
import type { CodegenDocument } from '../commands/codegen.js';
import type { Style } from './style.js';
import { bytes, count, plural, printable, table } from './text.js';

/** What was asked for. */
interface Wishes {
  readonly main?: string;
  readonly project?: string;
  readonly cpu?: string;
}

/** The summary of `edgeml codegen`, line by line. */
export function renderCodegen(d: CodegenDocument, style: Style, wishes: Wishes): string[] {
  const product = d.for === 'c' ? `C99 for ${d.cpu}` : `TensorFlow Lite Micro, ${d.tflm?.kernels} kernels`;
  const facts = [
    ...ports('input', d.inputs),
    ...ports('output', d.outputs),
    ['RAM', `${exactly(d.ram_bytes)} arena${gate(d.gates?.ram)}`],
    [
      'flash',
      `about ${kib(d.flash_bytes)}: ${exactly(d.constant_bytes)} ${d.for === 'c' ? 'constants' : 'model'}, about ${kib(d.code_bytes)} code${gate(d.gates?.flash)}`,
    ],
    ...(d.macs === undefined ? [] : [['multiply-accumulates', count(d.macs)]]),
    ...(d.for === 'c' && wishes.project && !wishes.cpu
      ? [['processor', `${d.cpu}, the default of ${wishes.project}: --cpu takes another`]]
      : []),
    ...(d.tflm ? [['operators', d.tflm.operators.map((o) => o.name).join(', ')]] : []),
  ];
  return [
    `${style.bold(printable(d.model.path))} → ${style.bold(product)}`,
    '',
    ...table(facts, [{ style: style.dim }]),
    ...(d.files.length > 0 ? ['', ...fileLines(d, style), ...nextStep(d, wishes, style)] : []),
  ];
}

/** Memory of microcontrollers comes in units of 1024 bytes. */
const kib = (n: number): string => (n < 1024 ? `${n} bytes` : `${(n / 1024).toFixed(1)} KiB`);
const exactly = (n: number): string => (n < 1024 ? kib(n) : `${kib(n)} (${n} bytes)`);

const gate = (g: { readonly max_bytes: number; readonly met: boolean } | undefined): string =>
  g ? `, ${g.met ? 'fits' : 'does not fit'} ${g.max_bytes} bytes` : '';

const ports = (label: string, all: readonly CodegenPort[]): string[][] =>
  all.map((p) => [
    label,
    `${p.name}  ${p.dtype.toLowerCase()}[${p.shape.join(',')}]${p.scale === undefined ? '' : `, scale ${Number(p.scale.toPrecision(6))}, zero point ${p.zero_point}`}`,
  ]);

/** Folders of kernels are told as one line. */
function fileLines({ output, files, other_headers: others }: CodegenDocument, style: Style): string[] {
  const shown = files.filter((f) => !f.path.includes('edgeml/'));
  const kernels = files.filter((f) => f.path.includes('edgeml/'));
  const rows = shown.map((f) => [inFolder(output, f.path), bytes(f.bytes), note(f)]);
  if (kernels.length > 0) {
    const folder = kernels[0].path.slice(0, kernels[0].path.lastIndexOf('/') + 1);
    rows.push([
      inFolder(output, folder),
      bytes(kernels.reduce((sum, f) => sum + f.bytes, 0)),
      `${plural(kernels.length, 'header')}${others ? `; ${others} of earlier runs or other models left there` : ''}`,
    ]);
  }
  return table(rows, [{}, { right: true }, { style: style.dim }]);
}

const inFolder = (folder: string, path: string): string => `${folder.replace(/[/\\]$/, '')}/${path}`;

function note({ outcome, kept, of }: WrittenFile): string {
  if (outcome !== 'kept') return outcome === 'unchanged' ? 'unchanged' : '';
  if (kept === 'other-model') return `kept: it runs '${of}'`;
  return kept === 'foreign' ? "kept: it is not edgeml's" : 'kept: it differs from what edgeml writes, and may be your work';
}

/** A path as a word of a POSIX shell, and never an option. */
function quoted(path: string): string {
  const word = path.startsWith('-') ? `./${path}` : path;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

function nextStep(d: CodegenDocument, { main, project }: Wishes, style: Style): string[] {
  if (project) return ['', `  ${style.dim(`How to build it: ${d.output}/README.md`)}`];
  const isOurs = d.files.some((f) => f.path === 'main.c' && f.outcome !== 'kept');
  if (d.for === 'c' && main === 'files' && isOurs) {
    const sources = ['main.c', `${d.name}.c`].map((f) => quoted(inFolder(d.output, f))).join(' ');
    return ['', `  ${style.dim(`Try it: cc -O2 ${sources} -lm && ./a.out IN OUT`)}`];
  }
  return [];
}
