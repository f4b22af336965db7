import type { InspectReport, PortReport, QuantReport } from '../../quantize/inspect.js';
import type { Style } from './style.js';
import { bytes, count, elide, plural, printable, table } from './text.js';

const formats: Readonly<Record<string, string>> = { onnx: 'ONNX', tflite: 'TFLite', 'keras-h5': 'Keras HDF5', 'keras-zip': 'Keras' };

/** The summary of `edgeml inspect`, line by line. */
export function renderInspect(r: InspectReport, style: Style, show: { readonly layers?: boolean; readonly tensors?: boolean }): string[] {
  const { activations: a } = r;
  const facts = [
    ['parameters', `${count(r.parameters.count)} (${bytes(r.parameters.bytes)})`],
    ['multiply-accumulates', count(r.macs)],
    ['element-wise work', count(r.elements)],
    [
      'activations, peak',
      `${bytes(a.peak_bytes)}${a.int8_bytes !== undefined ? `, as int8 ${bytes(a.int8_bytes)}` : ''}${a.at ? ` (at ${elide(a.at, 40)})` : ''}`,
    ],
  ];
  const operators = r.operators.map((o) => [o.operator, String(o.count), some(o.macs), some(o.parameters)]);
  const right = { right: true };
  return [
    `${style.bold(printable(r.model.path))}  ${style.dim(`${formats[r.model.format] ?? r.model.format}, ${bytes(r.model.size)}`)}`,
    '',
    ...table([...ports('input', r.inputs), ...ports('output', r.outputs)], [{ style: style.dim }, { style: style.bold }]),
    '',
    ...table(facts, [{ style: style.dim }]),
    '',
    ...headed(
      style,
      [[`operators${r.graph === 'simplified' ? ', simplified' : ''}`, 'count', 'MACs', 'parameters'], ...operators],
      [{}, right, right, right],
    ),
    ...(show.layers ? ['', ...layerTable(r, style)] : []),
    ...(show.tensors ? ['', ...tensorTable(r, style)] : []),
    '',
    ...quantizationLines(r, style),
  ];
}

/** A column of counts is easier to read without its zeros. */
const some = (n: number): string => (n === 0 ? '·' : count(n));

const headed = (style: Style, rows: readonly (readonly string[])[], columns: Parameters<typeof table>[1]): string[] =>
  table(rows, columns).map((line, i) => (i === 0 ? style.dim(line) : line));

const ports = (label: string, all: readonly PortReport[]): string[][] =>
  all.map((p) => [label, p.name, `${p.dtype}[${p.shape.join(',')}]`, p.quantization ? showQuant(p.quantization) : '']);

/** "scale 0.0078125, zero point -1"; per channel the extremes. */
function showQuant({ scale, zero_point: zero, axis }: QuantReport): string {
  const short = (x: number): string => String(Number(x.toPrecision(6)));
  if (scale.length === 1) return `scale ${short(scale[0])}, zero point ${zero[0]}`;
  const [low, high] = scale.reduce(([l, h], s) => [Math.min(l, s), Math.max(h, s)], [Infinity, -Infinity]);
  return `${scale.length} scales along axis ${axis}, ${short(low)} to ${short(high)}`;
}

function layerTable({ layers }: InspectReport, style: Style): string[] {
  const rows = layers.map((l) => [elide(l.name, 48), l.operator, `${l.dtype}[${l.shape.join(',')}]`, some(l.parameters), some(l.macs)]);
  return headed(style, [['layer', 'operator', 'output', 'parameters', 'MACs'], ...rows], [{}, {}, {}, { right: true }, { right: true }]);
}

function tensorTable({ tensors }: InspectReport, style: Style): string[] {
  if (tensors.length === 0) return [`  ${style.dim('no tensor is quantized')}`];
  const rows = tensors.map((t) => [
    elide(t.name, 48),
    `${t.dtype}[${t.shape.join(',')}]`,
    t.constant ? 'constant' : 'activation',
    t.quantization ? showQuant(t.quantization) : '',
  ]);
  return headed(style, [['tensor', 'type', 'kind', 'quantization'], ...rows], []);
}

function quantizationLines(r: InspectReport, style: Style): string[] {
  const blockers = renderBlockers(r);
  if (blockers.length === 0) return [style.good('  Every operator can be quantized to int8, for TFLite and for ONNX.')];
  return blockers.map((line) => `  ${style.warn(line)}`);
}

/** One line per thing that would stop quantization or leave a node in float; none where all is well. */
export function renderBlockers({ quantization: q }: InspectReport): string[] {
  const named = (nodes: readonly string[]): string => {
    if (nodes.length === 0) return '';
    const shown = nodes.slice(0, 3).map((n) => `'${n}'`);
    return ` (${plural(nodes.length, 'node')}: ${shown.join(', ')}${nodes.length > 3 ? ', …' : ''})`;
  };
  const formats = Object.entries(q.unsupported).flatMap(([format, all]) =>
    all.map((u) => `Stops ${format === 'onnx' ? 'ONNX' : 'TFLite'}: ${u.operator} ${u.reason}${named(u.nodes)}`),
  );
  const floats = q.stays_float.map((s) => `Stays in float: ${s.operator} ${s.reason}${named(s.nodes)}`);
  return [...(q.refused ? [q.refused] : []), ...formats, ...floats].map(printable);
}
