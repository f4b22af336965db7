import type { Value } from '../../../../ir/graph.js';
import { axisPick } from '../../../../ops/pad.js';
import { type Call, input, output, type Rule, struct, table } from '../../program.js';
import { elementTable, fillCall, realElement } from './fill.js';
import { bytesOf, isEmpty, sameGrid } from './loops.js';
import { pickCall } from './pick.js';

interface PadAttrs {
  readonly pads: readonly number[];
  readonly mode: Parameters<typeof axisPick>[3];
  readonly value: number;
}

/** An axis with what surrounds it: `count` elements from x, which lie `step` apart, between `before` and `after` of the value. */
interface Padded {
  readonly count: number;
  readonly step: number;
  readonly before: number;
  readonly after: number;
}

/** Axes that are not padded go together with the one outside them, or away if they have one element. */
function merged(x: Value, pads: readonly number[]): { axes: Padded[]; from: number } {
  const axes: Padded[] = [];
  let from = 0;
  let step = 1;
  for (let i = x.shape.length - 1; i >= 0; i--) {
    const [before, after] = [pads[i], pads[i + x.shape.length]];
    const count = x.shape[i] + Math.min(0, before) + Math.min(0, after);
    const inner = axes[0];
    from += Math.max(0, -before) * step;
    if (count === 1 && before <= 0 && after <= 0) {
      step *= x.shape[i];
      continue;
    }
    const whole = inner && inner.before === 0 && inner.after === 0 && inner.count * inner.step === step;
    const scale = whole ? inner.count : 1;
    if (whole) axes.shift();
    axes.unshift({
      count: count * scale,
      step: whole ? inner.step : step,
      before: Math.max(0, before) * scale,
      after: Math.max(0, after) * scale,
    });
    step *= x.shape[i];
  }
  return { axes, from };
}

/** Elements of one value around x; negative pads crop it. */
function constantPad(x: Value, y: Value, { pads, value }: PadAttrs): Call {
  const { axes, from } = merged(x, pads);
  if (axes.some((a) => a.count <= 0)) return fillCall(y, value);
  const width = bytesOf(x);
  // Elements of y that one step along each axis goes on by.
  const strides = axes.map((_, i) => axes.slice(i + 1).reduce((n, a) => n * (a.before + a.count + a.after), 1));
  const sum = (of: (a: Padded) => number, first = 0) => axes.slice(first).reduce((n, a, i) => n + of(a) * strides[first + i], 0);
  const row = axes.at(-1) ?? { count: 1, step: 1, before: 0, after: 0 };
  const loops = axes.slice(0, -1);
  const before = sum((a) => a.before);
  const ahead = loops.reduce((d, a, i) => d + Math.max(0, (a.count - 1) * (strides[i] - a.step)), before - from);
  return {
    kernel: 'pad',
    function: 'edgeml_pad',
    args: [
      input(x),
      output(y),
      elementTable('fill', y, [realElement(y, value)]),
      struct('edgeml_pad_params', {
        loops: table(
          'loops',
          'int32_t',
          loops.flatMap((a, i) => [a.count, a.step * width, sum((b) => b.before + b.after, i + 1)]),
        ),
        depth: loops.length,
        from: from * width,
        run: row.count * width,
        before,
        after: sum((a) => a.after),
        unit: width,
      }),
    ],
    overlaps: new Map([[x, ahead * width]]),
  };
}

const pad: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const attrs = node.attrs as unknown as PadAttrs;
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  if (attrs.pads.every((p) => p === 0)) return { alias: x };
  if (attrs.mode === 'constant') return [constantPad(x, y, attrs)];
  return [
    pickCall(
      x,
      y,
      x.shape.map((d, i) => axisPick(d, attrs.pads[i], attrs.pads[i + x.shape.length], attrs.mode)),
    ),
  ];
};

export const padRules: readonly Rule[] = [{ ops: ['Pad'], lower: pad }];
