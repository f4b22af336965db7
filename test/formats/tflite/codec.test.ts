import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/formats/tflite/decode.js';
import { encode } from '../../../src/formats/tflite/encode.js';
import { BuiltinOperator, BuiltinOptions } from '../../../src/formats/tflite/enums.js';
import { fieldsOf } from '../../../src/formats/tflite/schema.js';

const model = (extra: object = {}): Uint8Array => encode('Model', { version: 3, description: 'né', ...extra }, 'TFL3');

describe('the TFLite schema', () => {
  // Values as tensorflow/lite/schema/schema.fbs assigns them.
  it.each([
    ['CONV_2D', 3],
    ['CUSTOM', 32],
    ['TRANSPOSE', 39],
    ['QUANTIZE', 114],
    ['PLACEHOLDER_FOR_GREATER_OP_CODES', 127],
    ['BROADCAST_TO', 130],
    ['GELU', 150],
    ['RELU_0_TO_1', 152],
    ['BITWISE_XOR', 160],
    ['STABLEHLO_CASE', 209],
  ])('numbers %s %i', (name, value) => expect(BuiltinOperator.indexOf(name)).toBe(value));

  it('numbers the option tables', () => {
    expect(BuiltinOptions.indexOf('Conv2DOptions')).toBe(1);
    expect(BuiltinOptions.indexOf('Pool2DOptions')).toBe(5);
    expect(BuiltinOptions.indexOf('ResizeNearestNeighborOptions')).toBe(74);
    expect(BuiltinOptions.indexOf('RightShiftOptions')).toBe(126);
  });

  it('puts fields where the schema has them', () => {
    const slot = (table: string, name: string) => fieldsOf(table).find((f) => f.name === name)?.slot;
    expect(slot('Tensor', 'shape_signature')).toBe(7);
    expect(slot('QuantizationParameters', 'quantized_dimension')).toBe(6);
    expect(slot('Operator', 'custom_options')).toBe(5);
    expect(slot('ResizeBilinearOptions', 'half_pixel_centers')).toBe(3);
    expect(slot('OperatorCode', 'builtin_code')).toBe(3);
  });
});

describe('encode and decode', () => {
  it('keep what they are given and fill in defaults', () => {
    const bytes = model({
      operator_codes: [{ builtin_code: 'CONV_2D', deprecated_builtin_code: 3 }],
      subgraphs: [
        {
          tensors: [{ shape: [1, -1], type: 'INT8', quantization: { scale: [0.5], zero_point: [-128] } }],
          operators: [{ inputs: [0, -1], builtin_options_type: 'Conv2DOptions', builtin_options: { padding: 'VALID', stride_w: 2 } }],
        },
      ],
    });
    expect(decode(bytes, 'Model', 'x')).toMatchObject({
      version: 3,
      description: 'né',
      operator_codes: [{ builtin_code: 'CONV_2D', version: 1 }],
      subgraphs: [
        {
          tensors: [{ shape: [1, -1], type: 'INT8', is_variable: false, quantization: { scale: [0.5], zero_point: [-128] } }],
          operators: [{ inputs: [0, -1], builtin_options: { padding: 'VALID', stride_w: 2, stride_h: 0, dilation_w_factor: 1 } }],
        },
      ],
    });
    expect(decode(bytes, 'Model', 'x').buffers).toBeUndefined();
  });

  it('align every buffer to 16 bytes, in the file and in memory', () => {
    const bytes = model({ buffers: [{}, { data: new Uint8Array(3) }, { data: new Uint8Array(17) }, { data: new Uint8Array(1) }] });
    const { buffers } = decode(bytes, 'Model', 'x') as unknown as { buffers: { data?: Uint8Array }[] };
    expect(buffers[0].data).toBeUndefined();
    for (const { data } of buffers.slice(1)) {
      expect((data!.byteOffset - bytes.byteOffset) % 16).toBe(0);
      expect(data!.byteOffset % 16).toBe(0);
    }
  });

  it('hold weights once: byte vectors are views of the file', () => {
    const bytes = model({ buffers: [{}, { data: Uint8Array.of(1, 2, 3) }] });
    const { buffers } = decode(bytes, 'Model', 'x') as unknown as { buffers: { data: Uint8Array }[] };
    expect(buffers[1].data.buffer).toBe(bytes.buffer);
    expect([...buffers[1].data]).toEqual([1, 2, 3]);
  });

  it('name values of an enumeration that came later', () => {
    const bytes = model({ operator_codes: [{ builtin_code: 999 }] });
    expect(decode(bytes, 'Model', 'x')).toMatchObject({ operator_codes: [{ builtin_code: 'BuiltinOperator(999)' }] });
  });

  it('leave no room for growing: the bound of the size holds for odd contents', () => {
    const names = Array.from({ length: 200 }, (_, i) => ({
      name: 'é'.repeat(i % 7),
      shape: Array(i % 5).fill(1),
      is_variable: i % 2 === 0,
    }));
    const bytes = model({ subgraphs: [{ tensors: names }] });
    expect(bytes.buffer.byteLength - bytes.byteLength).toBeLessThan(bytes.byteLength * 2);
    expect(decode(bytes, 'Model', 'x')).toMatchObject({ subgraphs: [{ tensors: names.map((n) => ({ name: n.name })) }] });
  });
});

describe('decode of damaged bytes', () => {
  it('says which field leads out of the file', () => {
    const bytes = model({ buffers: [{}, { data: new Uint8Array(100) }] });
    expect(() => decode(bytes.slice(0, 60), 'Model', "'m.tflite'")).toThrow(
      /^'m\.tflite' is corrupt or cut short: its field '.+' points to \d+ bytes at \d+, outside a file of 60 bytes\./,
    );
  });

  it('does not believe a length', () => {
    const bytes = model({ subgraphs: [{ tensors: [{ shape: [77, 78] }] }] });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const at = [...Array(bytes.length - 8).keys()].find(
      (i) => view.getUint32(i, true) === 2 && view.getUint32(i + 4, true) === 77,
    ) as number;
    view.setUint32(at, 0x3fffffff, true);
    expect(() => decode(bytes, 'Model', 'x')).toThrow("field 'subgraphs[0].tensors[0].shape' points to 4294967292 bytes");
  });

  it('bounds what overlapping vectors can cost', () => {
    // 1500 tensors of some 20 bytes, each with its own 6000 numbers inside one vector of 8000: 72 MB out of 60 KB.
    const b = new Builder(1 << 17);
    b.startVector(4, 8000, 4);
    for (let i = 0; i < 8000; i++) b.addInt32(6000);
    const vector = b.endVector();
    const table = (fields: readonly [slot: number, offset: number][]) => {
      b.startObject(8);
      for (const [slot, offset] of fields) b.addFieldOffset(slot, offset, 0);
      return b.endObject();
    };
    const list = (offsets: readonly number[]) => {
      b.startVector(4, offsets.length, 4);
      for (const o of offsets) b.addOffset(o);
      return b.endVector();
    };
    const tensors = list(Array.from({ length: 1500 }, (_, i) => table([[0, vector - 4 * i]])));
    b.finish(table([[2, list([table([[0, tensors]])])]]), 'TFL3');
    expect(() => decode(b.asUint8Array(), 'Model', 'x')).toThrow('makes the file refer to more data than it holds');
  });
});
