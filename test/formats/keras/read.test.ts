import { describe, expect, it } from 'vitest';
import { archive, hdf5, legacyFile, store, type Weight, weightData } from '../../../fixtures/keras/write.js';
import { ModelError, UnsupportedError } from '../../../src/errors.js';
import { readKeras } from '../../../src/formats/keras/read.js';
import type { ReadOptions } from '../../../src/formats/types.js';
import { f32, fromNumbers, toNumbers } from '../../../src/ir/tensor.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { inMemory } from './memory.js';

const layer = (className: string, config: object = {}) => ({ module: 'keras.layers', class_name: className, config });
const input = (shape: readonly (number | null)[], name = 'x', dtype = 'float32') =>
  layer('InputLayer', { batch_shape: [null, ...shape], name, dtype });
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { name: 'model', layers } });
const weight = (path: string, shape: readonly number[], k = 0): Weight => ({ path, shape, data: weightData(shape, k) });
const filled = (path: string, shape: readonly number[], data: readonly number[]): Weight => ({
  path,
  shape,
  data: Float32Array.from(data),
});

const read = async (config: object, weights: readonly Weight[] = [], options: ReadOptions = {}) =>
  readKeras(inMemory(await archive(config, weights)), options);
const failure = async (result: unknown): Promise<ModelError> => {
  const e = await Promise.resolve(result).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(e).toBeInstanceOf(ModelError);
  return e as ModelError;
};
const message = async (result: unknown): Promise<string> => (await failure(result)).message;

describe('names', () => {
  it('are those of the layers, with what a layer is made of behind a slash', async () => {
    const model = sequential(
      input([4, 4, 1]),
      layer('Conv2D', { name: 'stem', filters: 2, kernel_size: [3, 3], activation: 'relu' }),
      layer('Flatten', { name: 'flat' }),
      layer('Dense', { name: 'head', units: 2 }),
    );
    const { graph } = await read(model, [
      weight('layers/conv2d/vars/0', [3, 3, 1, 2]),
      weight('layers/conv2d/vars/1', [2]),
      weight('layers/dense/vars/0', [8, 2]),
      weight('layers/dense/vars/1', [2]),
    ]);
    expect(graph.nodes.map((n) => [n.name, n.outputs[0].name])).toEqual([
      ['stem/Conv2D', 'stem/Conv2D'],
      ['stem', 'stem'],
      ['flat', 'flat'],
      ['head', 'head'],
    ]);
    expect(graph.nodes[0].inputs.map((v) => v?.name)).toEqual(['x', 'stem/kernel', 'stem/bias']);
  });

  it('have the models around them where a layer name occurs twice', async () => {
    const inner = (name: string) => ({ ...sequential(input([3], `${name}_in`), layer('ReLU', { name: 'act' })), name });
    const models = ['a', 'b'].map((name) => ({ class_name: 'Sequential', config: { ...inner(name).config, name } }));
    const { graph } = await read(sequential(input([3]), ...models, layer('ReLU', { name: 'last' })));
    expect(graph.nodes.map((n) => n.name)).toEqual(['a/act', 'b/act', 'last']);
  });

  it('of an input that a first layer implies are Keras 2’s', async () => {
    const model = sequential({ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } });
    const file = await legacyFile(model, { d: [weight('d/kernel:0', [2, 1])] });
    const { graph } = await readKeras(inMemory(file), {});
    expect(graph.inputs.map((v) => v.name)).toEqual(['d_input']);
  });
});

describe('shapes', () => {
  const open = sequential(input([null, null, 3], 'image'), layer('GlobalAveragePooling2D', { name: 'pool' }));

  it('leave the batch at 1 and ask for the rest', async () => {
    expect(await message(read(open))).toBe(
      "model.keras: Input 'image' [?, ?, ?, 3] leaves dimension 1 and dimension 2 free. Give its shape, e.g. --input-shape image=1,96,96,3.",
    );
  });

  it('are taken by name or for the only input', async () => {
    for (const name of ['image', '']) {
      const { graph } = await read(open, [], { inputShapes: { [name]: [2, 5, 6, 3] } });
      expect(graph.inputs[0].shape).toEqual([2, 5, 6, 3]);
      expect(graph.outputs[0].shape).toEqual([2, 3]);
    }
  });

  it('must fit the model', async () => {
    expect(await message(read(open, [], { inputShapes: { image: [1, 5, 6, 4] } }))).toContain('declares [?, ?, ?, 3]: dimension 3 is 3');
    expect(await message(read(open, [], { inputShapes: { image: [1, 5] } }))).toContain('has 2 dimensions, but the model declares 4');
    expect(await message(read(open, [], { inputShapes: { imagge: [1, 5, 6, 3] } }))).toContain("no input 'imagge'. Did you mean 'image'?");
  });

  it('and values can be given, which makes the input a constant', async () => {
    const { graph } = await read(sequential(input([2])), [], { inputValues: { x: f32([1, 2], [1, 2]) } });
    expect(graph.inputs).toEqual([]);
    expect([...toNumbers(graph.outputs[0] as never)]).toEqual([1, 2]);
  });
});

describe('weights', () => {
  const dense = sequential(input([2]), layer('Dense', { name: 'd', units: 1 }));

  it('must have the shapes that the configuration asks for', async () => {
    const wrong = [weight('layers/dense/vars/0', [3, 1]), weight('layers/dense/vars/1', [1])];
    expect(await message(read(dense, wrong))).toBe(
      "model.keras: Layer 'd' (Dense): its weight 'kernel' has the shape [3,1] in the file (/layers/dense/vars/0), but its configuration and input ask for [2,1].",
    );
  });

  it('must be all there', async () => {
    expect(await message(read(dense, [weight('layers/dense/vars/0', [2, 1])]))).toBe(
      "model.keras: Layer 'd' (Dense) needs 2 (kernel, bias) weights, but the file has 1 (0). It holds another version of the model or is damaged.",
    );
  });

  it.each(['_layer_checkpoint_dependencies/dense/vars/', 'layers\\dense/vars/'])(
    'are found as other versions store them: %s',
    async (prefix) => {
      const { graph } = await read(dense, [filled(`${prefix}0`, [2, 1], [2, 3]), filled(`${prefix}1`, [1], [5])]);
      expect([...toNumbers(interpret(graph, [f32([1, 2], [10, 1])]).outputs[0])]).toEqual([28]);
    },
  );

  it('of a layer that two models hold are saved where Keras met it first', async () => {
    const tensor = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 2], dtype: 'float32', keras_history: [name, 0, 0] },
    });
    const made = (l: { config: object }, name: string, from: string) => ({
      ...l,
      config: { ...l.config, name, trainable: true },
      name,
      inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
    });
    const start = (name: string) => ({ ...input([2], name), name, inbound_nodes: [] });
    const shared = (from: string) => made(layer('Dense', { units: 1, use_bias: false }), 'shared', from);
    const inner = {
      class_name: 'Functional',
      config: {
        name: 'inner',
        layers: [start('i'), shared('i'), made(layer('ReLU'), 'act', 'shared')],
        input_layers: ['i', 0, 0],
        output_layers: ['act', 0, 0],
      },
      name: 'inner',
      inbound_nodes: [{ args: [tensor('x')], kwargs: {} }],
    };
    const outer = {
      name: 'outer',
      layers: [start('x'), inner, shared('x')],
      input_layers: ['x', 0, 0],
      output_layers: [
        ['inner', 1, 0],
        ['shared', 0, 0],
      ],
    };
    const { graph } = await read({ class_name: 'Functional', config: outer }, [
      filled('layers/functional/layers/dense/vars/0', [2, 1], [1, -3]),
    ]);
    const { outputs } = interpret(graph, [f32([1, 2], [1, 2])]);
    expect(outputs.map((t) => [...toNumbers(t)])).toEqual([[0], [-5]]);
  });

  it('stored as integers become float32, and a float16 model is said to be read so', async () => {
    const model = sequential(input([2]), layer('Dense', { name: 'd', units: 1, use_bias: false, dtype: 'float16' }));
    const file = await hdf5((root) => {
      root.create_attribute('model_config', JSON.stringify(model));
      const group = root.create_group('model_weights').create_group('d');
      group.create_attribute('weight_names', ['kernel:0']);
      group.create_dataset({ name: 'kernel:0', data: new Int16Array([3, -2]), shape: [2, 1], dtype: '<h' });
    });
    const { graph, warnings } = await readKeras(inMemory(file), {});
    expect([...toNumbers(interpret(graph, [f32([1, 2], [10, 1])]).outputs[0])]).toEqual([28]);
    expect(warnings).toEqual(['The model computes in float16; it is read as float32.']);
  });
});

describe('Keras 2', () => {
  const connected = (...layers: object[]) => ({
    class_name: 'Functional',
    config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['out', 0, 0]] },
  });
  const start = {
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, 3], dtype: 'float32', name: 'x' },
    name: 'x',
    inbound_nodes: [],
  };
  const call = (className: string, name: string, config: object, inbound: unknown) => ({
    class_name: className,
    config: { name, trainable: true, ...config },
    name,
    inbound_nodes: [inbound],
  });

  it('reads TensorFlow’s functions with their numbers and tensors', async () => {
    const model = connected(
      start,
      call('TFOpLambda', 'twice', { function: 'math.multiply' }, ['x', 0, 0, { y: 2.0, name: null }]),
      call('TFOpLambda', 'from_one', { function: '__operators__.sub' }, ['_CONSTANT_VALUE', -1, 1.0, { y: ['twice', 0, 0], name: null }]),
      call('TFOpLambda', 'both', { function: 'math.add' }, ['from_one', 0, 0, { y: ['x', 0, 0] }]),
      call('SlicingOpLambda', 'out', { function: '__operators__.getitem' }, [
        'both',
        0,
        0,
        {
          slice_spec: [
            { start: null, stop: null, step: null },
            { start: 1, stop: null, step: null },
          ],
        },
      ]),
    );
    const { graph } = await readKeras(inMemory(await legacyFile(model, {})), {});
    // 1 - 2x + x, without the first
    expect([...toNumbers(interpret(graph, [f32([1, 3], [1, 2, 3])]).outputs[0])]).toEqual([-1, -2]);
  });

  it('has a hard sigmoid of its own: 0.2 x + 0.5', async () => {
    const model = connected(start, call('Activation', 'out', { activation: 'hard_sigmoid' }, [['x', 0, 0, {}]]));
    const x = f32([1, 3], [-3, 1, 2]);
    const old = await readKeras(inMemory(await legacyFile(model, {}, '2.4.0')), {});
    const now = await readKeras(inMemory(await legacyFile(model, {}, '3.0.0')), {});
    const run = (m: typeof old): number[] => [...toNumbers(interpret(m.graph, [x]).outputs[0])];
    for (const [i, v] of run(old).entries()) expect(v).toBeCloseTo([0, 0.7, 0.9][i], 6);
    for (const [i, v] of run(now).entries()) expect(v).toBeCloseTo([0, 4 / 6, 5 / 6][i], 6);
  });

  it('reads a sequential model whose configuration is the list of its layers', async () => {
    const list = [{ class_name: 'Activation', config: { name: 'a', activation: 'relu', batch_input_shape: [null, 2] } }];
    const { graph } = await readKeras(inMemory(await legacyFile({ class_name: 'Sequential', config: list }, {}, '2.1.0')), {});
    expect(graph.nodes.map((n) => n.op)).toEqual(['Relu']);
  });

  it('reads NaN and Infinity in the configuration, which Python writes', async () => {
    const config = JSON.stringify(connected(start, call('ReLU', 'out', { max_value: 'inf', threshold: 0 }, [['x', 0, 0, {}]])));
    const file = await hdf5((root) => {
      root.create_attribute(
        'model_config',
        config.replace('"inf"', 'Infinity').replace('"threshold"', '"note": "NaN, Infinity", "seed": NaN, "threshold"'),
      );
      root.create_group('model_weights');
    });
    const { graph } = await readKeras(inMemory(file), {});
    expect(graph.nodes.map((n) => n.op)).toEqual(['Relu']);
  });
});

describe('refusals', () => {
  it('list every layer that is not supported, those in nested models too', async () => {
    const nested = { class_name: 'Sequential', config: { name: 'inner', layers: [input([3], 'i'), layer('Lambda', { name: 'code' })] } };
    const own = { module: 'my.package', class_name: 'Mine', registered_name: 'Custom>Mine', config: { name: 'mine' } };
    const model = sequential(
      input([3]),
      nested,
      layer('Masking', { name: 'mask' }),
      own,
      layer('Activation', { name: 'act', activation: 'sparsemax' }),
      layer('Lambda', { name: 'more' }),
      layer('TimeDistributed', { name: 'steps', layer: layer('Conv3D', { name: 'c' }) }),
    );
    const e = (await failure(read(model))) as UnsupportedError;
    expect(e).toBeInstanceOf(UnsupportedError);
    expect(e.message).toBe(
      [
        'model.keras: the model uses layers that edgeml does not support:',
        "  Lambda: holds Python code, which a file cannot carry to another language (nodes 'code', 'more')",
        "  Masking: makes masks, which have no counterpart in the graph (node 'mask')",
        "  Mine: is a class of the model's own code (node 'mine')",
        "  Activation: has the activation 'sparsemax', which edgeml does not know (node 'act')",
        "  Conv3D: is a layer that edgeml does not know (node 'steps')",
        'Replace them in the model, or cut off the part that holds them before the export; pre- and post-processing is usually better outside.',
      ].join('\n'),
    );
  });

  it('say that a file holds weights only', async () => {
    const legacy = await hdf5((root) => {
      root.create_attribute('layer_names', ['d']);
      store(root.create_group('d'), weight('kernel:0', [2, 1]));
    });
    const recent = await hdf5((root) => store(root, weight('layers/dense/vars/0', [2, 1])));
    for (const file of [legacy, recent]) {
      expect(await message(readKeras(inMemory(file, 'w.h5'), {}))).toBe(
        'w.h5: the file holds only weights, not the model. Build the model in Keras, load the weights into it, and save it whole with model.save("model.keras").',
      );
    }
  });

  it('say that an HDF5 file is no Keras model', async () => {
    const file = await hdf5((root) => store(root, weight('measurements', [2, 1])));
    expect(await message(readKeras(inMemory(file, 'data.h5'), {}))).toBe(
      "data.h5: the HDF5 file holds no Keras model (no attribute 'model_config'; it has 'measurements').",
    );
  });

  it('say that Python code connects the layers of a subclassed model', async () => {
    expect(await message(read({ module: 'my', class_name: 'Net', config: {} }))).toContain(
      "the model is of the class 'Net', whose layers are connected by Python code",
    );
  });

  it('name Keras 1, Theano and layers that Keras quantized', async () => {
    const old = sequential({ class_name: 'Convolution2D', config: { name: 'c', nb_filter: 2, batch_input_shape: [null, 3, 3, 1] } });
    expect(await message(readKeras(inMemory(await legacyFile(old, {})), {}))).toContain("the model was saved by Keras 1 (layer 'c')");
    const theano = await hdf5((root) => {
      root.create_attribute('model_config', JSON.stringify(sequential(input([2]))));
      root.create_attribute('backend', 'theano');
    });
    expect(await message(readKeras(inMemory(theano), {}))).toContain('Keras on Theano');
    const policy = { class_name: 'QuantizedDTypePolicy', config: { mode: 'int8', source_name: 'float32' } };
    expect(await message(read(sequential(input([2]), layer('Dense', { name: 'd', units: 1, dtype: policy }))))).toContain(
      "Dense: has weights quantized by Keras; give the model from before its quantization (node 'd')",
    );
  });

  it('say where a configuration contradicts itself', async () => {
    expect(await message(read(sequential(input([3]), layer('Reshape', { name: 'r', target_shape: [2, -1] }))))).toBe(
      "model.keras: Layer 'r' (Reshape) cannot arrange 3 elements as [2,-1]. The configuration is damaged or from an unknown version of Keras.",
    );
    expect(await message(read(sequential(input([3]), layer('Dense', { name: 'd', units: 'many' }))))).toBe(
      "model.keras: Layer 'd' (Dense): 'units' is \"many\", not a whole number. The configuration is damaged or from an unknown version of Keras.",
    );
    expect(await message(read(sequential(input([3], 'x', 'string'))))).toContain("Input 'x' has the element type 'string'");
  });

  it('notice layers that depend on each other', async () => {
    const tensor = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } });
    const relu = (name: string, from: string) => ({
      ...layer('ReLU', { name, trainable: true }),
      name,
      inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
    });
    const config = {
      name: 'm',
      layers: [{ ...input([2]), name: 'x', inbound_nodes: [] }, relu('a', 'b'), relu('b', 'a')],
      input_layers: ['x', 0, 0],
      output_layers: ['b', 0, 0],
    };
    expect(await message(read({ class_name: 'Functional', config }))).toMatch(/Model 'm': layer '[ab]' depends on itself/);
  });
});

describe('channels first', () => {
  it('puts transposes around what computes channels last', async () => {
    const first = { data_format: 'channels_first' };
    const model = sequential(
      input([2, 2, 2]),
      layer('Conv2D', { name: 'c', filters: 1, kernel_size: [1, 1], use_bias: false, ...first }),
      layer('GlobalMaxPooling2D', { name: 'g', ...first }),
    );
    const { graph } = await read(model, [filled('layers/conv2d/vars/0', [1, 1, 2, 1], [1, 10])]);
    expect(graph.nodes.map((n) => n.op)).toEqual(['Transpose', 'Conv2D', 'Transpose', 'ReduceMax']);
    // Channels [1 2 3 4] and [5 6 7 8]: the largest of c0 + 10 c1 is 4 + 80.
    const x = fromNumbers('float32', [1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...toNumbers(interpret(graph, [x]).outputs[0])]).toEqual([84]);
  });
});
