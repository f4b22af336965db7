import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFor } from '../../../src/codegen/boards/projects/index.js';
import { type ProjectParts, type Sdk, sdks } from '../../../src/codegen/boards/projects/types.js';
import { generateTflm } from '../../../src/codegen/tflm/index.js';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import { smallGraph } from '../../cli/small-model.js';
import { folderOf, installed, run, stubs, warnings } from './compilers.js';

const model = { path: 'small.tflite', bytes: writeTflite(smallGraph()) };

const tflm = (project: Sdk, more: object = {}) =>
  generateTflm(model, { name: 'small', kernels: project === 'esp-idf' ? 'esp-nn' : 'cmsis-nn', project, ...more });

/** A stand-in for generated C: adds one to each of four values, in place. */
const plain: ProjectParts = {
  name: 'plus',
  title: 'plus',
  source: 'plus.tflite',
  kind: 'c',
  sources: new Map([
    [
      'plus.h',
      `#ifndef PLUS_H
#define PLUS_H
#include <stdint.h>
#define PLUS_ARENA_BYTES 32
#define PLUS_ARENA_ALIGNMENT 16
#define PLUS_INPUT_0_OFFSET 0
#define PLUS_INPUT_0_BYTES 4
#define PLUS_OUTPUT_0_OFFSET 16
#define PLUS_OUTPUT_0_BYTES 4
#define PLUS_OUTPUT_1_OFFSET 20
#define PLUS_OUTPUT_1_BYTES 8
#ifdef __cplusplus
extern "C" {
#endif
void plus_run(void *arena);
#ifdef __cplusplus
}
#endif
#endif
`,
    ],
    [
      'plus.c',
      `#include "plus.h"
#include <string.h>
#include "edgeml/one.h"
void plus_run(void *arena) {
  int8_t *values = (int8_t *)arena;
  float real[2];
  for (int i = 0; i < 4; i++) values[16 + i] = (int8_t)(values[i] + EDGEML_ONE);
  real[0] = (float)values[16] / 4.0f;
  real[1] = -0.125f;
  memcpy(values + 20, real, sizeof(real));
}
`,
    ],
    ['edgeml/one.h', '#define EDGEML_ONE 1\n'],
  ]),
  arenaBytes: 32,
  modelBytes: 100,
  inputs: [{ name: 'x', bytes: 4, type: 'int8' }],
  outputs: [
    { name: 'y', bytes: 4, type: 'int8' },
    { name: 'z', bytes: 8, type: 'float32' },
  ],
  sample: [Uint8Array.of(1, 2, 127, 255)],
};

const generated = ['small_model.cc', 'small_model.h', 'small_ops.h', 'small_settings.h'];

const trees: Readonly<Record<Sdk, readonly string[]>> = {
  'esp-idf': [
    ...['CMakeLists.txt', 'README.md', 'main/CMakeLists.txt', 'main/idf_component.yml', 'main/main.cc', 'sdkconfig.defaults'],
    ...generated.map((f) => `main/${f}`),
  ],
  'pico-sdk': ['CMakeLists.txt', 'README.md', 'main.cc', ...generated],
  zephyr: ['CMakeLists.txt', 'README.md', 'prj.conf', 'src/main.cc', ...generated.map((f) => `src/${f}`)],
  arduino: ['README.md', 'small/small.ino', ...generated.map((f) => `small/${f.replace('.cc', '.cpp')}`)],
  platformio: ['README.md', 'platformio.ini', 'src/main.cpp', ...generated.map((f) => `src/${f}`)],
  cmake: ['CMakeLists.txt', 'README.md', 'main.cc', ...generated],
};

/** What says that a project uses TensorFlow Lite Micro, by file. */
const marks: Readonly<Record<Sdk, readonly [string, string]>> = {
  'esp-idf': ['main/idf_component.yml', 'espressif/esp-tflite-micro:'],
  'pico-sdk': ['CMakeLists.txt', 'target_link_libraries(small pico_stdlib pico-tflmicro)'],
  zephyr: ['prj.conf', 'CONFIG_TENSORFLOW_LITE_MICRO=y\nCONFIG_TENSORFLOW_LITE_MICRO_CMSIS_NN_KERNELS=y'],
  arduino: ['small/small.ino', '#include <Chirale_TensorFlowLite.h>'],
  platformio: ['platformio.ini', 'lib_deps = https://github.com/spaziochirale/Chirale_TensorFLowLite.git'],
  cmake: ['CMakeLists.txt', 'find_library(TFLM_LIBRARY tensorflow-microlite '],
};

describe.each(sdks)('a project for %s', (sdk) => {
  it('has the files that the SDK looks for', () => {
    const { files } = tflm(sdk);
    expect([...files.keys()].sort()).toEqual([...trees[sdk]].sort());
    const [file, mark] = marks[sdk];
    expect(String(files.get(file))).toContain(mark);
    expect(String(files.get('README.md')).trimEnd().split('\n')).toHaveLength(4);
    const unmarked = [...files].filter(([, text]) => !String(text).slice(0, 200).includes(`: small.tflite as small`));
    expect(unmarked.map(([f]) => f)).toEqual([]);
  });

  it('names every source in its build file', () => {
    const { files } = tflm(sdk);
    const lists = [...files].filter(([f]) => f.endsWith('CMakeLists.txt')).map(([, text]) => String(text));
    if (lists.length === 0) return expect(['arduino', 'platformio']).toContain(sdk);
    for (const source of ['main.cc', 'small_model.cc']) expect(lists.join('\n')).toContain(source);
  });

  it('is the same for plain C without TensorFlow Lite Micro', () => {
    const files = projectFor(sdk, plain);
    const text = [...files].map(([f, content]) => `${f}\n${content}`).join('\n');
    expect(text.replaceAll('plus.tflite', '')).not.toMatch(/tensorflow|tflite|tflm/i);
    expect([...files.keys()].some((f) => f.endsWith('plus.c'))).toBe(true);
    expect([...files.keys()].some((f) => f.endsWith('edgeml/one.h'))).toBe(true);
  });

  const cpp = installed('g++', 'clang++');
  const c = installed('gcc', 'clang');
  /** What the compilers are told, the program as C++ where it is a sketch. */
  const compile = (files: ReadonlyMap<string, string | Uint8Array>, folder: string, extra: readonly string[]) => {
    for (const file of files.keys()) {
      const isC = file.endsWith('.c');
      if (!/\.(c|cc|cpp|ino)$/.test(file)) continue;
      for (const compiler of isC ? c : cpp) {
        const language = isC ? ['-std=gnu11'] : ['-std=gnu++17', '-x', 'c++'];
        run(folder, compiler, [...language, ...warnings, `-I${stubs}`, ...extra, '-c', file, '-o', '/dev/null']);
      }
    }
  };

  it.skipIf(cpp.length === 0)('compiles for TensorFlow Lite Micro', () => {
    const { files } = tflm(sdk, { sample: [new Uint8Array(768).fill(7)] });
    const folder = folderOf(files);
    compile(files, folder, [...new Set([...files.keys()].map((f) => `-I${join(folder, f, '..')}`))]);
  });

  it.skipIf(c.length === 0 || cpp.length === 0)('compiles for plain C', () => {
    const files = projectFor(sdk, plain);
    const folder = folderOf(files);
    compile(files, folder, []);
  });
});

describe('the program', () => {
  const [c] = installed('gcc', 'clang');
  const [cpp] = installed('g++', 'clang++');

  it.skipIf(!c)('runs plain C on the sample, then on what comes over the console', () => {
    const files = projectFor('cmake', plain);
    const folder = folderOf(files);
    run(folder, c, ['-std=gnu11', ...warnings, 'main.c', 'plus.c', '-o', 'a.out']);
    const lines = run(folder, join(folder, 'a.out'), [], '00 7f FE\n10 0').split('\n');
    expect(lines.map((l) => l.replace(/time: \d+ us/, 'time'))).toEqual([
      ...['output 0: 2 3 -128 0', 'output 1: 0.500000 -0.125000', 'time', 'arena: 32 of 32 bytes'],
      ...['output 0: 1 -128 -1 17', 'output 1: 0.250000 -0.125000', 'time', 'arena: 32 of 32 bytes', ''],
    ]);
  });

  const [cmake] = installed('cmake');

  it.skipIf(!cmake || !c || !cpp)('is built by CMake, which says what is missing', () => {
    const folder = folderOf(projectFor('cmake', plain));
    run(folder, 'cmake', ['-S', '.', '-B', 'build']);
    run(folder, 'cmake', ['--build', 'build']);
    expect(run(folder, join(folder, 'build/plus'), [], '')).toContain('output 0: 2 3 -128 0');
    const other = folderOf(tflm('cmake').files);
    expect(() => run(other, 'cmake', ['-S', '.', '-B', 'build'])).toThrow(/Build libtensorflow-microlite\.a in TFLM_PATH first/);
    // With a library in place, CMake's own check of the project goes through.
    run(other, 'cmake', ['-S', '.', '-B', 'build', '-DTFLM_LIBRARY=/dev/null', `-DTFLM_PATH=${stubs}`]);
    run(other, 'make', ['-C', 'build', 'main.o', 'small_model.o']);
  });

  it.skipIf(!cpp)('runs TensorFlow Lite Micro on zeros without a sample', () => {
    const { files, report } = tflm('cmake');
    const folder = folderOf(files);
    run(folder, cpp, ['-std=c++17', ...warnings, `-I${stubs}`, 'main.cc', 'small_model.cc', '-o', 'a.out']);
    const lines = run(folder, join(folder, 'a.out'), [], '').split('\n');
    // The stand-in adds one to every byte: four floats of 0x01010101, which is 2.37e-38.
    expect(lines[0]).toBe('output 0: 0.000000 0.000000 0.000000 0.000000');
    expect(lines[1]).toMatch(/^time: \d+ us$/);
    expect(lines[2]).toMatch(/^arena: (\d+) of \1 bytes$/);
    expect(report.operators.map((o) => o.add)).toContain('AddConv2D');
  });
});

describe('the board of a project', () => {
  const text = (sdk: Sdk, cpu: string, file: string): string => String(projectFor(sdk, { ...plain, cpu }).get(file));

  it('has the processor that the code is for', () => {
    expect(text('platformio', 'esp32s3', 'platformio.ini')).toContain('board = esp32-s3-devkitc-1');
    expect(text('platformio', 'portable', 'platformio.ini')).toContain('board = nano33ble');
    expect(text('arduino', 'cortex-m33', 'README.md')).toContain('rp2040:rp2040:rpipico2');
    expect(text('pico-sdk', 'cortex-m33', 'README.md')).toContain('PICO_BOARD=pico2');
    expect(text('esp-idf', 'rv32', 'README.md')).toContain('set-target esp32c3');
  });
});

describe('kernels of an SDK', () => {
  it('decide the arena, whatever was asked for', () => {
    const made = generateTflm(model, { name: 'small', kernels: 'reference', project: 'esp-idf' });
    expect(made.report.kernels).toBe('esp-nn');
    expect(made.report.warnings.join(' ')).toContain('ESP-NN');
    const pico = generateTflm(model, { name: 'small', kernels: 'reference', project: 'pico-sdk' });
    expect([pico.report.kernels, pico.report.cpu]).toEqual(['cmsis-nn', 'cortex-m0plus']);
  });
});
