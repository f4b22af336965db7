import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateTflm } from '../../../src/codegen/tflm/index.js';
import type { TflmOptions } from '../../../src/codegen/tflm/types.js';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import { quantize } from '../../../src/quantize/index.js';
import { smallGraph } from '../../cli/small-model.js';
import { missing, projectRoot, shared } from '../../shared.js';
import { folderOf, installed, run, stubs, warnings } from './compilers.js';

const compilers = installed('g++', 'clang++');
const cCompilers = installed('gcc', 'clang');

const flags = ['-std=c++17', ...warnings, `-I${stubs}`, '-I.'];

/** A program that uses everything of each model's headers and compares the array with the file. */
const program = (ids: readonly string[]): string => `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${ids.map((id) => `#include "${id}_model.h"\n#include "${id}_ops.h"\n#include "${id}_settings.h"`).join('\n')}

template <typename Resolver>
static int check(const char *path, const unsigned char *model, unsigned size, TfLiteStatus (*add)(Resolver &), unsigned ops, unsigned arena) {
  FILE *file = fopen(path, "rb");
  if (!file) return 1;
  unsigned char *bytes = static_cast<unsigned char *>(malloc(size + 1));
  unsigned read = static_cast<unsigned>(fread(bytes, 1, size + 1, file));
  fclose(file);
  int same = read == size && memcmp(bytes, model, size) == 0;
  free(bytes);
  if (!same) return 2;
  if (reinterpret_cast<uintptr_t>(model) % 16 != 0) return 3;
  Resolver resolver;
  if (add(resolver) != kTfLiteOk || resolver.GetRegistrationLength() != ops) return 4;
  if (add(resolver) == kTfLiteOk) return 5;
  return arena % 16 == 0 ? 0 : 6;
}

int main() {
${ids
  .map(
    (id) =>
      `  if (int bad = check<${id}_resolver>("${id}.tflite", ${id}_model, ${id}_model_len, ${id}_add_ops, ${id.toUpperCase()}_OPS, ${id.toUpperCase()}_ARENA_BYTES)) return bad;\n  static_assert(sizeof(${id}_model_len) && ${id.toUpperCase()}_MODEL_BYTES > 0, "");`,
  )
  .join('\n')}
  return 0;
}
`;

interface Given {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly options?: Partial<TflmOptions>;
}

/** Compiles and runs the generated files of these models in one image, with every compiler at hand. */
function build(models: readonly Given[], extra: readonly string[] = []): void {
  const files = new Map<string, string | Uint8Array>([['main.cc', program(models.map((m) => m.id))]]);
  for (const { id, bytes, options } of models) {
    const made = generateTflm({ path: `${id}.tflite`, bytes }, { name: id, kernels: 'reference', ...options });
    expect(made.report.identifier).toBe(id);
    for (const [path, content] of made.files) files.set(path, content);
    files.set(`${id}.tflite`, bytes);
  }
  const folder = folderOf(files);
  const sources = [...files.keys()].filter((f) => f.endsWith('.cc'));
  for (const compiler of compilers) {
    run(folder, compiler, [...flags, ...extra, ...sources, '-o', `${compiler}.out`]);
    run(folder, join(folder, `${compiler}.out`), []);
  }
}

const official = missing('models/mlperf-tiny')
  ? []
  : readdirSync(shared('models/mlperf-tiny')).filter((f) => f.endsWith('_int8_official.tflite'));

describe.skipIf(compilers.length === 0)('C++ compilers take what is generated', () => {
  it.each(official)('%s', (file) => {
    build([{ id: file.replace(/_.*/, ''), bytes: readFileSync(shared(`models/mlperf-tiny/${file}`)), options: { kernels: 'cmsis-nn' } }]);
  });

  it.skipIf(official.length < 2)('two models in one image, one of them twice under another name, with kernels for int8 alone', () => {
    const at = (f: string) => readFileSync(shared(`models/mlperf-tiny/${f}`));
    const models = [
      { id: 'kws', bytes: at('kws_dscnn_int8_official.tflite'), options: { kernels: 'cmsis-nn', labels: [...'abcdefghijkl'] } as const },
      { id: 'ic', bytes: at('ic_resnet8_int8_official.tflite') },
      { id: 'model_2nd', bytes: at('kws_dscnn_int8_official.tflite') },
    ];
    build(models, ['-DKWS_INT8_KERNELS', '-DIC_INT8_KERNELS']);
  });

  it.each(['int8', 'int16x8'] as const)('the small model of the fixtures, quantized to %s', async (scheme) => {
    const { files } = await quantize(join(projectRoot, 'fixtures/models/shapes/shapes.onnx'), {
      ...{ calibrate: join(projectRoot, 'fixtures/models/shapes/calibration'), scheme, ranges: 'minmax', adaptiveRounding: false },
    });
    const bytes = files.tflite as Uint8Array;
    build([{ id: 'shapes', bytes }]);
    const { warnings: said } = generateTflm({ path: 'shapes.tflite', bytes }, { name: 'shapes', kernels: 'esp-nn' }).report;
    expect(said.filter((w) => w.includes('--fc per-tensor'))).toHaveLength(1);
    expect(said.filter((w) => w.includes('SHAPES_ARENA_BYTES may be defined smaller'))).toHaveLength(scheme === 'int8' ? 1 : 0);
  });

  it('a float model', () => build([{ id: 'small', bytes: writeTflite(smallGraph()) }]));
});

describe.skipIf(cCompilers.length === 0 || official.length === 0)('settings in C', () => {
  it('quantize and dequantize as TFLite does', () => {
    const bytes = readFileSync(shared('models/mlperf-tiny/kws_dscnn_int8_official.tflite'));
    const { files } = generateTflm({ path: 'kws.tflite', bytes }, { name: 'kws', kernels: 'reference', labels: [...'abcdefghijkl'] });
    // Scale 0.5847029, zero point 83; halves go away from zero, ends are clamped, what is no number becomes the lowest.
    const main = `
#include <stdio.h>
#include <string.h>
#include "kws_settings.h"
#include "kws_model.h"

int main(void) {
  const int shape[KWS_INPUT_0_RANK] = KWS_INPUT_0_SHAPE;
  KWS_INPUT_0_TYPE q = kws_quantize_input_0(0.0f);
  printf("%d %d %d %d %d %d\\n", q, kws_quantize_input_0(1.5f * KWS_INPUT_0_SCALE), kws_quantize_input_0(-2.5f * KWS_INPUT_0_SCALE),
         kws_quantize_input_0(1e30f), kws_quantize_input_0(-1e30f), kws_quantize_input_0(NAN));
  printf("%.9g %.9g\\n", (double)kws_dequantize_input_0(-128), (double)kws_dequantize_output_0(127));
  printf("%s%s%s %d %d %u\\n", kws_class_name(0), kws_class_name(11), kws_class_name(12), shape[1], KWS_CLASSES, KWS_MODEL_BYTES);
  return 0;
}
`;
    const folder = folderOf(new Map([...files, ['main.c', main]]));
    for (const compiler of cCompilers) {
      run(folder, compiler, ['-std=c99', '-Wpedantic', '-Wconversion', ...warnings, 'main.c', '-lm', '-o', 'a.out']);
      expect(run(folder, join(folder, 'a.out'), []).split('\n')).toEqual([
        '83 85 80 127 -128 -128',
        `${Number(Math.fround(-211 * 0.584702909).toPrecision(9))} 0.99609375`,
        'al 49 12 53936',
        '',
      ]);
    }
  });
});
