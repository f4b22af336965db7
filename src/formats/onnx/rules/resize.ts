import type { Value } from '../../../ir/graph.js';
import { toNumbers } from '../../../ir/tensor.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** What a resize does to each axis of its input, in the file's order of axes. */
interface Target {
  readonly sizes: number[];
  /** Output by input length; empty where it is just that. */
  readonly scales: number[];
}

const whole = (values: readonly number[]): boolean => values.every((v) => Number.isSafeInteger(v) && v >= 0);

/** floor(length * scale); a scale that is stored as float32 may lie just under the ratio that it means. */
function sizesByScales(node: RuleNode, x: Value, scales: readonly number[]): Target {
  if (scales.length !== x.shape.length || scales.some((s) => !(s > 0) || !Number.isFinite(s))) {
    node.refuse(`has scales [${scales}] for a tensor of shape [${x.shape}]`);
  }
  const sizes = x.shape.map((d, i) => Math.floor(Math.fround(d * scales[i])));
  const exact = x.shape.every((d, i) => Math.abs(d * scales[i] - sizes[i]) <= 1e-6 * sizes[i]);
  return { sizes, scales: exact ? [] : [...scales] };
}

/** Emits the resize channels last where just the spatial axes of an image or a signal change. */
function resize(b: RuleBuilder, x: Value, target: Target, attrs: Record<string, string | number | boolean>): Value {
  const { sizes, scales } = target;
  const rank = x.shape.length;
  if (sizes.every((s, i) => s === x.shape[i] && (scales[i] ?? 1) === 1)) return x;
  if ((rank !== 3 && rank !== 4) || sizes[0] !== x.shape[0] || sizes[1] !== x.shape[1]) return b.op('Resize', [x], { ...attrs, ...target });
  const last = ([n, c, ...spatial]: number[], one: number) => [n, ...(spatial.length === 1 ? [one, ...spatial] : spatial), c];
  const y = b.op('Resize', [b.toChannelsLast(x)], { ...attrs, sizes: last(sizes, 1), scales: scales.length > 0 ? last(scales, 1) : [] });
  return b.toChannelsFirst(y, rank);
}

/** Output sizes by the inputs `scales` or `sizes` for all axes or those in the attribute `axes`. */
function targetOf(node: RuleNode, x: Value): Target {
  const rank = x.shape.length;
  const all = x.shape.map((_, i) => i);
  const axes = node.ints('axes', all).map((a) => (a < 0 ? a + rank : a));
  if (axes.some((a, i) => a < 0 || a >= rank || axes.indexOf(a) !== i)) node.refuse(`has axes [${axes}] for a tensor of rank ${rank}`);
  const given = (i: number): number[] => (node.inputs[i] ? Array.from(toNumbers(node.constant(i))) : []);
  const scales = given(2);
  const sizes = given(3);
  const listed = scales.length > 0 ? scales : sizes;
  if (listed.length !== axes.length) node.refuse(`has ${listed.length} scales or sizes for ${axes.length} axes`);
  const spread = (values: readonly number[], rest: (i: number) => number) =>
    all.map((i) => (axes.includes(i) ? values[axes.indexOf(i)] : rest(i)));
  if (scales.length > 0)
    return sizesByScales(
      node,
      x,
      spread(scales, () => 1),
    );
  if (!whole(sizes)) node.refuse(`asks for the sizes [${sizes}]`);
  const policy = node.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return { sizes: spread(sizes, (i) => x.shape[i]), scales: [] };
  const ratios = axes.map((a, i) => sizes[i] / x.shape[a]);
  const scale =
    policy === 'not_larger'
      ? Math.min(...ratios)
      : policy === 'not_smaller'
        ? Math.max(...ratios)
        : node.refuse(`has the policy '${policy}'`);
  // Rounding to the nearest, halves up, is part of the definition.
  return {
    sizes: spread(
      axes.map((a) => Math.floor(scale * x.shape[a] + 0.5)),
      (i) => x.shape[i],
    ),
    scales: spread(
      axes.map(() => scale),
      () => 1,
    ),
  };
}

const modes = ['nearest', 'linear', 'cubic'];
const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

const resizeRule: Rule = (node, b) => {
  const x = node.input(0);
  if (node.opset < 11) return upsample(node, b);
  const mode = node.string('mode', 'nearest');
  const nearest = node.string('nearest_mode', 'round_prefer_floor');
  const coordinates = node.string('coordinate_transformation_mode', 'half_pixel');
  if (!modes.includes(mode)) node.refuse(`has the mode '${mode}'`);
  if (!nearestModes.includes(nearest)) node.refuse(`has the nearest_mode '${nearest}'`);
  if (coordinates === 'tf_crop_and_resize') node.refuse(`has the coordinate_transformation_mode '${coordinates}'`);
  const target = targetOf(node, x);
  if (coordinates === 'align_corners' && target.scales.length > 0) {
    node.refuse(`aligns corners with scales [${target.scales}] that give no whole sizes, on which definitions and runtimes disagree`);
  }
  const shrinks = target.sizes.some((s, i) => s < x.shape[i]);
  if (node.int('antialias', 0) !== 0 && mode !== 'nearest' && shrinks) node.refuse('smooths before it shrinks (antialias)');
  const attrs = {
    mode,
    nearest,
    coordinates,
    cubicCoeff: node.float('cubic_coeff_a', -0.75),
    excludeOutside: node.int('exclude_outside', 0) !== 0,
  };
  return [resize(b, x, target, attrs)];
};

/** Upsample, and Resize of operator set 10: corners line up at 0, and the nearest element is the one before (after, where it shrinks). */
const upsample: Rule = (node, b) => {
  const x = node.input(0);
  const mode = node.string('mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear') node.refuse(`has the mode '${mode}'`);
  const scales = node.opset < 9 ? node.floats('scales') : Array.from(toNumbers(node.constant(1)));
  const target = sizesByScales(node, x, scales);
  const [shrinks, grows] = [scales.some((s) => s < 1), scales.some((s) => s > 1)];
  if (mode === 'nearest' && shrinks && grows) node.refuse('shrinks one axis and enlarges another');
  return [resize(b, x, target, { mode, coordinates: 'asymmetric', nearest: shrinks ? 'ceil' : 'floor' })];
};

export const resizeRules: Record<string, Rule> = { Resize: resizeRule, Upsample: upsample };
