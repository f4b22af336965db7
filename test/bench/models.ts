import { Random } from '../../src/data/random.js';
import { modelType } from '../../src/formats/onnx/schema.js';

/** Builds an ONNX file of one branch after another, channels first, with random weights. */
class Network {
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  private node(opType: string, input: readonly string[], attribute: readonly object[] = []): string {
    const name = `${opType.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push({ opType, name, input, output: [name], attribute });
    return name;
  }

  private weight(dims: readonly number[], draw: () => number): string {
    const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) data[i] = draw();
    const name = `w_${this.initializers.length}`;
    this.initializers.push({ name, dims, dataType: 1, rawData: new Uint8Array(data.buffer) });
    return name;
  }

  /** Uniform with He's variance 2 / fan-in, so that activations keep their size through the depth. */
  private he(dims: readonly number[], fanIn: number): string {
    const bound = Math.sqrt(6 / fanIn);
    return this.weight(dims, () => (2 * this.random.uniform() - 1) * bound);
  }

  private around(center: number, spread: number, n: number): string {
    return this.weight([n], () => center + spread * (2 * this.random.uniform() - 1));
  }

  /** Convolution and batch normalization, as training frameworks export them. */
  conv(x: string, cin: number, cout: number, kernel: number, stride: number, group = 1): string {
    const pad = (kernel - 1) >> 1;
    const perGroup = cin / group;
    const attributes = [
      ints('kernel_shape', [kernel, kernel]),
      ints('strides', [stride, stride]),
      ints('pads', [pad, pad, pad, pad]),
      int('group', group),
    ];
    const y = this.node('Conv', [x, this.he([cout, perGroup, kernel, kernel], perGroup * kernel * kernel)], attributes);
    const [scale, bias, mean, variance] = [
      [1, 0.2],
      [0, 0.1],
      [0, 0.1],
      [1, 0.2],
    ].map(([center, spread]) => this.around(center, spread, cout));
    return this.node('BatchNormalization', [y, scale, bias, mean, variance], [float('epsilon', 1e-3)]);
  }

  relu(x: string): string {
    return this.node('Relu', [x]);
  }

  relu6(x: string): string {
    return this.node('Clip', [x, this.weight([], () => 0), this.weight([], () => 6)]);
  }

  add(a: string, b: string): string {
    return this.node('Add', [a, b]);
  }

  maxPool(x: string): string {
    return this.node('MaxPool', [x], [ints('kernel_shape', [3, 3]), ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1])]);
  }

  /** Global average pooling, a fully connected layer and softmax. */
  classifier(x: string, cin: number, classes: number): string {
    const flat = this.node('Flatten', [this.node('GlobalAveragePool', [x])], [int('axis', 1)]);
    const y = this.node('Gemm', [flat, this.he([classes, cin], cin), this.around(0, 0.1, classes)], [int('transB', 1)]);
    return this.node('Softmax', [y], [int('axis', -1)]);
  }

  async file(name: string, input: string, shape: readonly number[], output: string, classes: number): Promise<Uint8Array> {
    const model = {
      irVersion: 8,
      producerName: 'edgeml benchmark',
      opsetImport: [{ domain: '', version: 17 }],
      graph: {
        name,
        node: this.nodes,
        initializer: this.initializers,
        input: [tensorInfo(input, shape)],
        output: [tensorInfo(output, [shape[0], classes])],
      },
    };
    return (await modelType()).encode(model).finish();
  }
}

const int = (name: string, i: number) => ({ name, type: 2, i });
const float = (name: string, f: number) => ({ name, type: 1, f });
const ints = (name: string, values: readonly number[]) => ({ name, type: 7, ints: values });
const tensorInfo = (name: string, shape: readonly number[]) => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});

const classes = 1000;
const imageShape = [1, 3, 224, 224];

/** ResNet-50 (He et al. 2015, Table 1; stride in the 3×3 convolution), 25.6 M parameters, 4.1 G multiply-accumulates. */
export async function resnet50(): Promise<Uint8Array> {
  const n = new Network(50);
  let x = n.maxPool(n.relu(n.conv('input', 3, 64, 7, 2)));
  let channels = 64;
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 << stage;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const shortcut = block === 0 ? n.conv(x, channels, 4 * width, 1, stride) : x;
      const inner = n.relu(n.conv(n.relu(n.conv(x, channels, width, 1, 1)), width, width, 3, stride));
      channels = 4 * width;
      x = n.relu(n.add(n.conv(inner, width, channels, 1, 1), shortcut));
    }
  }
  return n.file('resnet50', 'input', imageShape, n.classifier(x, channels, classes), classes);
}

/** MobileNetV2 at width 1 (Sandler et al. 2018, Table 2), 3.5 M parameters, 0.3 G multiply-accumulates. */
export async function mobilenetV2(): Promise<Uint8Array> {
  const n = new Network(2);
  let x = n.relu6(n.conv('input', 3, 32, 3, 2));
  let channels = 32;
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [expansion, width, repeats, firstStride] of stages) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? firstStride : 1;
      const hidden = channels * expansion;
      const wide = expansion === 1 ? x : n.relu6(n.conv(x, channels, hidden, 1, 1));
      const narrow = n.conv(n.relu6(n.conv(wide, hidden, hidden, 3, stride, hidden)), hidden, width, 1, 1);
      x = stride === 1 && channels === width ? n.add(x, narrow) : narrow;
      channels = width;
    }
  }
  return n.file('mobilenetv2', 'input', imageShape, n.classifier(n.relu6(n.conv(x, channels, 1280, 1, 1)), 1280, classes), classes);
}
