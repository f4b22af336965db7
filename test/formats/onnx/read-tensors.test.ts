import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { isConstant } from '../../../src/ir/graph.js';
import { f32, fromNumbers, toNumbers } from '../../../src/ir/tensor.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { build, type ModelSpec, read, sourceOf } from './build.js';

const one = (constants: ModelSpec['constants'], over: Partial<ModelSpec> = {}): ModelSpec => ({
  nodes: [{ op: 'Add', in: ['x', 'w'], out: ['y'] }],
  inputs: { x: 'float32[2]' },
  outputs: { y: 'float32[2]' },
  constants,
  ...over,
});
const withInitializer = (initializer: object): ModelSpec => one({}, { graph: { initializer: [initializer] } });

/** The one constant operand of the one node. */
async function weight(spec: ModelSpec) {
  const { graph } = await read(spec);
  const w = graph.nodes.flatMap((n) => n.inputs).find(isConstant);
  return w && { dtype: w.dtype, shape: w.shape, values: Array.from(toNumbers({ ...w, data: w.data })) };
}

describe('tensors', () => {
  it('are views on the file where they are aligned', async () => {
    const weights = f32([1024], new Float32Array(1024).fill(3));
    const bytes = await build(one({ w: weights }, { inputs: { x: 'float32[1024]' }, outputs: { y: 'float32[1024]' } }));
    // The same file at each offset: at one of the four the weights are aligned.
    const shared: boolean[] = [];
    for (let shift = 0; shift < 4; shift++) {
      const room = new Uint8Array(bytes.length + 4);
      room.set(bytes, shift);
      const { graph } = await readOnnx(sourceOf(room.subarray(shift, shift + bytes.length)), {});
      const w = graph.nodes[0].inputs.find(isConstant);
      shared.push(w?.data.buffer === room.buffer);
      expect(w?.data[1023]).toBe(3);
    }
    expect(shared.filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['float32', 1, { floatData: [1.5, -2] }, [1.5, -2]],
    ['float64', 11, { doubleData: [1.5, -2] }, [1.5, -2]],
    ['int64', 7, { int64Data: [5, -7] }, [5, -7]],
    ['uint64', 13, { uint64Data: [5, 7] }, [5, 7]],
    ['uint32', 12, { uint64Data: [5, 4294967295] }, [5, 4294967295]],
    ['int32', 6, { int32Data: [5, -7] }, [5, -7]],
    ['int8', 3, { int32Data: [5, -7] }, [5, -7]],
    ['bool', 9, { int32Data: [1, 0] }, [1, 0]],
  ] as const)('are read from the field of their type: %s', async (dtype, dataType, fields, values) => {
    const { graph } = await read({
      nodes: [
        { op: 'Cast', in: ['w'], out: ['c'], attrs: { to: 1 } },
        { op: 'Add', in: ['x', 'c'], out: ['y'] },
        { op: 'Identity', in: ['w'], out: ['z'] },
      ],
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]', z: `${dtype}[2]` },
      graph: { initializer: [{ name: 'w', dims: [2], dataType, ...fields }] },
    });
    const z = graph.outputs[1];
    expect(z.dtype).toBe(dtype);
    expect(Array.from(toNumbers({ ...z, data: z.data as Float32Array }))).toEqual(values);
  });

  it('widen float16 and bfloat16', async () => {
    // 1.5 and -2 in binary16 (0x3e00, 0xc000) and as the upper halves of float32 (0x3fc0, 0xc000).
    expect(await weight(withInitializer({ name: 'w', dims: [2], dataType: 10, int32Data: [0x3e00, 0xc000] }))).toEqual({
      dtype: 'float32',
      shape: [2],
      values: [1.5, -2],
    });
    expect(await weight(withInitializer({ name: 'w', dims: [2], dataType: 10, rawData: Uint8Array.of(0, 0x3e, 0, 0xc0) }))).toEqual({
      dtype: 'float32',
      shape: [2],
      values: [1.5, -2],
    });
    expect(await weight(withInitializer({ name: 'w', dims: [2], dataType: 16, rawData: Uint8Array.of(0xc0, 0x3f, 0, 0xc0) }))).toEqual({
      dtype: 'float32',
      shape: [2],
      values: [1.5, -2],
    });
  });

  it('fill in the zeros of sparse ones', async () => {
    const sparse = {
      values: { name: 'w', dims: [1], dataType: 1, floatData: [4] },
      indices: { dims: [1], dataType: 7, int64Data: [1] },
      dims: [2],
    };
    expect(await weight(one({}, { graph: { sparseInitializer: [sparse] } }))).toEqual({ dtype: 'float32', shape: [2], values: [0, 4] });
  });

  it('are read from other files when they are needed', async () => {
    const external = (name: string, offset: string) => ({
      name,
      dims: [2],
      dataType: 1,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: 'weights.bin' },
        { key: 'offset', value: offset },
        { key: 'length', value: '8' },
      ],
    });
    const bytes = await build(one({}, { graph: { initializer: [external('w', '8'), external('unused', '800')] } }));
    const file = new Uint8Array(new Float32Array([9, 9, 1, 2]).buffer);
    const model = await readOnnx(sourceOf(bytes, { 'weights.bin': file }), {});
    expect(interpret(model.graph, [f32([2], [10, 10])]).outputs[0].data).toEqual(Float32Array.of(11, 12));
    expect(model.fileSize).toBe(bytes.length + 8);
  });

  it('of float16 models keep their type at the ends only', async () => {
    const { graph, warnings } = await read({
      nodes: [{ op: 'Add', in: ['x', 'w'], out: ['y'] }],
      inputs: { x: 'float16[2]' },
      outputs: { y: 'float16[2]' },
      constants: { w: fromNumbers('float16', [2], [1, 2]) },
    });
    expect(graph.nodes.map((n) => `${n.op}:${n.outputs[0].dtype}`)).toEqual(['Cast:float32', 'Add:float32', 'Cast:float16']);
    expect(warnings).toEqual(['The model computes in float16; it is read as float32, which holds all of it.']);
  });
});
