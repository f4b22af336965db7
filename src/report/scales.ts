/** Maps values to pixels, with the values worth marking on an axis. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
  readonly logarithmic: boolean;
}

export type Interval = readonly [from: number, to: number];

/** Above this ratio a linear scale squeezes the small values into its first thirtieth. */
const logAbove = 30;

/** Whether positive values are spread so far that only a logarithmic scale shows the small ones. */
export const needsLog = (values: readonly number[]): boolean => {
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) / low > logAbove;
};

/** Steps of 1, 2 or 5 times a power of ten. */
export function decimalStep(span: number, ticks: number): number {
  const rough = span / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((m) => m * power >= rough * 0.999) ?? 10);
}

/** Steps of a power of two below 1024 in a unit of 1024: 8 KiB, 64 KiB, 1 MiB. */
export function binaryStep(span: number, ticks: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(span / ticks) - 1e-3));
}

type StepOf = (span: number, ticks: number) => number;

/** From 0 to the tick at or above the largest value, or, where the range is short, only a little beyond that value. */
export function linear(max: number, range: Interval, ticks = 5, stepOf: StepOf = decimalStep, close = false): Scale {
  const most = max > 0 ? max : 1;
  const step = stepOf(most, ticks);
  const top = close ? most * 1.04 : Math.max(1, Math.ceil(most / step - 1e-9)) * step;
  return {
    at: (value) => range[0] + (value / top) * (range[1] - range[0]),
    ticks: Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step),
    logarithmic: false,
  };
}

/** From some value above 0, for values that lie close together: shares of accuracy. */
export function window(values: readonly number[], range: Interval, ticks = 5): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = decimalStep(Math.max(high - low, 0.01), ticks);
  const from = Math.floor(low / step - 0.25) * step;
  const to = Math.ceil(high / step + 0.25) * step;
  return {
    at: (value) => range[0] + ((value - from) / (to - from)) * (range[1] - range[0]),
    ticks: Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step),
    logarithmic: false,
  };
}

/** Between the 1, 2, 5 × 10ⁿ around positive values; ticks are decades, and 2 and 5 between them where there is room. */
export function logarithmic(values: readonly number[], range: Interval, ticks = 6): Scale {
  const marks: number[] = [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)); power++)
    for (const m of [1, 2, 5]) marks.push(m * 10 ** power);
  // One value that is a mark itself must not make both ends of the scale.
  const to = marks.find((m) => m >= high * 0.9999) ?? high;
  const from = marks.findLast((m) => m <= low * 1.0001 && m < to * 0.99) ?? low / 2;
  const inside = marks.filter((m) => m >= from && m <= to);
  const decades = inside.filter((m) => isDecade(m));
  return {
    at: (value) => range[0] + (Math.log(value / from) / Math.log(to / from)) * (range[1] - range[0]),
    ticks: inside.length <= ticks || decades.length < 2 ? inside : decades,
    logarithmic: true,
  };
}

const isDecade = (x: number): boolean => Math.abs(Math.log10(x) - Math.round(Math.log10(x))) < 1e-6;

/**
 * Places of labels of one height along a line: as close to the wished ones as no overlap allows, in the same order, within the
 * interval. There must be room: at most `(to - from) / gap + 1` labels.
 */
export function spread(wished: readonly number[], gap: number, [from, to]: Interval): number[] {
  const order = wished.map((_, i) => i).sort((a, b) => wished[a] - wished[b] || a - b);
  const placed = new Array<number>(wished.length);
  let next = from;
  for (const i of order) {
    placed[i] = Math.max(wished[i], next);
    next = placed[i] + gap;
  }
  let limit = to;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i], limit);
    limit = placed[i] - gap;
  }
  return placed;
}
