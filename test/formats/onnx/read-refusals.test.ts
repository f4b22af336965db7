import { describe, expect, it } from 'vitest';
import { ModelError, NeedsConstantError, UnsupportedError } from '../../../src/errors.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { f32, fromNumbers } from '../../../src/ir/tensor.js';
import { build, graphProto, type ModelSpec, type NodeSpec, nodeProto, read, refusal, sourceOf } from './build.js';

const relu: NodeSpec = { op: 'Relu', in: ['x'], out: ['y'] };
const simple: ModelSpec = { nodes: [relu], inputs: { x: 'float32[2]' }, outputs: { y: 'float32[2]' } };
const using = (over: Partial<ModelSpec>): ModelSpec => ({ ...simple, ...over });

describe('a file that is no model', () => {
  it('is refused with what is wrong', async () => {
    const bytes = await build(simple);
    const ending = async (b: Uint8Array): Promise<string> => {
      const caught = await Promise.resolve(readOnnx(sourceOf(b), {})).catch((e: unknown) => e);
      expect(caught).toBeInstanceOf(ModelError);
      return (caught as Error).message;
    };
    expect(await ending(bytes.subarray(0, bytes.length - 5))).toBe(
      'model.onnx is not a readable ONNX file: it ends in the middle of a field. It may be truncated or corrupted.',
    );
    expect(await ending(new Uint8Array(0))).toBe('model.onnx: the file holds no graph; it is not an ONNX model or is truncated.');
    expect(await ending(Uint8Array.of(0xff, 0xff, 0xff))).toMatch(/^model.onnx is not a readable ONNX file: /);
  });

  it('in an operator set that is too old says what to do', async () => {
    expect(await refusal(using({ opset: 5 }))).toBe(
      'model.onnx: the model uses ONNX operator set 5; edgeml reads 6 to 28. Convert it with onnx.version_converter.',
    );
  });
});

describe('a graph that makes no sense', () => {
  it.each<[string, Partial<ModelSpec>, string]>([
    [
      'a circle',
      {
        nodes: [
          { op: 'Add', in: ['x', 'b'], out: ['y'], name: 'first' },
          { op: 'Neg', in: ['y'], out: ['b'], name: 'second' },
        ],
      },
      "Graph 'main': nodes read each other's results in a circle: 'first', 'second'. The file may be corrupted.",
    ],
    ['two writers', { nodes: [relu, { op: 'Neg', in: ['x'], out: ['y'], name: 'n' }] }, "Graph 'main': nodes 'y' and 'n' both write 'y'."],
    [
      'a missing value',
      { nodes: [{ op: 'Relu', in: ['z'], out: ['y'] }] },
      "Node 'y' (Relu) reads 'z', which no node, input or initializer makes.",
    ],
    ['a missing output', { nodes: [] }, "the graph's output 'y' is made by no node, input or initializer."],
    ['no outputs', { outputs: {} }, 'the graph has no outputs. The file may be truncated.'],
    [
      'a missing input',
      { nodes: [{ op: 'Add', in: ['x', ''], out: ['y'] }] },
      "Node 'y' (Add) with inputs float32[2], -: Add needs its input 'b'.",
    ],
    [
      'a wrong attribute',
      { nodes: [{ op: 'Flatten', in: ['x'], out: ['y'], attrs: { axis: 'one' } }] },
      "Node 'y' (Flatten): its attribute 'axis' is of type STRING, not INT.",
    ],
    [
      'shapes that do not fit',
      { nodes: [{ op: 'Add', in: ['x', 'w'], out: ['y'] }], constants: { w: f32([3], [1, 2, 3]) } },
      "Node 'y' (Add) with inputs float32[2], float32[3]: shapes [2] and [3] do not broadcast.",
    ],
  ])('%s', async (_, over, sentence) => {
    expect(await refusal(using(over))).toBe(`model.onnx: ${sentence}`);
  });

  it('a function that calls itself', async () => {
    const opsetImport = [
      { domain: '', version: 21 },
      { domain: 'l', version: 1 },
    ];
    const call = nodeProto({ op: 'F', domain: 'l', in: ['a'], out: ['b'] });
    const functions = [{ name: 'F', domain: 'l', input: ['a'], output: ['b'], opsetImport, node: [call] }];
    const spec = using({ nodes: [{ op: 'F', domain: 'l', in: ['x'], out: ['y'] }], model: { functions, opsetImport } });
    expect(await refusal(spec)).toBe("model.onnx: Function 'F' is nested more than 50 deep; it may call itself.");
  });

  it('functions that multiply beyond all bounds', async () => {
    const opsetImport = [
      { domain: '', version: 21 },
      { domain: 'l', version: 1 },
    ];
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `F${i}`,
      domain: 'l',
      input: ['a'],
      output: ['b'],
      opsetImport,
      node:
        i === 39
          ? [nodeProto({ op: 'Neg', in: ['a'], out: ['b'] })]
          : [
              nodeProto({ op: `F${i + 1}`, domain: 'l', in: ['a'], out: ['m'] }),
              nodeProto({ op: `F${i + 1}`, domain: 'l', in: ['m'], out: ['b'] }),
            ],
    }));
    const spec = using({ nodes: [{ op: 'F0', domain: 'l', in: ['x'], out: ['y'] }], model: { functions, opsetImport } });
    expect(await refusal(spec)).toBe('model.onnx: The model has more than 200000 nodes once functions and loops are written out.');
  });
});

describe('tensors', () => {
  it.each<[string, object, string]>([
    [
      'too few bytes',
      { dims: [2], dataType: 1, rawData: new Uint8Array(7) },
      "Initializer 'w' is float32[2], which takes 8 bytes, but 7 are stored. The file may be corrupted.",
    ],
    [
      'no values',
      { dims: [2], dataType: 1 },
      "Initializer 'w' is float32[2], which takes 2 values, but none are stored. The file may be corrupted.",
    ],
    [
      'absurd dimensions',
      { dims: [1e9, 1e9], dataType: 1 },
      "Initializer 'w' has the shape [1000000000,1000000000], which is no usable size. The file may be corrupted.",
    ],
    [
      'negative dimensions',
      { dims: [-2], dataType: 1 },
      "Initializer 'w' has the shape [-2], which is no usable size. The file may be corrupted.",
    ],
    ['text', { dims: [2], dataType: 8 }, "Initializer 'w' has the element type STRING, which edgeml does not support."],
    ['8-bit floats', { dims: [2], dataType: 17 }, "Initializer 'w' has the element type FLOAT8E4M3FN, which edgeml does not support."],
    ['4-bit integers', { dims: [2], dataType: 22 }, "Initializer 'w' has the element type INT4, which edgeml does not support."],
    ['complex numbers', { dims: [2], dataType: 14 }, "Initializer 'w' has the element type COMPLEX64, which edgeml does not support."],
    [
      'nowhere',
      { dims: [2], dataType: 1, dataLocation: 1 },
      "Initializer 'w' is stored outside the file but does not say where (external_data has no 'location').",
    ],
    [
      'beyond another file',
      {
        dims: [2],
        dataType: 1,
        dataLocation: 1,
        externalData: [
          { key: 'location', value: 'w.bin' },
          { key: 'offset', value: '4' },
        ],
      },
      "Initializer 'w' takes 8 bytes but 'w.bin' holds 4 from byte 4 on.",
    ],
    [
      'at no offset',
      {
        dims: [2],
        dataType: 1,
        dataLocation: 1,
        externalData: [
          { key: 'location', value: 'w.bin' },
          { key: 'offset', value: '-4' },
        ],
      },
      "Initializer 'w' has the external_data offset '-4', which is no number.",
    ],
  ])('%s', async (_, fields, sentence) => {
    const nodes = [{ op: 'Add', in: ['x', 'w'], out: ['y'] }];
    const bytes = await build(using({ nodes, graph: { initializer: [{ name: 'w', ...fields }] } }));
    await expect(async () => readOnnx(sourceOf(bytes, { 'w.bin': new Uint8Array(8) }), {})).rejects.toThrow(
      new ModelError(`model.onnx: ${sentence}`),
    );
  });

  it('weights that are no numbers', async () => {
    const spec: ModelSpec = {
      nodes: [{ op: 'Conv', in: ['x', 'w'], out: ['y'], name: 'conv1' }],
      inputs: { x: 'float32[1,1,4,4]' },
      outputs: { y: 'float32' },
      constants: { w: f32([1, 1, 1, 2], [1, Number.NaN]) },
    };
    expect(await refusal(spec)).toBe("model.onnx: 'w', a weight of node 'conv1' (Conv), holds NaN at index 1. Export the model again.");
  });
});

describe('inputs', () => {
  const spec = using({
    inputs: { image: 'float32[batch,3,height,?]' },
    nodes: [{ op: 'Relu', in: ['image'], out: ['y'] }],
    outputs: { y: 'float32' },
  });

  it.each<[string, Record<string, number[]>, string]>([
    [
      'left free',
      {},
      "Input 'image' [batch, 3, height, ?] leaves dimension 2 ('height') and dimension 3 free. Give its shape, e.g. --input-shape image=1,3,224,224.",
    ],
    [
      'of another rank',
      { image: [1, 3, 8] },
      "The shape [1,3,8] given for input 'image' has 3 dimensions, but the model declares 4: [batch, 3, height, ?].",
    ],
    [
      'that contradict',
      { image: [1, 4, 8, 8] },
      "The shape [1,4,8,8] given for input 'image' contradicts the model, which declares [batch, 3, height, ?]: dimension 1 is 3.",
    ],
    ['misspelt', { imgae: [1, 3, 8, 8] }, "The model has no input 'imgae'. Did you mean 'image'?"],
    ['unknown', { sound: [1] }, "The model has no input 'sound'. Its inputs are 'image'."],
    ['that are no shape', { image: [1, 3, -8, 8] }, "The shape [1,3,-8,8] given for input 'image' is no shape."],
  ])('%s', async (_, inputShapes, sentence) => {
    expect(await refusal(spec, { inputShapes })).toBe(`model.onnx: ${sentence}`);
  });

  it('without a declared rank', async () => {
    expect(await refusal(using({ inputs: { x: 'float32' } }))).toBe(
      "model.onnx: Input 'x' has no declared shape. Give one, e.g. --input-shape x=1,3,224,224.",
    );
  });

  it('of types that the graph cannot hold', async () => {
    expect(await refusal(using({ inputs: { x: 'type8[2]' } }))).toBe(
      "model.onnx: Input 'x' has the element type STRING, which edgeml does not support.",
    );
    const sequence = { input: [{ name: 'x', type: { sequenceType: {} } }] };
    expect(await refusal(using({ graph: sequence }))).toBe(
      "model.onnx: Input 'x' is a sequence; edgeml reads models whose inputs are tensors.",
    );
  });

  it('with values of another type or shape', async () => {
    expect(await refusal(simple, { inputValues: { x: fromNumbers('int32', [2], [1, 2]) } })).toBe(
      "model.onnx: The value given for input 'x' is int32, but the model declares float32.",
    );
    expect(await refusal(simple, { inputValues: { x: f32([3], [1, 2, 3]) } })).toMatch(/contradicts the model, which declares \[2\]/);
  });
});

describe('what edgeml does not support', () => {
  it('is listed all at once, with the nodes', async () => {
    const body = graphProto({ nodes: [{ op: 'SequenceEmpty', in: [], out: ['r'] }], inputs: {}, outputs: { r: 'float32' } });
    const spec: ModelSpec = {
      nodes: [
        { op: 'Nonsense', in: ['x'], out: ['a'], name: 'n1' },
        { op: 'Relu', in: ['a'], out: ['b'] },
        { op: 'Nonsense', in: ['b'], out: ['c'], name: 'n2' },
        { op: 'Fancy', domain: 'com.example', in: ['c'], out: ['d'], name: 'f' },
        { op: 'If', in: ['yes'], out: ['e'], attrs: { then_branch: { graph: body }, else_branch: { graph: body } } },
        { op: 'MaxPool', in: ['x'], out: ['p', 'i'], attrs: { kernel_shape: [1, 1, 1] }, name: 'pool' },
        { op: 'Concat', in: ['d', 'e', 'p'], out: ['y'], attrs: { axis: 0 } },
      ],
      inputs: { x: 'float32[1,1,2,2,2]' },
      outputs: { y: 'float32' },
      constants: { yes: fromNumbers('bool', [], [1]) },
    };
    const caught = await read(spec).catch((e: unknown) => e);
    expect(caught).toBeInstanceOf(UnsupportedError);
    expect((caught as Error).message).toBe(
      [
        'model.onnx: the model uses operators that edgeml does not support:',
        "  Nonsense: is an operator that edgeml does not support (nodes 'n1', 'n2')",
        "  com.example.Fancy: is of the domain 'com.example', which edgeml does not read (node 'f')",
        "  SequenceEmpty: works on sequences, which edgeml does not support (node 'e/then_branch/r')",
        "  MaxPool: works on 3-D data; edgeml goes up to 2-D (node 'pool')",
        'Replace them in the model, or cut off the part that holds them before the export; pre- and post-processing is usually better outside.',
      ].join('\n'),
    );
  });

  it('may be a value that is not known, with the input it depends on', async () => {
    const spec: ModelSpec = {
      nodes: [
        { op: 'Add', in: ['size', 'size'], out: ['twice'] },
        { op: 'Reshape', in: ['x', 'twice'], out: ['y'], name: 'r' },
      ],
      inputs: { x: 'float32[4]', size: 'int64[1]' },
      outputs: { y: 'float32' },
    };
    const caught = await read(spec).catch((e: unknown) => e);
    expect(caught).toBeInstanceOf(NeedsConstantError);
    expect(caught).toMatchObject({
      input: 'size',
      message:
        "model.onnx: Node 'r' (Reshape) needs its input 1 ('twice') when the model is read, but it depends on the model's input 'size'. Fix the value of 'size' (inputValues of load).",
    });
  });

  it('may be an output that is not computed', async () => {
    const spec: ModelSpec = {
      nodes: [{ op: 'MaxPool', in: ['x'], out: ['p', 'at'], attrs: { kernel_shape: [2, 2] }, name: 'pool' }],
      inputs: { x: 'float32[1,1,4,4]' },
      outputs: { p: 'float32', at: 'int64' },
    };
    expect(await refusal(spec)).toMatch(/MaxPool: gives the indices of the maxima, which edgeml does not compute \(node 'pool'\)/);
    expect((await read({ ...spec, outputs: { p: 'float32' } })).graph.outputs).toHaveLength(1);
  });

  it('may be that the model is quantized already', async () => {
    const spec: ModelSpec = {
      nodes: [{ op: 'MatMulInteger', in: ['x', 'w'], out: ['y'], name: 'q' }],
      inputs: { x: 'int8[1,2]' },
      outputs: { y: 'int32[1,2]' },
      constants: { w: fromNumbers('int8', [2, 2], [1, 2, 3, 4]) },
    };
    expect(await refusal(spec)).toMatch(/\(and is quantized already: it computes with MatMulInteger at 'q'\)/);
  });
});
