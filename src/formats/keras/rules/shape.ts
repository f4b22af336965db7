import type { Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import { isList } from '../config.js';
import type { LayerCall, LayerRule, Rules } from '../layer.js';

/** A complete shape from one with a -1. */
export function completeShape(call: LayerCall, wanted: readonly number[], elements: number): number[] {
  const rest = wanted.filter((d) => d !== -1).reduce((n, d) => n * d, 1);
  const shape = wanted.map((d) => (d === -1 ? elements / rest : d));
  if (wanted.filter((d) => d === -1).length > 1 || shape.some((d) => !Number.isSafeInteger(d) || d < 0) || sizeOf(shape) !== elements) {
    call.fail(`cannot arrange ${elements} elements as [${wanted}]`);
  }
  return shape;
}

/** Channels-first data are flattened as if their channels stood last. */
function flatten(call: LayerCall): Value {
  const { x } = call;
  const rank = x.shape.length;
  const perm = [0, ...x.shape.map((_, i) => i).slice(2), 1];
  const ordered = call.channelsFirst && rank > 2 ? call.transpose(x, perm) : x;
  return call.reshape(ordered, [x.shape[0], sizeOf(x.shape.slice(1))]);
}

function reshape(call: LayerCall): Value {
  const { x } = call;
  return call.reshape(x, [x.shape[0], ...completeShape(call, call.config.ints('target_shape'), sizeOf(x.shape.slice(1)))]);
}

/** `dims` counts the axes from 1, without the batch. */
function permute(call: LayerCall): Value {
  const { x } = call;
  const perm = [0, ...call.config.ints('dims')];
  if (new Set(perm).size !== x.shape.length || perm.length !== x.shape.length || perm.some((p) => p < 0 || p >= x.shape.length)) {
    call.fail(`permutes the axes of [${x.shape}] by [${perm.slice(1)}]`);
  }
  return call.transpose(x, perm);
}

function repeatVector(call: LayerCall): Value {
  const x = call.ranked(2);
  const n = call.config.int('n');
  return call.op('Tile', [call.reshape(x, [x.shape[0], 1, x.shape[1]])], { repeats: [1, n, 1] });
}

/** [[before, after], …] of the spatial axes, from one number, one per axis, or pairs. */
function margins(call: LayerCall, field: string, axes: 1 | 2): [number, number][] {
  const v = call.config.get(field);
  const good = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const wrong = (): never => call.config.fail(field, 'a number of elements, one per axis, or pairs of before and after');
  if (good(v)) return new Array<[number, number]>(axes).fill([v, v]);
  if (!isList(v)) return wrong();
  const list = axes === 1 ? [v] : v;
  if (list.length !== axes) return wrong();
  return list.map((m): [number, number] => {
    if (good(m)) return [m, m];
    const [before, after] = isList(m) ? m : [];
    return good(before) && good(after) ? [before, after] : wrong();
  });
}

const firstSpatial = (call: LayerCall): number => (call.channelsFirst ? 2 : 1);

const padding =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const x = call.ranked(axes + 2);
    const pads = new Array<number>(2 * x.shape.length).fill(0);
    margins(call, 'padding', axes).forEach(([before, after], i) => {
      pads[firstSpatial(call) + i] = before;
      pads[firstSpatial(call) + i + x.shape.length] = after;
    });
    return pads.every((p) => p === 0) ? x : call.op('Pad', [x], { pads });
  };

/** x without what lies outside [start, end) of its spatial axes. */
export function crop(call: LayerCall, x: Value, bounds: readonly (readonly [number, number])[]): Value {
  const starts = x.shape.map(() => 0);
  const ends = [...x.shape];
  bounds.forEach(([start, end], i) => {
    starts[firstSpatial(call) + i] = start;
    ends[firstSpatial(call) + i] = end;
  });
  if (starts.some((s, i) => s > ends[i])) call.fail(`crops more than the whole of [${x.shape}]`);
  const all = starts.every((s) => s === 0) && ends.every((e, i) => e === x.shape[i]);
  return all ? x : call.op('Slice', [x], { starts, ends, steps: x.shape.map(() => 1) });
}

const cropping =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const x = call.ranked(axes + 2);
    return crop(
      call,
      x,
      margins(call, 'cropping', axes).map(([before, after], i) => [before, x.shape[firstSpatial(call) + i] - after] as const),
    );
  };

/** Layers that do something in training only. */
const trainingOnly = [
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'GaussianDropout',
  'GaussianNoise',
  'AlphaDropout',
  'ActivityRegularization',
  'Identity',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
  'RandomShear',
  'RandomHue',
  'RandomSaturation',
  'RandomSharpness',
  'RandomColorJitter',
  'RandomGrayscale',
  'RandomGaussianBlur',
  'RandomErasing',
  'RandomInvert',
  'RandomPosterization',
  'RandomPerspective',
];
const passOn: LayerRule = { build: (call) => call.x };

export const shapeLayers: Rules = {
  ...Object.fromEntries(trainingOnly.map((name) => [name, passOn])),
  Flatten: { build: flatten },
  Reshape: { build: reshape },
  Permute: { build: permute },
  RepeatVector: { build: repeatVector },
  ZeroPadding1D: { build: padding(1) },
  ZeroPadding2D: { build: padding(2) },
  Cropping1D: { build: cropping(1) },
  Cropping2D: { build: cropping(2) },
};
