import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuNamed } from '../../src/codegen/boards/cpus.js';
import { emulate, machineFor, machines } from '../../src/codegen/boards/qemu/index.js';
import { generateC } from '../../src/codegen/c/index.js';
import type { Rounding } from '../../src/codegen/c/program.js';
import { EdgemlError } from '../../src/errors.js';
import { load } from '../../src/formats/index.js';
import { missing, shared } from '../shared.js';
import { peerFile, readPeers } from './codegen-peer.js';
import { print, printLayers } from './codegen-print.js';
import { flash, type Row, ram, rowOf, tasks, verdicts } from './codegen-row.js';

const usage = `usage: npm run bench:codegen [-- --models M,...] [--cpus C,...] [--layers] [--rounding double|single] [--flags F] [--json]

Instructions of one inference, RAM and flash of generated C in QEMU, beside TensorFlow Lite Micro as recorded. The models by name
and the records are looked for in ../shared, or where EDGEML_SHARED says; .tflite files are measured without them too.
Ends with 1 where a target is not met or a byte is wrong.
  --models    kws, ic, ad, vww, sww (MLPerf Tiny, official int8) or .tflite files; default kws,ic,ad
  --cpus      ${machines.map((m) => m.cpu).join(', ')}; default cortex-m0plus,cortex-m3,cortex-m4,cortex-m55
  --portable  the kernels for \`--cpu portable\`, whatever the core
  --layers    instructions of each layer, and which layers differ from TensorFlow Lite Micro's
  --flags     compiler flags for the model (default -O2)
  --rounding  double (default) or single
  --json      the rows as JSON`;

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
  const unknown =
    cpus.find((c) => !machineFor(c)) ??
    models.find((m) => !(m in tasks) && !m.endsWith('.tflite')) ??
    [values.rounding].find((r) => r !== 'double' && r !== 'single');
  if (values.help || unknown !== undefined) {
    console.error(unknown === undefined ? usage : `There is no '${unknown}'.\n\n${usage}`);
    return unknown === undefined ? 0 : 2;
  }
  // Models of one's own need nothing of the shared folder: their rows come without TensorFlow Lite Micro's columns.
  const own = models.filter((m) => !(m in tasks));
  const isShared = models.length > own.length ? !missing(peerFile) : existsSync(shared(peerFile));
  const peers = isShared ? readPeers() : [];
  const rows: Row[] = [];
  let failed = false;
  for (const model of isShared ? models : own) {
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
        printLayers(model, graph, program, emulation);
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
  return failed || rows.some((r) => verdicts(r).some((v) => /NOT MET|WRONG/.test(v))) ? 1 : 0;
}

process.exitCode = await main();
