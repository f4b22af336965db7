import { describe, expect, it } from 'vitest';
import { attributeTypes } from '../../../src/formats/onnx/proto.js';
import { printGraph } from '../../../src/ir/print.js';
import { f32, fromNumbers } from '../../../src/ir/tensor.js';
import { verify } from '../../../src/ir/verify.js';
import { inferNode } from '../../../src/ops/evaluate.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { graphProto, type ModelSpec, type NodeSpec, nodeProto, read } from './build.js';

const relu: NodeSpec = { op: 'Relu', in: ['x'], out: ['y'] };
const one = (constants: ModelSpec['constants'], over: Partial<ModelSpec> = {}): ModelSpec => ({
  nodes: [{ op: 'Add', in: ['x', 'w'], out: ['y'] }],
  inputs: { x: 'float32[2]' },
  outputs: { y: 'float32[2]' },
  constants,
  ...over,
});
describe('graph', () => {
  it('has the names, types and order of the file', async () => {
    const { graph, format, fileSize, warnings, quantized } = await read({
      nodes: [
        { op: 'Neg', in: ['h'], out: ['y'] },
        { op: 'Relu', in: ['x'], out: ['h'], name: 'act' },
      ],
      inputs: { x: 'float32[1,4]' },
      outputs: { y: 'float32[1,4]' },
    });
    expect(printGraph(graph)).toBe(
      ['graph main(x: float32[1,4]) -> (y: float32[1,4])', '  h: float32[1,4] = Relu(x)', '  y: float32[1,4] = Neg(h)'].join('\n'),
    );
    expect(graph.nodes[0].name).toBe('act');
    expect({ format, warnings, quantized }).toEqual({ format: 'onnx', warnings: [], quantized: undefined });
    expect(fileSize).toBeGreaterThan(40);
    verify(graph, inferNode, 'read');
  });

  it('puts channels last around a convolution and keeps the names of layers and weights', async () => {
    const { graph } = await read({
      nodes: [
        { op: 'Conv', in: ['x', 'w', 'b'], out: ['y'], attrs: { pads: [1, 1, 1, 1], strides: [2, 2] } },
        { op: 'Relu', in: ['y'], out: ['z'] },
      ],
      inputs: { x: 'float32[1,3,8,6]' },
      outputs: { z: 'float32[1,5,4,3]' },
      constants: { w: f32([5, 3, 3, 3], new Float32Array(135)), b: f32([5], [0, 0, 0, 0, 0]) },
    });
    const conv = graph.nodes.find((n) => n.op === 'Conv2D');
    expect(graph.nodes.map((n) => n.op)).toEqual(['Transpose', 'Conv2D', 'Transpose', 'Relu']);
    expect(conv?.attrs).toMatchObject({ pads: [1, 1, 1, 1], strides: [2, 2], groups: 1 });
    expect(conv?.inputs.map((v) => v?.shape)).toEqual([[1, 8, 6, 3], [5, 3, 3, 3], [5]]);
    expect(conv?.inputs.slice(1).map((v) => v?.name)).toEqual(['w', 'b']);
    expect(conv?.outputs[0]).toMatchObject({ name: 'y', shape: [1, 4, 3, 5] });
  });

  it('makes a depthwise convolution of one group per channel', async () => {
    const { graph } = await read({
      nodes: [{ op: 'Conv', in: ['x', 'w'], out: ['y'], attrs: { group: 4 } }],
      inputs: { x: 'float32[1,4,5,5]' },
      outputs: { y: 'float32[1,8,3,3]' },
      constants: { w: f32([8, 1, 3, 3], new Float32Array(72)) },
    });
    const node = graph.nodes.find((n) => n.op === 'DepthwiseConv2D');
    expect(node?.inputs[1]?.shape).toEqual([1, 3, 3, 8]);
  });

  it('folds shape arithmetic away', async () => {
    const { graph } = await read({
      nodes: [
        { op: 'Shape', in: ['x'], out: ['s'] },
        { op: 'Gather', in: ['s', 'zero'], out: ['n'], attrs: { axis: 0 } },
        { op: 'Unsqueeze', in: ['n', 'axes'], out: ['n1'] },
        { op: 'Concat', in: ['n1', 'rest'], out: ['to'], attrs: { axis: 0 } },
        { op: 'Reshape', in: ['x', 'to'], out: ['y'] },
      ],
      inputs: { x: 'float32[batch,3,4]' },
      outputs: { y: 'float32[batch,12]' },
      constants: { zero: fromNumbers('int64', [], [0]), axes: fromNumbers('int64', [1], [0]), rest: fromNumbers('int64', [1], [-1]) },
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(['Reshape']);
    expect(graph.outputs[0].shape).toEqual([1, 12]);
  });

  it('leaves out what no output needs, even where it is not supported', async () => {
    const { graph } = await read({
      nodes: [relu, { op: 'Nonsense', in: ['x'], out: ['unused'] }],
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
    });
    expect(graph.nodes).toHaveLength(1);
  });

  it('gives an output that is an input, or an output twice, a node of its own', async () => {
    const { graph } = await read({
      nodes: [relu, { op: 'Identity', in: ['y'], out: ['again'] }, { op: 'Identity', in: ['x'], out: ['same'] }],
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]', again: 'float32[2]', same: 'float32[2]' },
    });
    expect(graph.outputs.map((v) => v.name)).toEqual(['y', 'again', 'same']);
    expect(graph.nodes.map((n) => n.op)).toEqual(['Relu', 'Identity', 'Identity']);
    verify(graph, inferNode, 'read');
  });

  it('takes an input with an initializer as a constant', async () => {
    const { graph } = await read(one({ w: f32([2], [1, 2]) }, { inputs: { x: 'float32[2]', w: 'float32[2]' } }));
    expect(graph.inputs.map((v) => v.name)).toEqual(['x']);
  });

  it('turns inputs into constants where their values are given', async () => {
    const spec: ModelSpec = {
      nodes: [{ op: 'Reshape', in: ['x', 'to'], out: ['y'] }],
      inputs: { x: 'float32[6]', to: 'int64[n]' },
      outputs: { y: 'float32' },
    };
    const { graph } = await read(spec, { inputValues: { to: fromNumbers('int64', [2], [3, 2]) } });
    expect(graph.inputs.map((v) => v.name)).toEqual(['x']);
    expect(graph.outputs[0].shape).toEqual([3, 2]);
  });
});

describe('shapes', () => {
  const spec: ModelSpec = { nodes: [relu], inputs: { x: 'float32[batch,3,h,w]' }, outputs: { y: 'float32' } };

  it('are those given, under the name or under the empty one', async () => {
    for (const name of ['x', '']) {
      const { graph } = await read(spec, { inputShapes: { [name]: [2, 3, 8, 6] } });
      expect(graph.inputs[0].shape).toEqual([2, 3, 8, 6]);
    }
  });

  it('share what a name stands for', async () => {
    const two: ModelSpec = {
      nodes: [{ op: 'Add', in: ['x', 'z'], out: ['y'] }],
      inputs: { x: 'float32[n,len]', z: 'float32[n,len]' },
      outputs: { y: 'float32' },
    };
    const { graph } = await read(two, { inputShapes: { x: [2, 7] } });
    expect(graph.inputs.map((v) => v.shape)).toEqual([
      [2, 7],
      [2, 7],
    ]);
  });
});

describe('functions', () => {
  const double = {
    name: 'Double',
    domain: 'local',
    input: ['a', 'b'],
    output: ['r'],
    attribute: ['alpha'],
    attributeProto: [{ name: 'slope', type: attributeTypes.FLOAT, f: 0.5 }],
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'local', version: 1 },
    ],
    node: [
      nodeProto({ op: 'LeakyRelu', in: ['a'], out: ['t'], attrs: { alpha: { ref: 'alpha', type: attributeTypes.FLOAT } } }),
      nodeProto({ op: 'LeakyRelu', in: ['t'], out: ['u'], attrs: { alpha: { ref: 'slope', type: attributeTypes.FLOAT } } }),
      nodeProto({ op: 'Clip', in: ['u', 'b'], out: ['r'] }),
    ],
  };
  const outer = {
    name: 'Outer',
    domain: 'local',
    input: ['a'],
    output: ['r'],
    attribute: ['k'],
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'local', version: 1 },
    ],
    node: [nodeProto({ op: 'Double', domain: 'local', in: ['a'], out: ['r'], attrs: { alpha: { ref: 'k', type: attributeTypes.FLOAT } } })],
  };

  it('are written out with their attributes, defaults and absent inputs', async () => {
    const { graph } = await read({
      nodes: [{ op: 'Outer', domain: 'local', name: 'f', in: ['x'], out: ['y'], attrs: { k: { float: 0.25 } } }],
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      model: {
        functions: [double, outer],
        opsetImport: [
          { domain: '', version: 21 },
          { domain: 'local', version: 1 },
        ],
      },
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(['LeakyRelu', 'LeakyRelu', 'Clip']);
    // -8 * 0.25 * 0.5
    expect(interpret(graph, [f32([2], [-8, 3])]).outputs[0].data).toEqual(Float32Array.of(-1, 3));
  });
});

describe('control flow', () => {
  const branch = (op: string): object => graphProto({ nodes: [{ op, in: ['x'], out: ['r'] }], inputs: {}, outputs: { r: 'float32[2]' } });

  it('takes the branch that a constant condition chooses', async () => {
    const { graph } = await read({
      nodes: [
        { op: 'Size', in: ['x'], out: ['n'] },
        { op: 'Greater', in: ['n', 'limit'], out: ['c'] },
        { op: 'If', in: ['c'], out: ['y'], attrs: { then_branch: { graph: branch('Neg') }, else_branch: { graph: branch('Abs') } } },
      ],
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      constants: { limit: fromNumbers('int64', [], [1]) },
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(['Neg']);
    expect(graph.outputs[0].name).toBe('y');
  });

  it('writes out loops of a known number of iterations', async () => {
    const body = graphProto({
      nodes: [
        { op: 'Add', in: ['h', 'x'], out: ['next'] },
        { op: 'Identity', in: ['go'], out: ['on'] },
        { op: 'Mul', in: ['next', 'next'], out: ['square'] },
      ],
      inputs: { i: 'int64[]', go: 'bool[]', h: 'float32[2]' },
      outputs: { on: 'bool[]', next: 'float32[2]', square: 'float32[2]' },
    });
    const { graph } = await read({
      nodes: [{ op: 'Loop', in: ['trips', '', 'x'], out: ['last', 'squares'], attrs: { body: { graph: body } } }],
      inputs: { x: 'float32[2]' },
      outputs: { last: 'float32[2]', squares: 'float32[3,2]' },
      constants: { trips: fromNumbers('int64', [], [3]) },
    });
    const { outputs } = interpret(graph, [f32([2], [1, 2])]);
    expect(outputs[0].data).toEqual(Float32Array.of(4, 8));
    expect(outputs[1].shape).toEqual([3, 2]);
    expect(outputs[1].data).toEqual(Float32Array.of(4, 16, 9, 36, 16, 64));
  });

  it('writes out scans over an axis of known length', async () => {
    const body = graphProto({
      nodes: [
        { op: 'Add', in: ['sum', 'row'], out: ['total'] },
        { op: 'Identity', in: ['total'], out: ['seen'] },
      ],
      inputs: { sum: 'float32[2]', row: 'float32[2]' },
      outputs: { total: 'float32[2]', seen: 'float32[2]' },
    });
    const { graph } = await read({
      nodes: [
        {
          op: 'Scan',
          in: ['start', 'x'],
          out: ['end', 'all'],
          attrs: { body: { graph: body }, num_scan_inputs: 1, scan_input_directions: [1] },
        },
      ],
      inputs: { x: 'float32[3,2]' },
      outputs: { end: 'float32[2]', all: 'float32[3,2]' },
      constants: { start: f32([2], [0, 0]) },
    });
    const { outputs } = interpret(graph, [f32([3, 2], [1, 2, 3, 4, 5, 6])]);
    expect(outputs.map((t) => Array.from(t.data as Float32Array))).toEqual([
      [9, 12],
      [5, 6, 8, 10, 9, 12],
    ]);
  });
});

describe('quantized models', () => {
  const grid = { s: f32([], [0.5]), z: fromNumbers('int8', [], [1]), q: fromNumbers('int8', [2], [3, -5]) };

  it('with integers for their weights only are read as float models', async () => {
    const model = await read(
      one(grid, {
        nodes: [
          { op: 'DequantizeLinear', in: ['q', 's', 'z'], out: ['w'] },
          { op: 'Add', in: ['x', 'w'], out: ['y'] },
        ],
      }),
    );
    expect(model.quantized).toBeUndefined();
    expect(interpret(model.graph, [f32([2], [0, 0])]).outputs[0].data).toEqual(Float32Array.of(1, -3));
  });

  it('have their weights read per axis and per block', async () => {
    const q = fromNumbers('int8', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
    const dequantized = async (attrs: NodeSpec['attrs'], s: ReturnType<typeof f32>): Promise<number[]> => {
      const { graph } = await read({
        nodes: [{ op: 'DequantizeLinear', in: ['q', 's'], out: ['y'], attrs }],
        inputs: {},
        outputs: { y: 'float32[2,4]' },
        constants: { q, s },
      });
      return Array.from(graph.outputs[0].data as Float32Array);
    };
    expect(await dequantized({ axis: 0 }, f32([2], [1, 10]))).toEqual([1, 2, 3, 4, 50, 60, 70, 80]);
    expect(await dequantized({ axis: 1, block_size: 2 }, f32([2, 2], [1, 10, 100, 1000]))).toEqual([1, 2, 30, 40, 500, 600, 7000, 8000]);
  });

  it('say where their activations become integers', async () => {
    const model = await read(
      one(grid, {
        nodes: [
          { op: 'QuantizeLinear', in: ['x', 's', 'z'], out: ['xq'] },
          { op: 'DequantizeLinear', in: ['xq', 's', 'z'], out: ['y'] },
        ],
      }),
    );
    expect(model.quantized).toBe("its activations are int8 from 'xq' on");
    expect(model.graph.nodes.map((n) => n.op)).toEqual(['Quantize', 'Dequantize']);
    expect(model.graph.nodes[0].outputs[0]).toMatchObject({
      dtype: 'int8',
      quant: { scale: Float32Array.of(0.5), zeroPoint: Int32Array.of(1) },
    });
  });
});

describe('operator sets', () => {
  it('newer than any known one are read with a warning', async () => {
    const { warnings } = await read({ nodes: [relu], inputs: { x: 'float32[2]' }, outputs: { y: 'float32[2]' }, opset: 99 });
    expect(warnings).toEqual(['The model uses ONNX operator set 99, newer than 28: its operators are read as in 28.']);
  });

  it('before 7 line operands up by an axis', async () => {
    const { graph } = await read({
      nodes: [{ op: 'Add', in: ['x', 'w'], out: ['y'], attrs: { broadcast: 1, axis: 0 } }],
      inputs: { x: 'float32[2,3]' },
      outputs: { y: 'float32[2,3]' },
      constants: { w: f32([2], [10, 20]) },
      opset: 6,
    });
    expect(interpret(graph, [f32([2, 3], [1, 2, 3, 4, 5, 6])]).outputs[0].data).toEqual(Float32Array.of(11, 12, 13, 24, 25, 26));
  });

  it('before 13 flatten what softmax works on', async () => {
    const { graph } = await read({
      nodes: [{ op: 'Softmax', in: ['x'], out: ['y'] }],
      inputs: { x: 'float32[1,2,2]' },
      outputs: { y: 'float32[1,2,2]' },
      opset: 11,
    });
    expect(interpret(graph, [f32([1, 2, 2], [1, 1, 1, 1])]).outputs[0].data).toEqual(Float32Array.of(0.25, 0.25, 0.25, 0.25));
  });
});
