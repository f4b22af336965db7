import { afterAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { fromNumbers, type Tensor } from '../../src/ir/tensor.js';
import type { DType } from '../../src/ir/types.js';
import { litert, litertHeap } from '../../src/runtime/litert.js';
import type { Session } from '../../src/runtime/types.js';
import { build, signature, type T } from '../formats/tflite/build.js';

const open: Session[] = [];
async function load(bytes: Uint8Array): Promise<Session> {
  const session = await litert.load(bytes);
  open.push(session);
  return session;
}
afterAll(async () => {
  for (const s of open) await s.close();
});

const f32 = (shape: readonly number[], ...values: number[]): Tensor => fromNumbers('float32', shape, values);
const numbers = (t: Tensor): number[] => Array.from(t.data as Float32Array, Number);
const refusal = (p: Promise<unknown>): Promise<unknown> =>
  p.then(
    () => 'no error',
    (e: unknown) => (e instanceof ModelError ? e.message : e),
  );

describe('element types', () => {
  const values: Record<string, readonly number[]> = {
    float32: [1.5, -2],
    int8: [-128, 127],
    uint8: [0, 255],
    int16: [-32768, 32767],
    int32: [-2147483648, 7],
    int64: [-9007199254740991, 7],
    bool: [1, 0],
  };
  it.each(Object.keys(values))('%s goes in and comes out as it is', async (dtype) => {
    const t: T = { name: 'x', dtype: dtype as DType, shape: [1, 2] };
    const shape: T = { dtype: 'int32', shape: [1], data: [2] };
    const session = await load(
      build([t, shape, { ...t, name: 'y', shape: [2] }], [{ op: 'RESHAPE', inputs: [0, 1], outputs: [2] }], [0], [2]),
    );
    expect(session.inputs).toEqual([{ name: 'x', dtype, shape: [1, 2] }]);
    const [y] = await session.run([fromNumbers(dtype as DType, [1, 2], values[dtype])]);
    expect(y.dtype).toBe(dtype);
    expect(numbers(y)).toEqual(values[dtype]);
  });

  it('carry the parameters of quantized ports', async () => {
    const q = { dtype: 'int8', shape: [2], scale: [0.5], zeroPoint: [-3] } as const;
    const session = await load(
      build(
        [
          { name: 'x', ...q },
          { name: 'y', ...q },
        ],
        [{ op: 'RELU', version: 2, inputs: [0], outputs: [1] }],
        [0],
        [1],
      ),
    );
    expect(session.outputs[0].quant).toEqual({ scale: Float32Array.of(0.5), zeroPoint: Int32Array.of(-3) });
    // relu of the real 0.5 * (q + 3): nothing below the zero point.
    expect(numbers((await session.run([fromNumbers('int8', [2], [-10, 10])]))[0])).toEqual([-3, 10]);
  });
});

describe('ports', () => {
  const tensors: T[] = [
    { name: 'a', shape: [2] },
    { name: 'b', shape: [2] },
    { name: 'sum', shape: [2] },
    { name: 'difference', shape: [2] },
  ];
  const ops = [
    { op: 'ADD', inputs: [0, 1], outputs: [2] },
    { op: 'SUB', inputs: [0, 1], outputs: [3] },
  ];
  const given = [f32([2], 10, 20), f32([2], 1, 2)];

  it.each([
    ['without a signature', {}, ['a', 'b'], ['sum', 'difference']],
    ['in the signature’s order', signature({ x: 0, y: 1 }, { first: 2, second: 3 }), ['x', 'y'], ['first', 'second']],
    ['in the signature’s other order', signature({ y: 1, x: 0 }, { second: 3, first: 2 }), ['x', 'y'], ['first', 'second']],
    ['with names that mislead', signature({ b: 0, a: 1 }, { difference: 2, sum: 3 }), ['b', 'a'], ['difference', 'sum']],
  ])('keep the graph’s order %s', async (_, more, ins, outs) => {
    const session = await load(build(tensors, ops, [0, 1], [2, 3], more));
    expect([session.inputs.map((p) => p.name), session.outputs.map((p) => p.name)]).toEqual([ins, outs]);
    expect((await session.run(given)).map(numbers)).toEqual([
      [11, 22],
      [9, 18],
    ]);
  });

  it('with a free batch run as declared', async () => {
    const t: T = { name: 'x', shape: [1, 2], signature: [-1, 2] };
    const session = await load(build([t, { ...t, name: 'y' }], [{ op: 'NEG', inputs: [0], outputs: [1] }], [0], [1]));
    expect(session.inputs[0].shape).toEqual([1, 2]);
    expect(numbers((await session.run([f32([1, 2], 1, 2)]))[0])).toEqual([-1, -2]);
  });

  it('whose shape is computed are settled before the first run', async () => {
    // SHAPE -> PACK -> RESHAPE at the end: LiteRT itself returns what happens to lie in memory.
    const file = build(
      [
        { name: 'x', shape: [1, 6], signature: [-1, 6] },
        { dtype: 'int32', shape: [2] },
        { dtype: 'int32', shape: [1], data: [0] },
        { dtype: 'int32', shape: [1], data: [1] },
        { dtype: 'int32', shape: [1], data: [1] },
        { dtype: 'int32', shape: [] },
        { dtype: 'int32', shape: [], data: [3] },
        { dtype: 'int32', shape: [], data: [2] },
        { dtype: 'int32', shape: [3] },
        { name: 'y', shape: [1, 3, 2], signature: [-1, 3, 2] },
      ],
      [
        { op: 'SHAPE', inputs: [0], outputs: [1], options: ['ShapeOptions', { out_type: 'INT32' }] },
        { op: 'STRIDED_SLICE', inputs: [1, 2, 3, 4], outputs: [5], options: ['StridedSliceOptions', { shrink_axis_mask: 1 }] },
        { op: 'PACK', inputs: [5, 6, 7], outputs: [8], options: ['PackOptions', { values_count: 3 }] },
        { op: 'RESHAPE', inputs: [0, 8], outputs: [9] },
      ],
      [0],
      [9],
    );
    const session = await load(file);
    for (let i = 0; i < 3; i++) {
      const [y] = await session.run([f32([1, 6], 1, 2, 3, 4, 5, i)]);
      expect([y.shape, numbers(y)]).toEqual([
        [1, 3, 2],
        [1, 2, 3, 4, 5, i],
      ]);
    }
  });

  it('whose size an input decides are refused', async () => {
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
    expect(await refusal(load(file))).toContain("it depends on the model's input 'target'");
  });

  it('hand out tensors that later runs leave alone', async () => {
    const session = await load(build(tensors, ops, [0, 1], [2, 3]));
    const first = await session.run(given);
    await session.run([f32([2], 0, 0), f32([2], 0, 0)]);
    expect(numbers(first[0])).toEqual([11, 22]);
  });
});

describe('refusals', () => {
  it('are the runtime’s own words', async () => {
    // LiteRT finds out only when it allocates tensors, and says so only in its log.
    const conv = build(
      [
        { name: 'x', shape: [1, 3, 3, 1] },
        { shape: [1, 3, 3, 1], data: Array(9).fill(1) },
        { name: 'y', shape: [1, 1, 1, 1] },
      ],
      [{ op: 'CONV_2D', inputs: [0, 1], outputs: [2], options: ['Conv2DOptions', { padding: 'VALID', stride_h: 1, stride_w: 1 }] }],
      [0],
      [2],
    );
    const run = load(conv).then((s) => s.run([f32([1, 3, 3, 1], ...Array(9).fill(1))]));
    expect(await refusal(run)).toMatch(
      /^LiteRT cannot run the model: .*has_bias was not true; Node number 0 \(CONV_2D\) failed to prepare/,
    );
  });

  it('of operator versions that it does not know', async () => {
    const file = build(
      [
        { name: 'x', shape: [2] },
        { name: 'y', shape: [2] },
      ],
      [{ op: 'RELU', version: 99, inputs: [0], outputs: [1] }],
      [0],
      [1],
    );
    expect(await refusal(load(file))).toContain("Didn't find op for builtin opcode 'RELU' version '99'");
  });

  it('of what it would answer with garbage', async () => {
    const tensors: T[] = [
      { name: 'x', shape: [2] },
      { name: 'y', shape: [2] },
    ];
    const ops = [{ op: 'NEG', inputs: [0], outputs: [1] }];
    for (const outputs of [
      [1, 0],
      [1, 1],
    ]) {
      expect(await refusal(load(build(tensors, ops, [0], outputs)))).toContain('is also an input, or there twice');
    }
  });

  it('of bytes that are no model', async () => {
    expect(await refusal(litert.load(new Uint8Array(64)))).toBe('The model is not a TFLite model: its identifier at byte 4 is not TFL3.');
    const file = build(
      [
        { name: 'x', shape: [2] },
        { name: 'y', shape: [2] },
      ],
      [{ op: 'NEG', inputs: [0], outputs: [1] }],
      [0],
      [1],
    );
    expect(await refusal(litert.load(file.slice(0, 200)))).toContain('The model is corrupt or cut short');
  });

  it('of inputs that do not fit', async () => {
    const session = await load(
      build(
        [
          { name: 'x', shape: [2] },
          { name: 'y', shape: [2] },
        ],
        [{ op: 'NEG', inputs: [0], outputs: [1] }],
        [0],
        [1],
      ),
    );
    expect(await refusal(session.run([f32([3], 1, 2, 3)]))).toBe("Input 'x' of the model is float32[2]; it was given float32[3].");
    expect(await refusal(session.run([fromNumbers('int32', [2], [1, 2])]))).toBe(
      "Input 'x' of the model is float32[2]; it was given int32[2].",
    );
    expect(await refusal(session.run([]))).toBe('The model takes 1 inputs, not 0.');
    await session.close();
    expect(await refusal(session.run([f32([2], 1, 2)]))).toBe('The LiteRT session is closed. Load the model again.');
  });
});

describe('the shared instance', () => {
  const neg = (size: number) =>
    build(
      [
        { name: 'x', shape: [size] },
        { name: 'y', shape: [size] },
      ],
      [{ op: 'NEG', inputs: [0], outputs: [1] }],
      [0],
      [1],
    );

  it('does not grow with the number of sessions', async () => {
    const size = 1 << 18;
    const file = neg(size);
    const x = fromNumbers('float32', [size], new Float32Array(size).fill(2));
    const cycle = async () => {
      const session = await litert.load(file);
      const [y] = await session.run([x]);
      await session.close();
      return y.data[size - 1];
    };
    for (let i = 0; i < 20; i++) await cycle();
    const before = await litertHeap();
    for (let i = 0; i < 300; i++) expect(await cycle()).toBe(-2);
    expect(await litertHeap()).toBe(before);
  });

  it('is replaced after a crash of the runtime', async () => {
    const bystander = await litert.load(neg(2));
    // The comparison kernels have no case for uint8 without parameters and abort.
    const u: T = { dtype: 'uint8', shape: [2] };
    const crash = build(
      [
        { ...u, name: 'a' },
        { ...u, name: 'b' },
        { name: 'y', dtype: 'bool', shape: [2] },
      ],
      [{ op: 'GREATER', inputs: [0, 1], outputs: [2] }],
      [0, 1],
      [2],
    );
    const doomed = await litert.load(crash);
    const x = fromNumbers('uint8', [2], [1, 2]);
    expect(await refusal(doomed.run([x, x]))).toContain('LiteRT cannot run the model: Aborted');
    await doomed.close();
    expect(await refusal(bystander.run([f32([2], 1, 2)]))).toBe(
      'The LiteRT session is lost: the runtime crashed in the meantime. Load the model again.',
    );
    await bystander.close();
    const session = await load(neg(2));
    expect(numbers((await session.run([f32([2], 1, 2)]))[0])).toEqual([-1, -2]);
  });
});
