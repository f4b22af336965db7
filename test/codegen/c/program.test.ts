import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { type COptions, generateC } from '../../../src/codegen/c/index.js';
import { UnsupportedError } from '../../../src/errors.js';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { because, temporaryFolder } from '../../cli/run.js';

const portable = cpuNamed('portable') as COptions['cpu'];
const root = temporaryFolder();
let places = 0;
const noCompiler = because(spawnSync('cc', ['--version']).status !== 0, 'there is no C compiler (cc)');
const noCpp = because(spawnSync('c++', ['--version']).status !== 0, 'there is no C++ compiler (c++)');
const strict = ['-std=c99', '-O1', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wpedantic', '-Werror'];

const value = (name: string, shape: readonly number[], data?: Float32Array): Value => ({
  name,
  dtype: 'float32',
  shape,
  ...(data && { data }),
});

/** y = factor * x, its constants its own; a second output is a constant. */
function scaled(factor: number, extra?: Partial<Graph>): Graph {
  const x = value('x', [1, 4]);
  const y = value('y', [1, 4]);
  const node = { name: 'y', op: 'Mul', inputs: [x, value('factor', [1, 4], new Float32Array(4).fill(factor))], outputs: [y], attrs: {} };
  return { name: 'scaled', inputs: [x], outputs: [y], nodes: [node], ...extra };
}

/** Writes the files of generated programs into one folder. */
function folderOf(...programs: readonly ReturnType<typeof generateC>[]): string {
  const folder = join(root, `p${places++}`);
  for (const { files } of programs) {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  return folder;
}

function run(folder: string, input: Float32Array): Float32Array {
  execFileSync('cc', [...strict, 'main.c', 'net.c', '-lm'], { cwd: folder });
  writeFileSync(join(folder, 'in.bin'), new Uint8Array(input.buffer));
  execFileSync('./a.out', ['in.bin', 'out.bin'], { cwd: folder });
  return new Float32Array(new Uint8Array(readFileSync(join(folder, 'out.bin'))).buffer);
}

const input = Float32Array.of(1, -2, 3, 0.5);

describe('generateC', () => {
  it('gives the same text again', () => {
    const [a, b] = [generateC(scaled(2), { name: 'net', cpu: portable }), generateC(scaled(2), { name: 'net', cpu: portable })];
    expect([...a.files]).toEqual([...b.files]);
  });

  it('brings the kernels that it calls and no others', () => {
    const { files } = generateC(scaled(2), { name: 'net', cpu: portable });
    const included = (text: string): string[] =>
      [...text.matchAll(/#\s*include "(?:edgeml\/)?([^"]+)"/g)].map((m) => m[1]).filter((f) => f !== 'net.h');
    const reached = new Set<string>();
    const queue = included(files.get('net.c') as string);
    for (const file of queue) {
      if (reached.has(file)) continue;
      reached.add(file);
      queue.push(...included(files.get(`edgeml/${file}`) as string));
    }
    expect(
      [...files.keys()]
        .filter((p) => p.startsWith('edgeml/'))
        .map((p) => p.slice('edgeml/'.length))
        .sort(),
    ).toEqual([...reached].sort());
  });

  it.skipIf(noCompiler)('runs', () => {
    const folder = folderOf(generateC(scaled(2), { name: 'net', cpu: portable, main: 'files' }));
    expect(run(folder, input)).toEqual(input.map((v) => 2 * v));
  });

  it.skipIf(noCompiler)('gives outputs that are inputs or constants too', () => {
    const x = value('x', [1, 4]);
    const constant = value('c', [1, 2], Float32Array.of(7, 8));
    const folder = folderOf(
      generateC({ name: 'odd', inputs: [x], outputs: [x, constant], nodes: [] }, { name: 'net', cpu: portable, main: 'files' }),
    );
    expect(run(folder, input)).toEqual(Float32Array.of(...input, 7, 8));
  });

  it.skipIf(noCompiler)('lets several models live in one image, with arenas of the caller or their own', () => {
    const folder = folderOf(
      generateC(scaled(2), { name: 'two', cpu: portable }),
      generateC(scaled(3), { name: 'three', cpu: portable, labels: ['a"b', 'c'] }),
    );
    writeFileSync(
      join(folder, 'main.c'),
      `#include "two.h"
#include "three.h"
int main(void) {
  static union { uint8_t bytes[TWO_ARENA_BYTES]; uint64_t alignment; } other;
  two_input_0(two_arena)[0] = 1.0f;
  two_input_0(other.bytes)[0] = 5.0f;
  three_input_0(three_arena)[0] = 1.0f;
  two_run(two_arena);
  two_run(other.bytes);
  three_run(three_arena);
  return (int)(two_output_0(two_arena)[0] + two_output_0(other.bytes)[0] + three_output_0(three_arena)[0]) + three_labels[0][1];
}
`,
    );
    execFileSync('cc', [...strict, '-DTWO_STATIC_ARENA', '-DTHREE_STATIC_ARENA', 'main.c', 'two.c', 'three.c', '-lm'], { cwd: folder });
    expect(spawnSync('./a.out', { cwd: folder }).status).toBe(2 + 10 + 3 + '"'.charCodeAt(0));
  });

  it.skipIf(noCompiler)('calls a trace for each layer where one is defined', () => {
    const folder = folderOf(generateC(scaled(2), { name: 'net', cpu: portable }));
    writeFileSync(
      join(folder, 'main.c'),
      `#include <stdio.h>
#include "net.h"
void show(int layer, const char *tensor, const void *data, int32_t bytes);
void show(int layer, const char *tensor, const void *data, int32_t bytes) { printf("%d %s %g %d\\n", layer, tensor, (double)*(const float *)data, (int)bytes); }
int main(void) {
  net_input_0(net_arena)[0] = 4.0f;
  net_run(net_arena);
  return 0;
}
`,
    );
    execFileSync('cc', [...strict, '-DNET_STATIC_ARENA', '-DNET_TRACE=show', 'main.c', 'net.c', '-lm'], { cwd: folder });
    expect(execFileSync('./a.out', { cwd: folder, encoding: 'utf8' })).toBe('0 y 8 16\n');
  });

  it.skipIf(noCompiler || noCpp)('has a header that C++ takes', () => {
    const folder = folderOf(generateC(scaled(2), { name: 'net', cpu: portable }));
    writeFileSync(join(folder, 'main.cc'), '#include "net.h"\nint main() { net_run(net_arena); return 0; }\n');
    execFileSync('cc', [...strict, '-DNET_STATIC_ARENA', '-c', 'net.c'], { cwd: folder });
    execFileSync('c++', ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-DNET_STATIC_ARENA', 'main.cc', 'net.o'], { cwd: folder });
    expect(spawnSync('./a.out', { cwd: folder }).status).toBe(0);
  });

  it('refuses by name what no kernel takes, all of it at once', () => {
    const x: Value = { name: 'x', dtype: 'float64', shape: [2] };
    const [a, b]: Value[] = ['a', 'b'].map((name) => ({ name, dtype: 'float64', shape: [2] }));
    const graph: Graph = {
      name: 'doubles',
      inputs: [x],
      outputs: [b],
      nodes: [
        { name: 'a', op: 'Sin', inputs: [x], outputs: [a], attrs: {} },
        { name: 'b', op: 'Cos', inputs: [a], outputs: [b], attrs: {} },
      ],
    };
    expect(() => generateC(graph, { name: 'net', cpu: portable })).toThrow(UnsupportedError);
    expect(() => generateC(graph, { name: 'net', cpu: portable })).toThrow(/Sin: .*float64.*'a'[\s\S]*Cos: .*float64.*'b'/);
  });
});
