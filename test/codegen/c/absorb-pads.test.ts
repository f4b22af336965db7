import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { absorbPads } from '../../../src/codegen/c/absorb-pads.js';
import { type COptions, generateC } from '../../../src/codegen/c/index.js';
import { load } from '../../../src/formats/index.js';
import { cloneGraph } from '../../../src/ir/clone.js';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { quantize } from '../../../src/quantize/index.js';
import { because, temporaryFolder } from '../../cli/run.js';
import { projectRoot } from '../../shared.js';

const folder = temporaryFolder();
const shapes = join(projectRoot, 'fixtures/models/shapes');
const noCompiler = because(spawnSync('cc', ['--version']).status !== 0, 'there is no C compiler (cc)');
const count = (graph: Graph, op: string): number => graph.nodes.filter((n) => n.op === op).length;

let graph: Graph;
beforeAll(async () => {
  const { files } = await quantize(join(shapes, 'shapes.onnx'), { calibrate: join(shapes, 'calibration'), ranges: 'minmax' });
  writeFileSync(join(folder, 'shapes.tflite'), files.tflite as Uint8Array);
  graph = (await load(join(folder, 'shapes.tflite'))).graph;
});

describe('absorbPads', () => {
  it('takes the pads of PyTorch-like models into their convolutions', () => {
    const merged = cloneGraph(graph);
    absorbPads(merged);
    expect(count(graph, 'Pad')).toBeGreaterThan(0);
    expect(count(merged, 'Pad')).toBe(0);
    const strided = merged.nodes.find((n) => n.op === 'Conv2D' && (n.inputs[1] as Value).shape[1] === 3);
    expect(strided?.attrs.pads).toEqual([1, 1, 0, 0]);
  });

  it('leaves a pad alone that is read elsewhere, or that changes the grid', () => {
    const both = cloneGraph(graph);
    const pad = both.nodes.find((n) => n.op === 'Pad') as Graph['nodes'][number];
    Object.assign(both, { outputs: [...both.outputs, pad.outputs[0]] });
    const other = cloneGraph(graph);
    const [out] = (other.nodes.find((n) => n.op === 'Pad') as Graph['nodes'][number]).outputs;
    Object.assign(out, { quant: { scale: Float32Array.of(3), zeroPoint: Int32Array.of(0) } });
    for (const g of [both, other]) {
      absorbPads(g);
      expect(count(g, 'Pad')).toBe(1);
    }
  });

  it.skipIf(noCompiler)('changes no answer', () => {
    // A pad that is an output as well stays.
    const kept = cloneGraph(graph);
    const pad = kept.nodes.find((n) => n.op === 'Pad') as Graph['nodes'][number];
    Object.assign(kept, { outputs: [...kept.outputs, pad.outputs[0]] });
    const [merged, apart] = [graph, kept].map((g, i) => program(g, join(folder, `p${i}`)));
    for (let seed = 1; seed <= 8; seed++) {
      const x = Int8Array.from({ length: 1024 }, (_, i) => Math.imul(i + seed, 2654435761) >> 24);
      const answer = merged(x);
      expect(answer.length).toBe(8);
      expect(answer).toEqual(apart(x).subarray(0, 8));
    }
  });
});

/** Compiles a graph as C; the function runs it on the bytes of its input. */
function program(g: Graph, at: string): (input: Int8Array) => Uint8Array {
  const { files } = generateC(g, { name: 'net', cpu: cpuNamed('portable') as COptions['cpu'], main: 'files' });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  execFileSync('cc', ['-O1', 'main.c', 'net.c', '-lm'], { cwd: at });
  return (input) => {
    writeFileSync(join(at, 'in.bin'), input);
    execFileSync('./a.out', ['in.bin', 'out.bin'], { cwd: at });
    return new Uint8Array(readFileSync(join(at, 'out.bin')));
  };
}
