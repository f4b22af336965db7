import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/errors.js';
import { decodeFile, type TfliteFile } from '../../../src/formats/tflite/file.js';
import { writeTflite } from '../../../src/formats/tflite/write.js';
import type { Graph, QuantParams, Value } from '../../../src/ir/graph.js';
import { printGraph } from '../../../src/ir/print.js';
import { f32, fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { GraphBuilder } from '../../../src/ops/node-builder.js';
import { litert } from '../../../src/runtime/litert.js';

const file = (graph: Graph): TfliteFile => decodeFile(writeTflite(graph), 'the file');
const builtins = (f: TfliteFile): string[] => f.subgraphs![0].operators!.map((op) => f.operator_codes![op.opcode_index].builtin_code);
const quant = (scale: number, zeroPoint: number): QuantParams => ({ scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint) });
const numbers = (t: Tensor): number[] => Array.from(t.data as Float32Array, Number);
const ones = (shape: readonly number[]): Tensor => f32(shape, new Array(sizeOf(shape)).fill(1));

async function run(graph: Graph, ...inputs: Tensor[]): Promise<number[][]> {
  const session = await litert.load(writeTflite(graph));
  try {
    return (await session.run(inputs)).map(numbers);
  } finally {
    await session.close();
  }
}

/** A graph of one float input. */
function graphOf(shape: readonly number[], make: (b: GraphBuilder, x: Value) => Value | Value[]): Graph {
  const b = new GraphBuilder();
  const out = make(b, b.input('x', { dtype: 'float32', shape }));
  return b.finish('g', Array.isArray(out) ? out : [out]);
}

describe('the file', () => {
  const graph = graphOf([1, 4], (b, x) => {
    const w = b.constant(
      f32(
        [4, 4],
        Array.from({ length: 16 }, (_, i) => i),
      ),
      'w',
    );
    const again = b.constant(
      f32(
        [4, 4],
        Array.from({ length: 16 }, (_, i) => i),
      ),
      'again',
    );
    const y = b.op('FullyConnected', [x, w], {}, { outputs: ['hidden'] });
    const z = b.op('FullyConnected', [b.op('Gelu', [y], {}, { outputs: ['g'] }), again], {}, { outputs: ['scores'] });
    return b.op('Reshape', [z], { shape: [2, 2] }, { outputs: ['table'] });
  });

  it('names its ports in the tensors and in a signature', () => {
    const f = file(graph);
    const { tensors, inputs, outputs } = f.subgraphs![0];
    expect(tensors![inputs![0]].name).toBe('x');
    expect(tensors![outputs![0]].name).toBe('table');
    expect(f.signature_defs).toMatchObject([
      {
        signature_key: 'serving_default',
        inputs: [{ name: 'x', tensor_index: inputs![0] }],
        outputs: [{ name: 'table', tensor_index: outputs![0] }],
      },
    ]);
  });

  it('holds each constant once, buffer 0 empty', () => {
    const { buffers, subgraphs } = file(graph);
    expect(buffers![0].data).toBeUndefined();
    const used = (name: string) => subgraphs![0].tensors!.find((t) => t.name === name)!.buffer;
    expect(used('w')).toBe(used('again'));
    expect(used('x')).toBe(0);
    expect(buffers!.filter((b) => b.data?.length === 64)).toHaveLength(1);
  });

  it('gives each operator its code and the lowest version', () => {
    expect(file(graph).operator_codes).toEqual([
      // FULLY_CONNECTED of rank 2 in float; GELU is 150, beyond the one-byte field, which says 127 instead.
      { deprecated_builtin_code: 9, builtin_code: 'FULLY_CONNECTED', version: 1, custom_code: undefined },
      { deprecated_builtin_code: 127, builtin_code: 'GELU', version: 1, custom_code: undefined },
      { deprecated_builtin_code: 22, builtin_code: 'RESHAPE', version: 1, custom_code: undefined },
    ]);
  });

  it('has the same bytes every time and leaves the graph alone', () => {
    const before = printGraph(graph);
    expect(Buffer.compare(writeTflite(graph), writeTflite(graph))).toBe(0);
    expect(printGraph(graph)).toBe(before);
  });

  it('keeps scale, zero point and axis', () => {
    const b = new GraphBuilder();
    const x = Object.assign(b.input('x', { dtype: 'int8', shape: [1, 2] }), { quant: quant(0.5, 3) });
    const w: Value = {
      name: 'w',
      dtype: 'int8',
      shape: [2, 2],
      data: Int8Array.of(1, 2, 3, 4),
      quant: { scale: Float32Array.of(0.1, 0.2), zeroPoint: new Int32Array(2), axis: 0 },
    };
    const y = Object.assign(b.op('FullyConnected', [x, w], {}, { outputs: ['y'] }), { dtype: 'int8', quant: quant(2, -7) });
    const f = file(b.finish('g', [y]));
    const named = (name: string) => f.subgraphs![0].tensors!.find((t) => t.name === name);
    expect(named('x')).toMatchObject({ type: 'INT8', quantization: { scale: [0.5], zero_point: [3] } });
    expect(named('w')).toMatchObject({
      quantization: { scale: [Math.fround(0.1), Math.fround(0.2)], zero_point: [0, 0], quantized_dimension: 0 },
    });
    expect(named('y')).toMatchObject({ type: 'INT8', quantization: { scale: [2], zero_point: [-7] } });
    expect(f.operator_codes).toMatchObject([{ builtin_code: 'FULLY_CONNECTED', version: 4 }]);
  });

  it('stores half precision behind DEQUANTIZE', async () => {
    const graph = graphOf([1, 2], (b, x) => {
      const half: Value = { name: 'w16', dtype: 'float16', shape: [1, 2], data: Uint16Array.of(0x3c00, 0xc000) };
      const wide: Value = { name: 'w', dtype: 'float32', shape: [1, 2] };
      b.nodes.push({ name: 'w', op: 'Cast', inputs: [half], outputs: [wide], attrs: { to: 'float32' } });
      return b.op('FullyConnected', [x, wide], {}, { outputs: ['y'] });
    });
    const f = file(graph);
    expect(f.operator_codes).toMatchObject([{ builtin_code: 'DEQUANTIZE', version: 3 }, { builtin_code: 'FULLY_CONNECTED' }]);
    // 1·3 - 2·5
    expect(await run(graph, f32([1, 2], [3, 5]))).toEqual([[-7]]);
  });
});

describe('what has no form in TFLite', () => {
  it('is listed all at once', () => {
    const b = new GraphBuilder();
    const d = b.input('d', { dtype: 'float64', shape: [2] });
    const u = b.input('u', { dtype: 'uint64', shape: [2] });
    const e = b.input('e', { dtype: 'float32', shape: [0, 2] });
    const one = b.op('Exp', [d], {}, { outputs: ['one'] });
    const two = b.op('Exp', [one], {}, { outputs: ['two'] });
    const sum = b.op('Add', [u, u], {}, { outputs: ['sum'] });
    let thrown: unknown;
    try {
      writeTflite(b.finish('odd', [two, sum, b.op('Neg', [e], {}, { outputs: ['f'] })]));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UnsupportedError);
    expect((thrown as Error).message).toBe(
      "The model 'odd' cannot be written as TFLite:\n" +
        "  The port 'e': is empty: its shape is [0,2] (node 'e')\n" +
        "  The port 'f': is empty: its shape is [0,2] (node 'f')\n" +
        "  Exp: takes no float64 in TFLite (nodes 'one', 'two')\n" +
        "  Add: takes no uint64 in TFLite (node 'sum')\n" +
        'Write the other format with --to onnx, or replace these operators in the model; docs/operators.md lists what each format takes.',
    );
  });

  it('includes files beyond 2 GB, before anything is copied', () => {
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'uint8', shape: [1] });
    const parts = [2 ** 30, 2 ** 30 + 1].map((n, i) => b.constant({ dtype: 'uint8', shape: [n], data: new Uint8Array(n) }, `big${i}`));
    expect(() => writeTflite(b.finish('big', [x, ...parts]))).toThrow(
      /^The model 'big' cannot be written as TFLite: the file would take 21\d+ bytes, more than the 2 GB .* Quantize it to make it smaller\.$/,
    );
  });
});

describe('pads that no padding name says', () => {
  it('of a convolution become a PAD of zeros', async () => {
    const graph = graphOf([1, 2, 2, 1], (b, x) => b.op('Conv2D', [x, b.constant(ones([1, 2, 2, 1]))], { pads: [1, 0, 0, 2] }));
    expect(builtins(file(graph))).toEqual(['PAD', 'CONV_2D']);
    // 0 0 0 0 / 1 2 0 0 / 3 4 0 0 under a window of 2x2.
    expect(await run(graph, f32([1, 2, 2, 1], [1, 2, 3, 4]))).toEqual([[3, 2, 0, 10, 6, 0]]);
  });

  it('that are SAME or VALID stay with it', () => {
    const conv = (pads: number[]) =>
      graphOf([1, 4, 4, 1], (b, x) => b.op('Conv2D', [x, b.constant(ones([1, 3, 3, 1]))], { pads, strides: [2, 2] }));
    // SAME of 4 with stride 2 and a window of 3: one element in all, after the end.
    for (const [pads, padding] of [
      [[0, 0, 1, 1], 'SAME'],
      [[0, 0, 0, 0], 'VALID'],
    ] as const) {
      const f = file(conv([...pads]));
      expect(builtins(f)).toEqual(['CONV_2D']);
      expect(f.subgraphs![0].operators![0].builtin_options).toMatchObject({ padding });
    }
  });

  it('of a maximum hold the lowest value', async () => {
    const graph = graphOf([1, 2, 2, 1], (b, x) => b.op('MaxPool2D', [x], { kernel: [2, 2], pads: [1, 0, 0, 0] }));
    expect(builtins(file(graph))).toEqual(['PADV2', 'MAX_POOL_2D']);
    expect(await run(graph, f32([1, 2, 2, 1], [-1, -2, -3, -4]))).toEqual([[-1, -1]]);
  });

  it('of a quantized maximum are -128 on the same grid', async () => {
    const b = new GraphBuilder();
    const q = quant(0.1, 20);
    const x = Object.assign(b.input('x', { dtype: 'int8', shape: [1, 2, 2, 1] }), { quant: q });
    const y = Object.assign(b.op('MaxPool2D', [x], { kernel: [2, 2], pads: [1, 0, 0, 0] }, { outputs: ['y'] }), {
      dtype: 'int8',
      quant: q,
    });
    const graph = b.finish('g', [y]);
    const { tensors, operators } = file(graph).subgraphs![0];
    expect(builtins(file(graph))).toEqual(['PADV2', 'MAX_POOL_2D']);
    for (const i of [operators![0].inputs![2], operators![0].outputs![0]]) {
      expect(tensors![i]).toMatchObject({ type: 'INT8', quantization: { scale: [Math.fround(0.1)], zero_point: [20] } });
    }
    expect(await run(graph, fromNumbers('int8', [1, 2, 2, 1], [-120, -128, -127, -126]))).toEqual([[-120, -120]]);
  });

  it('of quantized convolutions are the zero point, and cropping keeps the grid', async () => {
    const b = new GraphBuilder();
    const x = Object.assign(b.input('x', { dtype: 'int8', shape: [1, 2, 2, 1] }), { quant: quant(1, 3) });
    const w: Value = { name: 'w', dtype: 'int8', shape: [1, 2, 2, 1], data: Int8Array.of(1, 1, 1, 1), quant: quant(1, 0) };
    const grid = { dtype: 'int8', quant: quant(1, -20) };
    const conv = Object.assign(b.op('Conv2D', [x, w], { pads: [1, 0, 0, 2] }, { outputs: ['conv'] }), grid);
    const up = Object.assign(b.op('ConvTranspose2D', [x, w], { pads: [1, 0, 0, 1] }, { outputs: ['up'] }), grid);
    const graph = b.finish('g', [conv, up]);
    expect(builtins(file(graph))).toEqual(['PAD', 'CONV_2D', 'TRANSPOSE_CONV', 'SLICE']);
    // The reals 1 2 / 3 4 of the float cases here, with input zero point 3 and output zero point -20.
    expect(await run(graph, fromNumbers('int8', [1, 2, 2, 1], [4, 5, 6, 7]))).toEqual([
      [3, 2, 0, 10, 6, 0].map((v) => v - 20),
      [4, 10, 3, 7].map((v) => v - 20),
    ]);
  });

  it('of an average count or do not count', async () => {
    const mean = (countIncludePad: boolean) =>
      graphOf([1, 2, 2, 1], (b, x) => b.op('AveragePool2D', [x], { kernel: [2, 2], pads: [1, 0, 0, 0], countIncludePad }));
    const x = f32([1, 2, 2, 1], [4, 8, 12, 16]);
    expect(await run(mean(true), x)).toEqual([[3, 10]]);
    expect(await run(mean(false), x)).toEqual([[6, 10]]);
    expect(builtins(file(mean(true)))).toEqual(['PAD', 'AVERAGE_POOL_2D']);
  });

  it('of a transposed convolution are cut off behind it', async () => {
    const w = (b: GraphBuilder) => b.constant(ones([1, 2, 2, 1]));
    const graph = graphOf([1, 2, 2, 1], (b, x) => b.op('ConvTranspose2D', [x, w(b)], { pads: [1, 0, 0, 1] }));
    expect(builtins(file(graph))).toEqual(['TRANSPOSE_CONV', 'SLICE']);
    // The full result of [[1,2],[3,4]] is [[1,3,2],[4,10,6],[3,7,4]].
    expect(await run(graph, f32([1, 2, 2, 1], [1, 2, 3, 4]))).toEqual([[4, 10, 3, 7]]);
  });

  it('of a transposed convolution reach beyond it with output pads', async () => {
    const graph = graphOf([1, 1, 2, 1], (b, x) =>
      b.op('ConvTranspose2D', [x, b.constant(ones([1, 1, 2, 1])), b.constant(f32([1], [5]))], { strides: [1, 2], outputPads: [0, 1] }),
    );
    expect(await run(graph, f32([1, 1, 2, 1], [1, 2]))).toEqual([[6, 6, 7, 7, 5]]);
  });
});

describe('what LiteRT insists on', () => {
  it('is a bias for every convolution, on the accumulator’s grid', () => {
    const b = new GraphBuilder();
    const x = Object.assign(b.input('x', { dtype: 'int8', shape: [1, 2, 2, 1] }), { quant: quant(0.5, 0) });
    const w: Value = {
      name: 'w',
      dtype: 'int8',
      shape: [2, 1, 1, 1],
      data: Int8Array.of(1, 2),
      quant: { scale: Float32Array.of(0.25, 0.5), zeroPoint: new Int32Array(2), axis: 0 },
    };
    const y = Object.assign(b.op('Conv2D', [x, w], {}, { outputs: ['y'] }), { dtype: 'int8', quant: quant(1, 0) });
    const { tensors, operators } = file(b.finish('g', [y])).subgraphs![0];
    expect(tensors![operators![0].inputs![2]]).toMatchObject({
      type: 'INT32',
      shape: [2],
      quantization: { scale: [0.125, 0.25], zero_point: [0, 0] },
    });
  });

  it('is an output of its own for each', async () => {
    const graph = graphOf([2], (b, x) => {
      const y = b.op('Neg', [x], {}, { outputs: ['y'] });
      return [y, x, y, b.constant(f32([1], [9]), 'c')];
    });
    expect(await run(graph, f32([2], [1, 2]))).toEqual([[-1, -2], [1, 2], [-1, -2], [9]]);
    expect(file(graph).signature_defs![0].outputs!.map((o) => o.name)).toEqual(['y', 'x_1', 'y_1', 'c']);
  });
});
