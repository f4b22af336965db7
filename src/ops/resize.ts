import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { bool, defineOp, float, floats, ints, type Operand, oneOf } from './define.js';
import { widenHalf } from './families/half.js';
import {
  applyTaps,
  axisTaps,
  type Coordinates,
  changesNothing,
  type Interpolation,
  type Nearest,
  type Taps,
  tapMatrix,
} from './families/interpolate.js';
import { permuted } from './families/layout.js';

export interface ResizeAttrs extends Interpolation {
  readonly sizes: readonly number[];
  readonly scales: readonly number[];
}

/** What every place of each axis is made of. */
export const tapsOf = (shape: readonly number[], attrs: ResizeAttrs): Taps[] =>
  shape.map((from, i) => axisTaps(from, attrs.sizes[i], attrs.scales.length > 0 ? attrs.scales[i] : attrs.sizes[i] / from, attrs));

/** What TFLite's two resizing kernels can compute, by their two options. */
const kernels = [
  { half_pixel_centers: true, align_corners: false, coordinates: 'half_pixel', nearest: 'round_prefer_ceil' },
  { half_pixel_centers: false, align_corners: true, coordinates: 'align_corners', nearest: 'round_prefer_ceil' },
  { half_pixel_centers: false, align_corners: false, coordinates: 'asymmetric', nearest: 'floor' },
] as const;

/** The TFLite kernel that reads the same elements with the same weights, whatever the mode is called; undefined where none does. */
function tfliteKernel(shape: readonly number[], attrs: ResizeAttrs): (typeof kernels)[number] | undefined {
  if (shape.length !== 4 || attrs.mode === 'cubic') return undefined;
  const wanted = tapsOf(shape, attrs).map((taps, i) => tapMatrix(taps, shape[i]));
  return kernels.find(({ coordinates, nearest }) => {
    const known = tapsOf(shape, { ...attrs, coordinates, nearest, scales: [] });
    return known.every((taps, i) => {
      if ((i === 0 || i === 3) && !changesNothing(taps, shape[i])) return false;
      return tapMatrix(taps, shape[i]).every((w, k) => Math.abs(w - wanted[i][k]) < 1e-6);
    });
  });
}

/**
 * x sampled anew on a grid of `sizes`, every axis by itself. Coordinates, rounding and cubic coefficient as in ONNX's Resize;
 * `scales`, where given, stand for sizes over input lengths (a factor that the sizes were rounded from).
 */
export const resize = defineOp({
  name: 'Resize',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {
    sizes: ints(),
    scales: floats([]),
    mode: oneOf<Interpolation['mode']>('nearest', 'linear', 'cubic'),
    coordinates: oneOf<Coordinates>(
      'half_pixel',
      'align_corners',
      'asymmetric',
      'pytorch_half_pixel',
      'half_pixel_symmetric',
      'tf_half_pixel_for_nn',
    ),
    nearest: oneOf<Nearest>('round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'),
    cubicCoeff: float(-0.75),
    excludeOutside: bool(false),
  },
  infer: (inputs, { sizes, scales }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (sizes.length !== shape.length || sizes.some((n, i) => n < 0 || (n > 0 && shape[i] === 0))) {
      throw new RangeError(`[${shape}] cannot be resized to [${sizes}]`);
    }
    if (scales.length > 0 && (scales.length !== shape.length || scales.some((s) => !(s > 0)))) {
      throw new RangeError(`its scales [${scales}] must be positive, one per axis of [${shape}]`);
    }
    return [{ dtype, shape: sizes }];
  },
  evaluate: (inputs, attrs) => {
    const x = inputs[0] as Tensor;
    return [applyTaps(x, tapsOf(x.shape, attrs))];
  },
  layout: ({ sizes, scales }, perm) => ({ sizes: permuted(sizes, perm), scales: scales.length > 0 ? permuted(scales, perm) : [] }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  cost: (_, outputs, { mode }) => ({ macs: 0, elements: { nearest: 1, linear: 4, cubic: 16 }[mode] * sizeOf(outputs[0].shape) }),
  tflite: {
    builtin: 'RESIZE_BILINEAR',
    also: ['RESIZE_NEAREST_NEIGHBOR'],
    options: 'ResizeBilinearOptions',
    types: ['float32', 'int8', 'uint8', 'int16'],
    maxRank: 4,
    version: (attrs, node) => {
      const { dtype, shape } = node.inputs[0] as Value;
      if (dtype === 'int16') return 4;
      const kernel = tfliteKernel(shape, attrs);
      if (kernel?.half_pixel_centers || (attrs.mode === 'nearest' && kernel?.align_corners)) return 3;
      return dtype === 'int8' ? 2 : 1;
    },
    read: (op) => {
      const x = op.input(0);
      const [n, , , c] = x.shape;
      const kernel = kernels.find(
        (k) => k.align_corners === op.option('align_corners') && k.half_pixel_centers === op.option('half_pixel_centers'),
      );
      if (!kernel) return op.refuse('aligns corners and half pixels at once');
      const { coordinates, nearest } = kernel;
      const mode = op.builtin === 'RESIZE_BILINEAR' ? 'linear' : 'nearest';
      return { inputs: [x], attrs: { sizes: [n, ...op.constantInts(1), c], mode, coordinates, nearest } };
    },
    write: (attrs, node) => {
      const x = node.inputs[0] as Value;
      const kernel = tfliteKernel(x.shape, attrs);
      if (!kernel) return null;
      const { align_corners, half_pixel_centers } = kernel;
      const spec = { inputs: [x, { int32: attrs.sizes.slice(1, 3) }], options: { align_corners, half_pixel_centers } };
      if (attrs.mode === 'linear') return spec;
      return { ...spec, builtin: 'RESIZE_NEAREST_NEIGHBOR', optionsTable: 'ResizeNearestNeighborOptions' };
    },
  },
  // nearest(x) -> gather(x, indices), linear(x) or cubic(x) -> weights · x, axis by axis.
  decompose: widenHalf('Resize', (b, inputs, attrs) => {
    const x = inputs[0] as Value;
    if (attrs.mode !== 'nearest' && x.dtype !== 'float32') return null;
    const resized = tapsOf(x.shape, attrs).reduce((v, taps, axis) => {
      const from = v.shape[axis];
      if (changesNothing(taps, from)) return v;
      if (taps.width === 1) {
        return b.op('Gather', [v, b.constant({ dtype: 'int32', shape: [taps.index.length], data: taps.index })], { axis });
      }
      const weights = b.constant({ dtype: 'float32', shape: [attrs.sizes[axis], from], data: tapMatrix(taps, from) });
      const rows = b.reshape(v, [sizeOf(v.shape.slice(0, axis)), from, sizeOf(v.shape.slice(axis + 1))]);
      return b.reshape(
        b.op('MatMul', [weights, rows]),
        v.shape.map((d, i) => (i === axis ? attrs.sizes[axis] : d)),
      );
    }, x);
    return [resized === x ? b.op('Reshape', [x], { shape: x.shape }) : resized];
  }),
});
