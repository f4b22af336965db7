import { existsSync, readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { identifierOf } from '../../../src/codegen/identifier.js';
import { floatLiteral, stringLiteral } from '../../../src/codegen/text.js';
import { generateTflm } from '../../../src/codegen/tflm/index.js';
import { ModelError, UnsupportedError, UsageError } from '../../../src/errors.js';
import { encode } from '../../../src/formats/tflite/encode.js';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import type { Value } from '../../../src/ir/graph.js';
import { smallGraph } from '../../cli/small-model.js';
import { missing, shared } from '../../shared.js';

const small = { path: 'small.tflite', bytes: writeTflite(smallGraph()) };
const options = { name: 'small', kernels: 'reference' } as const;

/** The bytes that a C array of the file holds. */
const bytesIn = (source: string): Uint8Array =>
  Uint8Array.from([...source.matchAll(/0x([0-9a-f]{2}),/g)].map((m) => Number.parseInt(m[1], 16)));

const textOf = (files: ReadonlyMap<string, string | Uint8Array>, name: string): string => String(files.get(name));

/** An archive whose offsets count from the beginning of the file that it is appended to. */
function shifted(zip: Uint8Array, by: number): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  for (let at = 0; at + 4 <= zip.length; at++) {
    const signature = view.getUint32(at, true);
    const field = signature === 0x02014b50 ? at + 42 : signature === 0x06054b50 ? at + 16 : undefined;
    if (field !== undefined) view.setUint32(field, view.getUint32(field, true) + by, true);
  }
  return zip;
}

interface Node {
  readonly builtin: string;
  readonly version?: number;
  readonly custom?: string;
  readonly types: readonly [string, string];
}

/** A file with a chain of operators that share one shape, of element types as given; not a model that anything can run. */
function chain(nodes: readonly Node[]): Uint8Array {
  const tensor = (name: string, type: string) => ({ shape: [1, 4], type, buffer: 0, name });
  return encode(
    'Model',
    {
      version: 3,
      operator_codes: nodes.map((n) => ({
        deprecated_builtin_code: 0,
        builtin_code: n.builtin,
        custom_code: n.custom,
        version: n.version ?? 1,
      })),
      subgraphs: [
        {
          tensors: [tensor('in', nodes[0].types[0]), ...nodes.map((n, i) => tensor(`t${i}`, n.types[1]))],
          inputs: [0],
          outputs: [nodes.length],
          operators: nodes.map((_, i) => ({ opcode_index: i, inputs: [i], outputs: [i + 1] })),
        },
      ],
      buffers: [{}],
    },
    'TFL3',
  );
}

describe('the model as an array', () => {
  it("holds the file's own bytes, sixteen to a line, aligned, the same on every run", () => {
    const { files, report } = generateTflm(small, options);
    const source = textOf(files, 'small_model.cc');
    expect(bytesIn(source)).toEqual(new Uint8Array(small.bytes));
    expect(source).toContain('alignas(16) const unsigned char small_model[] = {');
    const lines = source.split('\n').filter((l) => l.startsWith('  0x'));
    expect(lines.slice(0, -1).every((l) => l.split(',').length === 17)).toBe(true);
    expect(lines.length).toBe(Math.ceil(small.bytes.length / 16));
    expect(report.modelBytes).toBe(small.bytes.length);
    expect(generateTflm(small, options).files).toEqual(files);
  });

  it('takes seconds at most for a model of sixteen megabytes', () => {
    const large = new Uint8Array(16 << 20);
    large.set(small.bytes);
    const start = performance.now();
    const source = textOf(generateTflm({ path: 'large.tflite', bytes: large }, options).files, 'small_model.cc');
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(source.length).toBeGreaterThan(6 * large.length);
  });
});

describe('identifiers', () => {
  it.each([
    ['kws', 'kws'],
    ['2nd try', 'model_2nd_try'],
    ['int', 'model_int'],
    ['Mobilé-Net v2.0', 'mobile_net_v2_0'],
    ['模型', 'model'],
    ['', 'model'],
    ['__a__b__', 'a_b'],
    ['x'.repeat(80), 'x'.repeat(48)],
    ['loop', 'model_loop'],
  ])("'%s' becomes %s", (name, identifier) => {
    expect(identifierOf(name)).toBe(identifier);
    const { files } = generateTflm(small, { ...options, name });
    expect([...files.keys()].sort()).toEqual(['model.cc', 'model.h', 'ops.h', 'settings.h'].map((f) => `${identifier}_${f}`));
  });
});

describe('operators', () => {
  it('registers exactly those of the model, by the names of the resolver', () => {
    const { files, report } = generateTflm(small, options);
    const ops = textOf(files, 'small_ops.h');
    expect(ops).toContain(`using small_resolver = tflite::MicroMutableOpResolver<${report.operators.length}>;`);
    expect([...ops.matchAll(/resolver\.(Add\w+)\(\)/g)].map((m) => m[1])).toEqual(report.operators.map((o) => o.add));
    expect(report.operators.map((o) => o.name)).toEqual(['CONV_2D', 'MEAN', 'FULLY_CONNECTED', 'SOFTMAX']);
    expect(report.operators.every((o) => o.variant === undefined)).toBe(true);
  });

  it('refuses all that the runtime lacks at once: operator, version, element type, custom operator', () => {
    const bytes = chain([
      { builtin: 'GELU', types: ['FLOAT32', 'FLOAT32'] },
      { builtin: 'SOFTMAX', version: 99, types: ['FLOAT32', 'FLOAT32'] },
      { builtin: 'FLOOR', types: ['FLOAT32', 'FLOAT16'] },
      { builtin: 'RSQRT', types: ['FLOAT16', 'FLOAT32'] },
      { builtin: 'CUSTOM', custom: 'Mystery', types: ['FLOAT32', 'FLOAT32'] },
      { builtin: 'GELU', types: ['FLOAT32', 'FLOAT32'] },
    ]);
    let error: unknown;
    try {
      generateTflm({ path: 'odd.tflite', bytes }, options);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(UnsupportedError);
    const { unsupported, message } = error as UnsupportedError;
    expect(unsupported.map((u) => u.operator)).toEqual(['GELU', 'SOFTMAX', 'RSQRT', 'CUSTOM:Mystery']);
    expect(unsupported[0].nodes).toEqual(['t0', 't5']);
    expect(message).toContain("odd.tflite cannot run in TensorFlow Lite Micro:\n  GELU: is not among its operators (nodes 't0', 't5')");
    expect(message).toContain('SOFTMAX: has version 99, and 4 is the highest that it knows');
    expect(message).toContain('RSQRT: takes no FLOAT16 there');
  });

  it('refuses a RELU6 that would have to change scale, which the runtime does not', () => {
    const value = (name: string, scale: number): Value => ({
      ...{ name, dtype: 'int8', shape: [1, 4] },
      quant: { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(-128) },
    });
    const bytes = (scale: number): Uint8Array => {
      const [x, y] = [value('x', 0.05), value('y', scale)];
      const node = { name: 'y', op: 'Clip', inputs: [x], outputs: [y], attrs: { min: 0, max: 6 } };
      return writeTflite({ name: 'clip', inputs: [x], outputs: [y], nodes: [node] });
    };
    expect(() => generateTflm({ path: 'r.tflite', bytes: bytes(6 / 255) }, options)).toThrow(
      "RELU6: clamps there without going over to the other scale of its output (node 'y')",
    );
    expect(generateTflm({ path: 'r.tflite', bytes: bytes(0.05) }, options).report.operators.map((o) => o.name)).toEqual(['RELU6']);
  });

  it('takes custom operators that the runtime brings along', () => {
    const bytes = chain([{ builtin: 'CUSTOM', custom: 'CIRCULAR_BUFFER', types: ['INT8', 'INT8'] }]);
    expect(textOf(generateTflm({ path: 'c.tflite', bytes }, options).files, 'small_ops.h')).toContain('resolver.AddCircularBuffer()');
  });

  it('says that variables have to be created by hand', () => {
    const bytes = chain([{ builtin: 'VAR_HANDLE', types: ['INT32', 'INT32'] }]);
    const { warnings } = generateTflm({ path: 'v.tflite', bytes }, options).report;
    expect(warnings).toEqual([
      expect.stringContaining('keeps state in 1 resource variable: give the interpreter a tflite::MicroResourceVariables'),
    ]);
  });

  it('reports the versions and the number of nodes', () => {
    const bytes = chain([{ builtin: 'ABS', types: ['FLOAT32', 'FLOAT32'] }]);
    expect(generateTflm({ path: 'a.tflite', bytes }, options).report.operators).toEqual([
      { name: 'ABS', add: 'AddAbs', versions: [1], nodes: 1 },
    ]);
  });
});

describe('settings', () => {
  it.skipIf(missing('models/mlperf-tiny'))('says shapes, types, scales, arena and classes of the keyword model', () => {
    const labels = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes', 'silence', 'say "what"?'];
    const bytes = readFileSync(shared('models/mlperf-tiny/kws_dscnn_int8_official.tflite'));
    const { files } = generateTflm({ path: 'kws.tflite', bytes }, { name: 'kws', kernels: 'cmsis-nn', cpu: 'cortex-m4', labels });
    const settings = textOf(files, 'kws_settings.h');
    for (const line of [
      '#define KWS_INPUT_0_TYPE int8_t',
      '#define KWS_INPUT_0_SHAPE {1, 49, 10, 1}',
      '#define KWS_INPUT_0_BYTES 490',
      '#define KWS_INPUT_0_SCALE 0.5847029f',
      '#define KWS_INPUT_0_ZERO_POINT 83',
      '#define KWS_OUTPUT_0_SCALE 0.00390625f',
      '#define KWS_OUTPUT_0_ZERO_POINT (-128)',
      '#define KWS_CLASSES 12',
      '    "say \\042what\\042\\077",',
    ]) {
      expect(settings.split('\n')).toContain(line);
    }
  });

  it('refuses class names that no output has room for', () => {
    const wrong = () => generateTflm(small, { ...options, labels: ['a', 'b', 'c'] });
    expect(wrong).toThrow(UsageError);
    expect(wrong).toThrow("There are 3 class names, but no output ends in so many values: 'scores' [1, 4].");
  });

  it('finds class names in the archive that metadata appends to the file', () => {
    const zip = zipSync({ 'labels.txt': strToU8('zero\none\ntwo\nthree\n'), 'about.txt': strToU8('one line') });
    const settings = textOf(
      generateTflm({ path: 's.tflite', bytes: Buffer.concat([small.bytes, shifted(zip, small.bytes.length)]) }, options).files,
      'small_settings.h',
    );
    expect(settings).toContain('#define SMALL_CLASSES 4');
    expect(settings).toContain('    "three",');
    expect(textOf(generateTflm(small, options).files, 'small_settings.h')).not.toContain('CLASSES');
  });

  it.each([
    [0.1, '0.1f'],
    [1, '1.0f'],
    [0.00390625, '0.00390625f'],
    [1e-12, '1e-12f'],
    [0.58470290899276733, '0.5847029f'],
  ])('writes %d as %s', (x, literal) => expect(floatLiteral(x)).toBe(literal));

  it('writes strings in plain ASCII', () => expect(stringLiteral('é"\\\n1')).toBe('"\\303\\251\\042\\134\\0121"'));
});

describe('bad input', () => {
  it('is refused with a sentence', () => {
    const generate = (bytes: Uint8Array) => () => generateTflm({ path: 'bad.tflite', bytes }, options);
    expect(generate(new Uint8Array(40))).toThrow(/bad\.tflite is not a TFLite model/);
    expect(generate(small.bytes.slice(0, 400))).toThrow(ModelError);
    expect(() => generateTflm(small, { ...options, cpu: 'pentium' })).toThrow(/'pentium' is no processor/);
    expect(() => generateTflm(small, { ...options, kernels: 'esp-nn', cpu: 'cortex-m4' })).toThrow(/ESP-NN is for Espressif/);
    expect(() => generateTflm(small, { ...options, kernels: 'cmsis-nn', cpu: 'esp32s3' })).toThrow(/CMSIS-NN is for Arm/);
  });

  it('never ends in anything but an error of its own, whichever byte is wrong', () => {
    for (let i = 0; i < small.bytes.length; i += 7) {
      const bytes = small.bytes.slice();
      bytes[i] ^= 0xff;
      try {
        generateTflm({ path: 'bad.tflite', bytes }, options);
      } catch (e) {
        expect(e, `byte ${i}`).toBeInstanceOf(ModelError);
      }
    }
  });

  it.skipIf(!existsSync(shared('models/mlperf-tiny')))('takes the float models, too', () => {
    const bytes = readFileSync(shared('models/mlperf-tiny/ic_resnet8_float.tflite'));
    expect(generateTflm({ path: 'ic.tflite', bytes }, options).report.inputs[0]).toMatchObject({ type: 'FLOAT32', bytes: 12288 });
  });
});
