import type { Node, Value } from '../../../../ir/graph.js';
import { roundHalfEven } from '../../../../ops/families/elementwise-math.js';
import { axisTaps, type Interpolation } from '../../../../ops/families/interpolate.js';
import { operator } from '../../../../ops/index.js';
import { type Alias, type Call, input, NoKernel, output, type Rule, struct, type Target, table } from '../../program.js';
import { roundAway } from '../activations/grid.js';
import { isEmpty, sameGrid } from '../movement/loops.js';
import { pickCall } from '../movement/pick.js';
import { suffixOf } from './broadcast.js';

interface Options {
  readonly align_corners: boolean;
  readonly half_pixel_centers: boolean;
}

interface ResizeAttrs extends Interpolation {
  readonly sizes: readonly number[];
  readonly scales: readonly number[];
}

/** How TensorFlow Lite would be told to read the same elements; undefined where it cannot. */
function tfliteOptions(node: Node): Options | undefined {
  const { tflite } = operator('Resize');
  return tflite?.write?.(node.attrs as never, node)?.options as Options | undefined;
}

const f = Math.fround;

/** Which element of `from` is nearest to each of `to`, in the float32 that TensorFlow Lite counts in. */
export function nearestIndices(from: number, to: number, o: Options): Int32Array {
  const scale = o.align_corners && to > 1 ? f((from - 1) / (to - 1)) : f(from / to);
  return Int32Array.from({ length: to }, (_, i) => {
    const at = f((i + (o.half_pixel_centers ? 0.5 : 0)) * scale);
    return Math.max(0, Math.min(from - 1, o.align_corners ? roundAway(at) : Math.floor(at)));
  });
}

/** The two elements that each of `to` lies between, and how far from the first in 1024ths. */
export function linearTaps(from: number, to: number, o: Options) {
  const scale =
    o.align_corners && to > 1
      ? Math.trunc((1024 * (from - 1) + Math.trunc((to - 1) / 2)) / (to - 1))
      : Math.trunc((1024 * from + Math.trunc(to / 2)) / to);
  const taps = Array.from({ length: to }, (_, i) => {
    const at = i * scale + (o.half_pixel_centers ? Math.trunc(scale / 2) - 512 : 0);
    const first = Math.max(0, Math.trunc(at / 1024));
    return { first, second: Math.min(from - 1, Math.trunc((at + 1023) / 1024)), part: at - 1024 * first };
  });
  if (taps.some((t) => t.first >= from || Math.abs(t.part) > 32767)) throw new NoKernel('shrinks by more than 32 at a border');
  return taps;
}

/** The same as XNNPACK has it for int8: from a float32 coordinate inside the image, in 2048ths. */
export function fineTaps(from: number, to: number, o: Options) {
  const scale = o.align_corners && to > 1 ? f(f(from - 1) / f(to - 1)) : f(f(from) / f(to));
  const offset = o.half_pixel_centers ? f(f(0.5 * scale) - 0.5) : 0;
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, Math.min(from - 1, f(f(i * scale) + offset)));
    const first = Math.floor(at);
    return { first, second: Math.min(from - 1, first + 1), part: roundHalfEven(f(at - first) * 2048) };
  });
}

function resize(node: Node, { rounding }: Target): readonly Call[] | Alias {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const attrs = node.attrs as unknown as ResizeAttrs;
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  if (String(x.shape) === String(y.shape) && attrs.scales.length === 0) return { alias: x };
  const options = tfliteOptions(node);
  if (attrs.mode === 'nearest') return [pickCall(x, y, options ? picksOf(x, y, options) : tapsOf(x, attrs))];
  if (!options) throw new NoKernel(`has a mode '${attrs.mode}' with coordinates '${attrs.coordinates}' that no integer kernel has`);
  return [bilinear(x, y, options, rounding === 'single' && x.dtype === 'int8')];
}

const picksOf = (x: Value, y: Value, options: Options): Int32Array[] =>
  x.shape.map((from, i) =>
    i === 0 || i === 3 ? Int32Array.from({ length: from }, (_, k) => k) : nearestIndices(from, y.shape[i], options),
  );

const tapsOf = (x: Value, attrs: ResizeAttrs): Int32Array[] =>
  x.shape.map((from, i) => axisTaps(from, attrs.sizes[i], attrs.scales.length > 0 ? attrs.scales[i] : attrs.sizes[i] / from, attrs).index);

function bilinear(x: Value, y: Value, options: Options, fine: boolean): Call {
  const [, height, width, channels] = x.shape;
  const taps = fine ? fineTaps : linearTaps;
  const rows = taps(height, y.shape[1], options);
  const columns = taps(width, y.shape[2], options);
  const places = (name: string, of: readonly number[], step: number) =>
    table(
      name,
      'int32_t',
      of.map((i) => i * step),
    );
  const params = struct('edgeml_resize_bilinear_params', {
    batches: y.shape[0],
    height: y.shape[1],
    width: y.shape[2],
    channels,
    image: height * width * channels,
    top: places(
      'top',
      rows.map((t) => t.first),
      width * channels,
    ),
    bottom: places(
      'bottom',
      rows.map((t) => t.second),
      width * channels,
    ),
    left: places(
      'left',
      columns.map((t) => t.first),
      channels,
    ),
    right: places(
      'right',
      columns.map((t) => t.second),
      channels,
    ),
    down: table(
      'down',
      'int16_t',
      rows.map((t) => t.part),
    ),
    across: table(
      'across',
      'int16_t',
      columns.map((t) => t.part),
    ),
    bits: fine ? 11 : 10,
    up: fine ? 1 : 0,
  });
  return { kernel: 'resize_bilinear', function: `edgeml_resize_bilinear_${suffixOf(x)}`, args: [input(x), output(y), params] };
}

export const resizeRules: readonly Rule[] = [{ ops: ['Resize'], types: ['int8', 'int16'], lower: resize }];
