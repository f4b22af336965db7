import { describe, expect, it } from 'vitest';
import { ModelError, NeedsConstantError, UnsupportedError } from '../../../src/errors.js';
import { readTflite } from '../../../src/formats/tflite/read.js';
import type { Model, ReadOptions } from '../../../src/formats/types.js';
import { printGraph } from '../../../src/ir/print.js';
import { fromNumbers } from '../../../src/ir/tensor.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { litert } from '../../../src/runtime/litert.js';
import { build, signature, source } from './build.js';

async function read(bytes: Uint8Array, options: ReadOptions = {}): Promise<Model> {
  const model = await readTflite(source(bytes), options);
  verify(model.graph, inferNode, 'reading');
  return model;
}

const refusal = async (bytes: Uint8Array, options: ReadOptions = {}): Promise<Error> => {
  try {
    await readTflite(source(bytes), options);
  } catch (e) {
    return e as Error;
  }
  throw new Error('it was read');
};

describe('names', () => {
  const tensors = [
    { name: 'serving_default_x:0', shape: [2] },
    { name: 'StatefulPartitionedCall:0', shape: [2] },
  ];
  const ops = [{ op: 'RELU', inputs: [0], outputs: [1] }];

  it('are the tensors’ where there is no signature', async () => {
    const { graph } = await read(build(tensors, ops, [0], [1]));
    expect(printGraph(graph)).toBe(
      'graph main(serving_default_x:0: float32[2]) -> (StatefulPartitionedCall:0: float32[2])\n' +
        '  StatefulPartitionedCall:0: float32[2] = Relu(serving_default_x:0)',
    );
  });

  it('are the signature’s where there is one', async () => {
    const { graph } = await read(build(tensors, ops, [0], [1], signature({ x: 0 }, { probabilities: 1 })));
    expect([graph.inputs[0].name, graph.outputs[0].name]).toEqual(['x', 'probabilities']);
  });
});

describe('shapes', () => {
  /** Flattens as Keras exports it: SHAPE -> STRIDED_SLICE -> PACK -> RESHAPE. */
  const dynamic = build(
    [
      { name: 'x', shape: [1, 2, 3], signature: [-1, 2, 3] },
      { name: 'shape', dtype: 'int32', shape: [3] },
      { dtype: 'int32', shape: [1], data: [0] },
      { dtype: 'int32', shape: [1], data: [1] },
      { dtype: 'int32', shape: [1], data: [1] },
      { name: 'batch', dtype: 'int32', shape: [] },
      { dtype: 'int32', shape: [], data: [6] },
      { name: 'target', dtype: 'int32', shape: [2] },
      { name: 'y', shape: [1, 6], signature: [-1, 6] },
    ],
    [
      { op: 'SHAPE', inputs: [0], outputs: [1], options: ['ShapeOptions', { out_type: 'INT32' }] },
      { op: 'STRIDED_SLICE', inputs: [1, 2, 3, 4], outputs: [5], options: ['StridedSliceOptions', { shrink_axis_mask: 1 }] },
      { op: 'PACK', inputs: [5, 6], outputs: [7], options: ['PackOptions', { values_count: 2 }] },
      { op: 'RESHAPE', inputs: [0, 7], outputs: [8] },
    ],
    [0],
    [8],
  );

  it('arithmetic folds away', async () => {
    const { graph } = await read(dynamic);
    expect(graph.nodes.map((n) => n.op)).toEqual(['Reshape']);
    expect(graph.outputs[0].shape).toEqual([1, 6]);
  });

  it('are inferred anew for another batch', async () => {
    const { graph } = await read(dynamic, { inputShapes: { '': [4, 2, 3] } });
    expect(graph.outputs[0].shape).toEqual([4, 6]);
  });

  it('that contradict the model, or name no input, are refused', async () => {
    expect((await refusal(dynamic, { inputShapes: { x: [4, 2, 5] } })).message).toBe(
      "model.tflite: The shape [4,2,5] given for input 'x' contradicts the model, which declares [?,2,3]: dimension 2 is 3.",
    );
    expect((await refusal(dynamic, { inputShapes: { xx: [4, 2, 3] } })).message).toBe(
      "model.tflite: The model has no input 'xx'. Did you mean 'x'?",
    );
  });

  it('that are free beyond the batch have to be given', async () => {
    const file = build(
      [{ name: 'x', shape: [1, 1], signature: [-1, -1] }, { shape: [1, 1] }],
      [{ op: 'RELU', inputs: [0], outputs: [1] }],
      [0],
      [1],
    );
    expect((await refusal(file)).message).toBe(
      "model.tflite: Input 'x' [?,?] leaves dimension 1 free. Give its shape, e.g. --input-shape x=1,224.",
    );
    expect((await read(file, { inputShapes: { x: [2, 5] } })).graph.outputs[0].shape).toEqual([2, 5]);
  });

  it('that depend on an input’s value ask for it by name', async () => {
    const file = build(
      [
        { name: 'x', shape: [6] },
        { name: 'target', dtype: 'int32', shape: [2] },
        { name: 'y', shape: [2, 3] },
      ],
      [{ op: 'RESHAPE', inputs: [0, 1], outputs: [2] }],
      [0, 1],
      [2],
    );
    const e = await refusal(file);
    expect(e).toBeInstanceOf(NeedsConstantError);
    expect((e as NeedsConstantError).input).toBe('target');
    const { graph } = await read(file, { inputValues: { target: fromNumbers('int32', [2], [3, 2]) } });
    expect([graph.inputs.length, graph.outputs[0].shape]).toEqual([1, [3, 2]]);
  });

  it('come from TRANSPOSE_CONV’s input, not from a declared placeholder', async () => {
    const file = build(
      [
        { dtype: 'int32', shape: [4], data: [1, 6, 6, 1] },
        { shape: [1, 3, 3, 1], data: Array(9).fill(1) },
        { name: 'x', shape: [1, 2, 2, 1] },
        { name: 'placeholder', shape: [1, 1, 1, 1] },
        { name: 'y', shape: [1, 6, 6, 1] },
      ],
      [
        {
          op: 'TRANSPOSE_CONV',
          inputs: [0, 1, 2],
          outputs: [3],
          options: ['TransposeConvOptions', { padding: 'VALID', stride_h: 3, stride_w: 3 }],
        },
        { op: 'RELU', inputs: [3], outputs: [4] },
      ],
      [2],
      [4],
    );
    expect((await read(file)).graph.outputs[0].shape).toEqual([1, 6, 6, 1]);
  });
});

describe('weights in other types', () => {
  const x = { name: 'x', shape: [1, 2] };
  const y = { name: 'y', shape: [1, 3] };
  const fc = { op: 'FULLY_CONNECTED', outputs: [2], options: ['FullyConnectedOptions', {}] } as const;

  it('of half precision behind DEQUANTIZE are float32 constants', async () => {
    const file = build(
      [x, { name: 'w16', dtype: 'float16', shape: [3, 2], data: [1, -0.5, 0.1, 2, 3, 65504] }, y, { name: 'w', shape: [3, 2] }],
      [
        { op: 'DEQUANTIZE', version: 3, inputs: [1], outputs: [3] },
        { ...fc, inputs: [0, 3, -1] },
      ],
      [0],
      [2],
    );
    const { graph, quantized } = await read(file);
    expect(quantized).toBeUndefined();
    expect(graph.nodes.map((n) => n.op)).toEqual(['FullyConnected']);
    // 0.1 in binary16 is 0.0999755859375.
    expect([...(graph.nodes[0].inputs[1]!.data as Float32Array)]).toEqual([1, -0.5, 0.0999755859375, 2, 3, 65504]);
  });

  it('of int8 are dequantized, behind DEQUANTIZE and in hybrid operators', async () => {
    const w = { name: 'w8', dtype: 'int8', shape: [3, 2], data: [1, -2, 3, -4, 5, 127], scale: [0.5, 1, 2], axis: 0 } as const;
    const hybrid = build([x, w, y], [{ ...fc, inputs: [0, 1, -1] }], [0], [2]);
    const behind = build(
      [x, w, y, { name: 'w', shape: [3, 2] }],
      [
        { op: 'DEQUANTIZE', version: 5, inputs: [1], outputs: [3] },
        { ...fc, inputs: [0, 3, -1] },
      ],
      [0],
      [2],
    );
    for (const file of [hybrid, behind]) {
      const { graph, quantized } = await read(file);
      expect(quantized).toBeUndefined();
      expect(graph.nodes.map((n) => n.op)).toEqual(['FullyConnected']);
      expect([...(graph.nodes[0].inputs[1]!.data as Float32Array)]).toEqual([0.5, -1, 3, -4, 10, 254]);
    }
    const session = await litert.load(behind);
    const given = fromNumbers('float32', [1, 2], [1, 0.25]);
    const [expected] = await session.run([given]);
    const { graph } = await read(behind);
    expect([...interpret(graph, [given]).outputs[0].data]).toEqual([...expected.data]);
    await session.close();
  });

  it('are views of the file where they are float32', async () => {
    const file = build([x, { name: 'w', shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }, y], [{ ...fc, inputs: [0, 1, -1] }], [0], [2]);
    const { graph } = await read(file);
    expect(graph.nodes[0].inputs[1]!.data!.buffer).toBe(file.buffer);
  });
});

describe('quantized models', () => {
  const file = build(
    [
      { name: 'x', dtype: 'int8', shape: [1, 4], scale: [0.5], zeroPoint: [3] },
      { name: 'w', dtype: 'int8', shape: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8], scale: [0.1, 0.2], axis: 0 },
      { name: 'b', dtype: 'int32', shape: [2], data: [10, 20], scale: [0.05, 0.1], axis: 0 },
      { name: 'y', dtype: 'int8', shape: [1, 2], scale: [1], zeroPoint: [-5] },
      { name: 'p', dtype: 'int8', shape: [1, 2], scale: [1 / 256], zeroPoint: [-128] },
    ],
    [
      { op: 'FULLY_CONNECTED', version: 4, inputs: [0, 1, 2], outputs: [3], options: ['FullyConnectedOptions', {}] },
      { op: 'SOFTMAX', version: 2, inputs: [3], outputs: [4], options: ['SoftmaxOptions', { beta: 1 }] },
    ],
    [0],
    [4],
  );

  it('are read with their parameters, and named as quantized', async () => {
    const { graph, quantized } = await read(file);
    expect(quantized).toBe("its tensor 'x' is int8 (scale 0.5, zero point 3)");
    const [fc, softmax] = graph.nodes;
    expect(fc.inputs[1]).toMatchObject({ dtype: 'int8', quant: { axis: 0, scale: Float32Array.of(0.1, 0.2) } });
    expect(fc.inputs[2]).toMatchObject({ dtype: 'int32', quant: { scale: Float32Array.of(0.05, 0.1) } });
    expect(softmax.outputs[0]).toMatchObject({ dtype: 'int8', quant: { scale: Float32Array.of(1 / 256), zeroPoint: Int32Array.of(-128) } });
  });

  it('keep parameters through operators that become several nodes', async () => {
    const q = { dtype: 'int8', scale: [0.25], zeroPoint: [7] } as const;
    const pack = build(
      [
        { name: 'a', shape: [2], ...q },
        { name: 'b', shape: [2], ...q },
        { name: 'y', shape: [2, 2], ...q },
      ],
      [{ op: 'PACK', version: 2, inputs: [0, 1], outputs: [2], options: ['PackOptions', { values_count: 2, axis: 0 }] }],
      [0, 1],
      [2],
    );
    const { graph } = await read(pack);
    expect(graph.nodes.map((n) => n.op)).toEqual(['Reshape', 'Reshape', 'Concat']);
    for (const n of graph.nodes) expect(n.outputs[0]).toMatchObject({ dtype: 'int8', quant: { scale: Float32Array.of(0.25) } });
  });
});

describe('what is not supported', () => {
  it('is told all at once, with the tensors that it writes', async () => {
    const file = build(
      [
        { name: 'x', shape: [2] },
        { name: 'a', shape: [2] },
        { name: 'b', shape: [2] },
        { name: 'c', shape: [2] },
        { name: 'd', shape: [2] },
      ],
      [
        { op: 'WHILE', inputs: [0], outputs: [1] },
        { op: 'CUSTOM', custom: 'FlexErf', inputs: [1], outputs: [2] },
        { op: 'CUSTOM', custom: 'FlexErf', inputs: [2], outputs: [3] },
        { op: 'RELU', inputs: [3], outputs: [4] },
      ],
      [0],
      [4],
    );
    const e = await refusal(file);
    expect(e).toBeInstanceOf(UnsupportedError);
    expect(e.message).toBe(
      'model.tflite uses operators that edgeml cannot read:\n' +
        "  WHILE: is control flow (node 'a')\n" +
        "  CUSTOM:FlexErf: is not supported (nodes 'b', 'c')\n" +
        'Replace them in the model, or cut off the part that holds them before the export; pre- and post-processing is usually better outside.',
    );
  });

  it('includes attributes that no kernel knows, also of several operators at once', async () => {
    const options = ['AddOptions', { fused_activation_function: 'TANH' }] as const;
    const file = build(
      [
        { name: 'x', shape: [2] },
        { name: 'a', shape: [2] },
        { name: 'b', shape: [2] },
      ],
      [
        { op: 'ADD', inputs: [0, 0], outputs: [1], options },
        { op: 'ADD', inputs: [1, 1], outputs: [2], options },
      ],
      [0],
      [2],
    );
    expect((await refusal(file)).message).toContain("ADD: has a fused activation that no kernel knows (nodes 'a', 'b')");
  });

  it.each([
    ['element types', { more: { type: 'COMPLEX64' } }, "Tensor 'y' has the element type COMPLEX64"],
    ['variables', { more: { is_variable: true } }, "Tensor 'y' is a variable"],
    ['external weights', { more: { external_buffer: 3 } }, 'external buffer 3'],
  ])('%s', async (_, more, text) => {
    const outputs = text.includes('external') ? [0] : [1];
    const x = text.includes('external') ? { name: 'y', shape: [2], ...more } : { name: 'x', shape: [2] };
    const file = build(
      [x, { name: 'y', shape: [2], ...more }],
      [{ op: 'RELU', inputs: [0], outputs: [1] }],
      outputs[0] === 0 ? [] : [0],
      [1],
    );
    const e = await refusal(file);
    expect(e).toBeInstanceOf(ModelError);
    expect(e.message).toContain(text);
  });
});

describe('damaged files', () => {
  const good = build(
    [
      { name: 'x', shape: [2, 3] },
      { name: 'w', shape: [4, 3], data: Array(12).fill(1) },
      { name: 'y', shape: [2, 4] },
    ],
    [{ op: 'FULLY_CONNECTED', inputs: [0, 1, -1], outputs: [2], options: ['FullyConnectedOptions', {}] }],
    [0],
    [2],
    signature({ x: 0 }, { y: 2 }),
  );

  it('say what is wrong and where', async () => {
    expect((await refusal(new Uint8Array(100))).message).toBe('model.tflite is not a TFLite model: its identifier at byte 4 is not TFL3.');
    const short = build(
      [
        { name: 'x', shape: [3] },
        { name: 'w', shape: [4], data: [1, 2, 3, 4] },
      ],
      [],
      [0],
      [1],
    );
    expect((await read(short)).graph.outputs[0].data).toHaveLength(4);
    const wrong = build(
      [
        { name: 'x', shape: [3] },
        { name: 'w', shape: [4], data: [1, 2, 3, 4], more: { shape: [5] } },
      ],
      [],
      [0],
      [1],
    );
    expect((await refusal(wrong)).message).toBe(
      "model.tflite: The constant 'w' is damaged: 16 bytes do not fill float32[5], which takes 20.",
    );
    const early = build(
      [
        { name: 'x', shape: [2] },
        { name: 'a', shape: [2] },
        { name: 'y', shape: [2] },
      ],
      [{ op: 'ADD', inputs: [0, 1], outputs: [2] }],
      [0],
      [2],
    );
    expect((await refusal(early)).message).toBe("model.tflite: Operator 0 (ADD) reads tensor 'a' before anything has written it.");
    const beyond = build([{ name: 'x', shape: [2] }], [{ op: 'RELU', inputs: [0], outputs: [9] }], [0], [0]);
    expect((await refusal(beyond)).message).toBe('model.tflite: Operator 0 refers to tensor 9; the model has 1 tensors.');
  });

  it('never do worse than a ModelError, whichever bit is flipped and wherever the file ends', async () => {
    const outcomes = new Map<string, number>();
    const attempt = async (bytes: Uint8Array) => {
      const outcome = await read(bytes).then(
        () => 'read',
        (e: unknown) => (e instanceof ModelError && e.message.includes('model.tflite') ? 'ModelError' : String(e)),
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    for (let at = 0; at < good.length; at++) {
      await attempt(good.slice(0, at));
      for (const bit of [0, 3, 7]) {
        const bytes = good.slice();
        bytes[at] ^= 1 << bit;
        await attempt(bytes);
      }
    }
    expect([...outcomes.keys()].sort()).toEqual(['ModelError', 'read']);
    expect(outcomes.get('ModelError')).toBeGreaterThan(good.length);
  });
});
