import { isConstant, type Node, type Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { type Call, input, NoKernel, output, type Rule, scratch, table } from '../../program.js';
import { channelTables, needWeights } from './channels.js';
import { needFloats, optional } from './operands.js';
import { packFilters } from './packing.js';
import { denseCalls } from './products.js';
import { flattened, isPointwise, type Window, windowDistance, windowOf, windowScratch, windowStruct } from './window.js';

/** Outputs that the kernels compute at a time (EDGEML_ROWS). */
const together = 4;
/** Packed filters of more bytes than this are gone through once per 16 filters rather than once per four outputs. */
const cached = 256 * 1024;

/** Filters [filters][elements], as floats or as int8 with parameters per filter. */
interface Filters {
  readonly filters: number;
  readonly depth: number;
  readonly groups: number;
  readonly value: Value;
  /** Where element `k` of filter `f` lies in the value; absent: filter by filter. */
  readonly at?: (f: number, k: number) => number;
}

function convolve(node: Node, window: Window, { filters, depth, groups, value, at = (f, k) => f * depth + k }: Filters): Call[] {
  const [x, , bias] = node.inputs as [Value, Value, Value | null];
  const [y] = node.outputs;
  const used = windowScratch(window);
  const wide = isConstant(value) && !value.quant;
  if (wide) {
    const data = value.data as Float32Array;
    const packed = packFilters(filters, depth, groups, (f, k) => data[at(f, k)]);
    const first = packed.byteLength > cached && sizeOf(window.y.slice(0, 3)) > together && filters / groups > 16;
    const params = windowStruct(window, groups, first, node);
    return [
      {
        kernel: 'conv2d_f32',
        function: 'edgeml_conv2d_f32',
        args: [input(x), table('weights', 'float', packed), optional(bias), output(y), params, scratch(used)],
        ...(first ? {} : { overlaps: new Map([[x, windowDistance(window, together)]]) }),
      },
    ];
  }
  const params = windowStruct(window, groups, false, node);
  const data = value.data as Int8Array | undefined;
  const each = (_: unknown, i: number): number => (data as Int8Array)[at(Math.floor(i / depth), i % depth)];
  const inOrder = data ? table('weights', 'int8_t', Int8Array.from({ length: filters * depth }, each)) : input(value);
  const weights = value.quant ? [0, inOrder, ...channelTables(value.quant, filters)] : [inOrder, 0, 0, 0];
  const packed = 4 * depth * Math.min(16, Math.ceil(filters / groups / 4) * 4);
  return [
    {
      kernel: 'conv2d_unpacked_f32',
      function: 'edgeml_conv2d_unpacked_f32',
      args: [...weights, input(x), optional(bias), output(y), params, scratch(used + packed), used],
    },
  ];
}

function conv2d(node: Node): Call[] {
  const [x, w, bias] = node.inputs as [Value, Value, Value | null];
  needFloats(x, bias);
  needWeights(w, 0);
  const [filters, kh, kw, perGroup] = w.shape;
  const depth = kh * kw * perGroup;
  const groups = node.attrs.groups as number;
  const window = windowOf(node, [kh, kw]);
  // One window that is the whole input: a fully connected layer.
  if (groups === 1 && sizeOf(window.y.slice(0, 3)) === 1 && sizeOf(x.shape) === depth) return denseCalls(node, w, 1, depth, filters);
  return convolve(node, flattened(window), { filters, depth, groups, value: w });
}

function depthwise(node: Node): Call[] {
  const [x, w, bias] = node.inputs as [Value, Value, Value | null];
  needFloats(x, bias);
  needWeights(w, 3);
  const [, kh, kw, filters] = w.shape;
  const window = windowOf(node, [kh, kw]);
  const channels = x.shape[3];
  if (filters !== channels) {
    if (!w.data) throw new NoKernel(`makes ${filters / channels} channels of each by weights that are not constant`);
    return convolve(node, window, { filters, depth: kh * kw, groups: channels, value: w, at: (f, k) => k * filters + f });
  }
  const kernel = 'depthwise_conv2d_f32';
  const used = windowScratch(window);
  const flat = isPointwise(window) ? flattened(window) : window;
  const params = windowStruct(flat, 1, false, node);
  const rest = [optional(bias), output(node.outputs[0]), params] as const;
  const overlaps = new Map([[x, windowDistance(flat, together)]]);
  if (!w.quant) return [{ kernel, function: 'edgeml_depthwise_conv2d_f32', args: [input(x), input(w), ...rest, scratch(used)], overlaps }];
  const args = [input(x), input(w), ...channelTables(w.quant, channels), ...rest, scratch(used + 4 * sizeOf(w.shape)), used];
  return [{ kernel, function: 'edgeml_depthwise_conv2d_f32_w8', args, overlaps }];
}

function transposed(node: Node): Call[] {
  const [x, w, bias] = node.inputs as [Value, Value, Value | null];
  needFloats(x, w, bias);
  if (!isConstant(w)) throw new NoKernel('has weights that are not constant');
  const [filters, kh, kw, perGroup] = w.shape;
  const depth = kh * kw * perGroup;
  const groups = node.attrs.groups as number;
  const window = windowOf(node, [kh, kw]);
  const data = w.data as Float32Array;
  const packed = packFilters(filters, depth, groups, (f, k) => data[f * depth + k]);
  const params = windowStruct(window, groups, false, node);
  const args = [
    input(x),
    table('weights', 'float', packed),
    optional(bias),
    output(node.outputs[0]),
    params,
    scratch(windowScratch(window)),
  ];
  return [{ kernel: 'conv_transpose2d_f32', function: 'edgeml_conv_transpose2d_f32', args }];
}

export const floatConvolutionRules: readonly Rule[] = [
  { ops: ['Conv2D'], types: ['float32'], lower: conv2d },
  { ops: ['DepthwiseConv2D'], types: ['float32'], lower: depthwise },
  { ops: ['ConvTranspose2D'], types: ['float32'], lower: transposed },
];
