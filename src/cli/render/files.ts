import type { FileReport } from '../../quantize/report.js';
import type { Style } from './style.js';
import { bytes, decibels, percent, table } from './text.js';

/** A file, its size against the float model's, and what ran it. */
export interface FileLine {
  readonly path: string;
  readonly size: number;
  readonly runtime: string;
}

/** The float file and what was made of it: "model_int8.tflite  98.5 kB  11.3x smaller  LiteRT". */
export function fileTable(float: FileLine, others: readonly FileLine[], style: Style): string[] {
  const ratio = (size: number): string => {
    const r = float.size / size;
    return r >= 1 ? `${r.toFixed(1)}× smaller` : `${(1 / r).toFixed(1)}× larger`;
  };
  return table(
    [[float.path, bytes(float.size), '', float.runtime], ...others.map((f) => [f.path, bytes(f.size), ratio(f.size), f.runtime])],
    [{ style: style.bold }, { right: true }, {}, { style: style.dim }],
  );
}

type Compared = Pick<FileReport, 'outputs' | 'agreement' | 'accuracy'> & { readonly label: string };

/** Fidelity of each output of each file, then what became of the classes. */
export function fidelityLines(files: readonly Compared[], style: Style): string[] {
  const several = files.length > 1;
  const rows = files.flatMap((f) =>
    f.outputs.map((o) => [o.name, ...(several ? [f.label] : []), decibels(o.sqnr_db), o.max_error.toPrecision(3)]),
  );
  const right = { right: true };
  return [
    ...table(
      [['output', ...(several ? ['file'] : []), 'SQNR', 'max error'], ...rows],
      several ? [{}, {}, right, right] : [{}, right, right],
    ).map((line, i) => (i === 0 ? style.dim(line) : line)),
    ...files.flatMap((f) => classLine(f, several ? `${f.label}: ` : '', style)),
  ];
}

function classLine({ agreement, accuracy }: Compared, prefix: string, style: Style): string[] {
  if (agreement === undefined) return [];
  const parts = [`top-1 agreement ${style.bold(percent(agreement))}`];
  if (accuracy)
    parts.push(`accuracy ${percent(accuracy.float)} → ${style.bold(percent(accuracy.quantized))} on ${accuracy.samples} labelled samples`);
  return [`  ${prefix}${parts.join(', ')}`];
}
