import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuNamed } from '../../src/codegen/boards/cpus.js';
import { type Emulation, emulate, machineFor, machines } from '../../src/codegen/boards/qemu/index.js';
import { type GeneratedC, generateC } from '../../src/codegen/c/index.js';
import type { Rounding } from '../../src/codegen/c/program.js';
import { EdgemlError } from '../../src/errors.js';
import { load } from '../../src/formats/index.js';
import { allValues, type Graph, isConstant } from '../../src/ir/graph.js';
import { byteSize } from '../../src/ir/types.js';
import { operator } from '../../src/ops/index.js';
import { missing, shared } from '../shared.js';
import { type Peer, peerFile, peersOf, readPeers } from './codegen-peer.js';

const usage = `usage: npm run bench:codegen [-- --models M,...] [--cpus C,...] [--layers] [--rounding double|single] [--flags F] [--json]

Instructions of one inference, RAM and flash of generated C in QEMU, beside TensorFlow Lite Micro (../shared/reference/tflm).
  --models    kws, ic, ad, vww, sww (MLPerf Tiny, official int8) or .tflite files; default kws,ic,ad
  --cpus      ${machines.map((m) => m.cpu).join(', ')}; default cortex-m0plus,cortex-m3,cortex-m4,cortex-m55
  --portable  the kernels for \`--cpu portable\`, whatever the core
  --layers    instructions of each layer
  --flags     compiler flags for the model (default -O2)
  --json      the rows as JSON`;

/** What issue 3 asks for. */
const limits = { cmsisOnM4: 1, referenceOnM3: 0.6, ram: 0.75, flash: 16384 };

const tasks: Readonly<Record<string, string>> = {
  kws: 'kws_dscnn',
  ic: 'ic_resnet8',
  ad: 'ad_autoencoder',
  vww: 'vww_mobilenet',
  sww: 'sww_conv',
};

interface Row {
  readonly model: string;
  readonly cpu: string;
  readonly instructions: number;
  readonly arena: number;
  readonly stack: number;
  readonly static: number;
  readonly code: number;
  readonly tables: number;
  readonly weights: number;
  /** Whether the first output is that of TensorFlow Lite Micro; absent where it is not recorded. */
  readonly equal?: boolean;
  readonly reference?: Peer;
  readonly cmsis?: Peer;
}

const ram = (row: Row): number => row.arena + row.stack + row.static;
/** Flash without the weights: code, and constants beyond the weights and biases of the file: multipliers, parameters, tables, padding. */
const flash = (row: Row): number => row.code + row.tables;

/** Weights, biases and other constants of a model, as its file has them. */
const weightBytes = (graph: Graph): number => allValues(graph).reduce((sum, v) => sum + (isConstant(v) ? byteSize(v) : 0), 0);

function rowOf(
  model: string,
  cpu: string,
  graph: Graph,
  { report }: GeneratedC,
  { inferences, sizes }: Emulation,
  peers: readonly Peer[],
): Row {
  const weights = weightBytes(graph);
  const answers = `reference/tflm/${tasks[model]}/out_0.bin`;
  return {
    model,
    cpu,
    instructions: inferences[0].instructions,
    arena: report.arenaBytes,
    stack: inferences[0].stack,
    static: sizes.data + sizes.bss,
    code: sizes.text + sizes.rodata,
    tables: sizes.constants - weights,
    weights,
    ...(['kws', 'ic', 'ad'].includes(model) && { equal: readFileSync(shared(answers)).equals(inferences[0].outputs[0]) }),
    ...peersOf(peers, cpu, tasks[model]),
  };
}

/** xorshift32 from seed 1234, as reference/tflm/summary.json says. */
function inputBytes(bytes: number): Uint8Array {
  let x = 1234;
  return Uint8Array.from({ length: bytes }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 24) & 255) ^ 0x80;
  });
}

const ratio = (a: number, b: number | undefined): string => (b ? (a / b).toFixed(2) : '–');
const count = (n: number | undefined): string =>
  n === undefined ? '–' : n >= 1e7 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e6).toFixed(3)} M`;

/** The smaller of TensorFlow Lite Micro's builds for the core. */
const peerRam = ({ reference, cmsis }: Row): number | undefined => {
  const all = [reference?.ram, cmsis?.ram].filter((n) => n !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
};

/** The targets that the row is held to, each met or not. */
function verdicts(row: Row): string[] {
  const told = (what: string, met: boolean) => `${what} ${met ? 'met' : 'NOT MET'}`;
  const found: string[] = [];
  if (row.equal !== undefined) found.push(row.equal ? 'same bytes' : 'WRONG BYTES');
  if (row.cpu === 'cortex-m4' && row.cmsis) found.push(told('speed', row.instructions <= limits.cmsisOnM4 * row.cmsis.instructions));
  if (row.cpu === 'cortex-m3' && row.reference)
    found.push(told('speed', row.instructions <= limits.referenceOnM3 * row.reference.instructions));
  const peer = peerRam(row);
  if (peer) found.push(told('RAM', ram(row) <= limits.ram * peer));
  if (row.model === 'kws' || row.model === 'ic') found.push(told('flash', flash(row) <= limits.flash));
  return found;
}

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

function print(rows: readonly Row[]): void {
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

function printLayers(graph: Graph, { report }: GeneratedC, { layers = [] }: Emulation): void {
  const macs = new Map(graph.nodes.map((n) => [n.outputs[0].name, operator(n.op).cost?.(n.inputs, n.outputs, n.attrs as never).macs ?? 0]));
  const [first = []] = layers;
  const total = first.reduce((sum, l) => sum + l.instructions, 0);
  const lines = first.map((l) => {
    const { operator: op, kernels, output, name } = report.layers[l.index];
    const work = macs.get(name) ?? 0;
    return [
      ...[`${l.index} ${op}`, kernels.join(' ') || '(renames)', `[${output}]`, `${l.instructions}`],
      ...[`${((100 * l.instructions) / total).toFixed(1)} %`, work > 0 ? (l.instructions / work).toFixed(2) : ''],
    ];
  });
  console.log(table([['layer', 'kernels', 'output', 'instructions', 'share', 'per MAC'], ...lines, ['total', '', '', `${total}`, '', '']]));
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      models: { type: 'string', default: 'kws,ic,ad' },
      cpus: { type: 'string', default: 'cortex-m0plus,cortex-m3,cortex-m4,cortex-m55' },
      rounding: { type: 'string', default: 'double' },
      flags: { type: 'string', default: '-O2' },
      portable: { type: 'boolean', default: false },
      layers: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const models = values.models.split(',');
  const cpus = values.cpus.split(',');
  const unknown = cpus.find((c) => !machineFor(c)) ?? models.find((m) => !(m in tasks) && !m.endsWith('.tflite'));
  if (values.help || unknown !== undefined) {
    console.error(unknown === undefined ? usage : `There is no '${unknown}'.\n\n${usage}`);
    return unknown === undefined ? 0 : 2;
  }
  if (missing(peerFile)) return 0;
  const peers = readPeers();
  const rows: Row[] = [];
  let failed = false;
  for (const model of models) {
    const file = tasks[model] ? shared(`models/mlperf-tiny/${tasks[model]}_int8_official.tflite`) : model;
    const name = tasks[model] ? model : basename(file, '.tflite');
    const { graph } = await load(file);
    for (const cpu of cpus) {
      try {
        const machine = machineFor(cpu);
        const target = cpuNamed(values.portable ? 'portable' : cpu);
        if (!machine || !target) continue;
        const program = generateC(graph, { name, cpu: target, rounding: values.rounding as Rounding });
        const inputs = [program.report.inputs.map((p) => inputBytes(p.bytes))];
        const emulation = await emulate(program, machine, { inputs, trace: values.layers, flags: values.flags.split(' ') });
        rows.push(rowOf(model, cpu, graph, program, emulation, peers));
        if (!values.layers || values.json) continue;
        console.log(`${name} on ${cpu}`);
        printLayers(graph, program, emulation);
        console.log('');
      } catch (error) {
        if (!(error instanceof EdgemlError)) throw error;
        console.error(`${name} on ${cpu}: ${error.message}`);
        failed = true;
      }
    }
  }
  if (values.json)
    console.log(
      JSON.stringify({ schema: 1, rows: rows.map((r) => ({ ...r, ram: ram(r), flash: flash(r), verdicts: verdicts(r) })) }, null, 1),
    );
  else if (rows.length > 0) print(rows);
  return failed ? 1 : 0;
}

process.exitCode = await main();
