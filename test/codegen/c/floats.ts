import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTool } from '../../../src/codegen/boards/qemu/index.js';
import { type CReport, generateC } from '../../../src/codegen/c/index.js';
import type { Attrs, Graph, Node, Value } from '../../../src/ir/graph.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { byteSize, dtypes, sizeOf } from '../../../src/ir/types.js';
import { completeAttrs } from '../../../src/ops/define.js';
import { evaluateNode } from '../../../src/ops/evaluate.js';
import { operator } from '../../../src/ops/index.js';
import { mulberry32 } from '../../suites/case.js';
import { processor } from '../harness.js';

/** A graph and what it is given. */
export interface Run {
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
}

export interface Answer {
  readonly outputs: readonly Tensor[];
  readonly report: CReport;
  /** The fastest of several runs, in milliseconds. */
  readonly milliseconds: number;
}

/** Uniform floats between -1 and 1. */
export function noise(shape: readonly number[], seed: number): Tensor {
  const next = mulberry32(seed);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1) };
}

/** A graph of one node. Operands with `data` or `quant` are its constants, the others its inputs, which are given noise. */
export function oneNode(op: string, attrs: Attrs, shapes: readonly (readonly number[] | Partial<Value> | null)[], seed = 1): Run {
  const inputs: Value[] = [];
  const operands = shapes.map((spec, i): Value | null => {
    if (spec === null) return null;
    if (!Array.isArray(spec)) return { ...(spec as Value), name: `c${i}` };
    const value: Value = { name: `x${i}`, dtype: 'float32', shape: spec as readonly number[] };
    inputs.push(value);
    return value;
  });
  const record = operator(op);
  const complete = completeAttrs(record, attrs);
  const reals = operands.map((v) => (v?.quant ? { ...v, dtype: 'float32' as const } : v));
  const outputs = record.infer(reals, complete).map((t, i): Value => ({ ...t, name: `y${i}` }));
  const node: Node = { name: 'node', op, inputs: operands, outputs, attrs: complete };
  return { graph: { name: op, inputs, outputs, nodes: [node] }, inputs: inputs.map((v, i) => noise(v.shape, seed + i)) };
}

/** What the records make of a graph of one node; int8 constants are the reals that they stand for. */
export function meaning({ graph, inputs }: Run): Tensor[] {
  const [{ op, attrs, ...node }] = graph.nodes;
  const operands = node.inputs.map((v) => {
    if (!v?.quant) return v && !v.data ? inputs[graph.inputs.indexOf(v)] : (v as Tensor | null);
    return evaluateNode('Dequantize', [v as Tensor], {}, [{ dtype: 'float32', shape: v.shape }])[0];
  });
  return evaluateNode(op, operands, attrs, node.outputs);
}

/** Runs every graph as C on this machine: one program, compiled once, its arenas from the heap so that sanitizers see their ends. */
export async function runInC(runs: readonly Run[], flags: readonly string[], { compiler = 'gcc', repeat = 1 } = {}): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-float-'));
  try {
    const reports = runs.map(({ graph, inputs }, i) => {
      const { files, report } = generateC(graph, { name: `m${i}`, cpu: processor('portable') });
      for (const [path, text] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      writeFileSync(
        join(folder, `${i}.in`),
        Buffer.concat(inputs.map(({ data: d }) => new Uint8Array(d.buffer, d.byteOffset, d.byteLength))),
      );
      return report;
    });
    writeFileSync(join(folder, 'all.c'), mainOf(reports, repeat));
    const sources = ['all.c', ...reports.map((_, i) => `m${i}.c`)];
    await succeed(compiler, [...flags, ...sources, '-lm', '-o', 'all'], folder);
    const times = (await succeed(join(folder, 'all'), [], folder)).trim().split('\n').map(Number);
    return reports.map((report, i) => ({
      report,
      outputs: read(new Uint8Array(readFileSync(join(folder, `${i}.out`))), runs[i].graph),
      milliseconds: times[i],
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(bytes: Uint8Array, { outputs }: Graph): Tensor[] {
  let at = 0;
  return outputs.map((v) => {
    const own = bytes.slice(at, at + byteSize(v));
    at += own.length;
    return { dtype: v.dtype, shape: v.shape, data: new dtypes[v.dtype].view(own.buffer, 0, sizeOf(v.shape)) };
  });
}

const mainOf = (reports: readonly CReport[], repeat: number): string =>
  [
    '#define _POSIX_C_SOURCE 199309L',
    '#include <stdio.h>',
    '#include <stdlib.h>',
    '#include <time.h>',
    ...reports.map((_, i) => `#include "m${i}.h"`),
    'static double now(void) {',
    '  struct timespec t;',
    '  clock_gettime(CLOCK_MONOTONIC, &t);',
    '  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;',
    '}',
    'int main(void) {',
    ...reports.flatMap(({ arenaBytes, inputs, outputs }, i) => [
      '  {',
      // malloc(0) may be a null pointer.
      `    uint8_t *a = (uint8_t *)malloc(${Math.max(1, arenaBytes)});`,
      '    double best = 1e30;',
      '    FILE *f;',
      `    for (int r = 0; r < ${repeat}; r++) {`,
      '      double start;',
      `      f = fopen("${i}.in", "rb");`,
      ...inputs.map((p) => `      if (fread(a + ${p.offset}, 1, ${p.bytes}, f) != ${p.bytes}) return 1;`),
      '      fclose(f);',
      '      start = now();',
      `      m${i}_run(a);`,
      '      if (now() - start < best) best = now() - start;',
      '    }',
      `    f = fopen("${i}.out", "wb");`,
      ...outputs.map((p) => `    fwrite(a + ${p.offset}, 1, ${p.bytes}, f);`),
      '    fclose(f);',
      '    free(a);',
      '    printf("%.6f\\n", best);',
      '  }',
    ]),
    '  return 0;',
    '}',
    '',
  ].join('\n');

async function succeed(tool: string, args: readonly string[], folder: string): Promise<string> {
  const { status, stdout, stderr } = await runTool(tool, args, folder, 300);
  if (status !== 0) throw new Error(`${tool} ended with ${status}:\n${stderr.slice(0, 4000)}`);
  return stdout;
}
