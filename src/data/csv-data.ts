import { basename } from 'node:path';
import { ModelError, UsageError } from '../errors.js';
import { sizeOf } from '../ir/types.js';
import { didYouMean } from '../suggest.js';
import { converterFor } from './convert.js';
import { cellsOf, numberIn, type RowSpan, rowsOf, separatorOf } from './csv.js';
import { decodeText, fileBytes, statPath } from './files.js';
import { classIndex } from './labels.js';
import { showPort } from './layout.js';
import type { DataOptions, PortSpec, Source } from './types.js';

const labelNames = ['label', 'class'];

/** What the first row tells of the columns. */
interface Columns {
  readonly separator: string;
  readonly count: number;
  readonly header?: readonly string[];
  /** Index of the label's column. */
  readonly label?: number;
}

/**
 * Rows of numbers, one sample each, in the input's row-major order. The first row is a header where a cell of it is no number; a column
 * named label or class (or the one of `labelColumn`) holds the label. All rows are checked here and kept as positions only.
 * Throws ModelError with line and column.
 */
export async function csvSource(path: string, port: PortSpec, options: DataOptions): Promise<Source> {
  const spans: RowSpan[] = [];
  const labels: string[] = [];
  let columns: Columns | undefined;
  for await (const { bytes, ...span } of rowsOf(path)) {
    const row = textOf(bytes, path);
    if (!columns) {
      columns = columnsOf(row, `${path}, line ${span.line}`, port, options);
      if (columns.header) continue;
    }
    const cells = cellsOf(row, columns.separator, `${path}, line ${span.line}`);
    numbersIn(cells, columns, `${path}, line ${span.line}`);
    if (columns.label !== undefined) labels.push(cells[columns.label].trim());
    spans.push(span);
  }
  if (!columns || spans.length === 0)
    throw new ModelError(`${path} holds no rows${columns ? ' but the header' : ''}. One row per sample is needed.`);
  const layout = columns;
  const known = layout.label === undefined ? undefined : classIndex(labels, options.classes, (i) => `${path}, line ${spans[i].line}`);
  const { size } = await statPath(path);
  const file = fileBytes(path, size);
  const converter = converterFor(port, options);
  const name = basename(path);
  const where = (i: number) => `${path}, line ${spans[i].line}`;
  return {
    length: spans.length,
    description: `${spans.length} rows of ${name}`,
    preparation: converter.description,
    classes: known?.classes,
    warnings: [],
    named: false,
    item: (i) => ({ name: `${name}:${spans[i].line}`, file: `${i}`, group: `${i}`, label: known?.indices[i] }),
    async read(i) {
      const { start, end } = spans[i];
      const row = textOf(await file.read(start, end - start), path);
      return converter.convert(numbersIn(cellsOf(row, layout.separator, where(i)), layout, where(i)), where(i));
    },
  };
}

const textOf = (bytes: Uint8Array, path: string): string => decodeText(bytes, path);

function columnsOf(row: string, where: string, port: PortSpec, { labelColumn }: DataOptions): Columns {
  const separator = separatorOf(row);
  const cells = cellsOf(row, separator, where).map((c) => c.trim());
  const header = cells.some((c, i) => numberIn(c) === undefined && i !== Number(labelColumn) - 1) ? cells : undefined;
  const label = labelIndex(cells.length, header, labelColumn, where);
  const size = sizeOf(port.shape);
  const values = cells.length - (label === undefined ? 0 : 1);
  if (values !== size) {
    const spare = values === size + 1 && label === undefined;
    throw new ModelError(
      `${where}: ${cells.length} columns${label === undefined ? '' : ', one of them the label'}, but ${showPort(port)}, which is ${size} numbers.` +
        (spare ? " If one column is the label, name it 'label' in a header or say which with --label-column." : ''),
    );
  }
  return { separator, count: cells.length, header, label };
}

function labelIndex(
  count: number,
  header: readonly string[] | undefined,
  wanted: string | number | undefined,
  where: string,
): number | undefined {
  if (wanted === undefined) {
    const found = header?.findIndex((h) => labelNames.includes(h.toLowerCase())) ?? -1;
    return found < 0 ? undefined : found;
  }
  const named = header?.indexOf(`${wanted}`) ?? -1;
  if (named >= 0) return named;
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= count) return number - 1;
  if (Number.isInteger(number)) throw new UsageError(`labelColumn is ${wanted}, but ${where} has columns 1 to ${count}.`);
  throw new UsageError(`labelColumn is '${wanted}', and ${where} has no column of that name.${didYouMean(`${wanted}`, header ?? [])}`);
}

function numbersIn(cells: readonly string[], { count, header, label }: Columns, where: string): Float64Array {
  if (cells.length !== count) throw new ModelError(`${where}: ${cells.length} columns, where the first row has ${count}.`);
  const out = new Float64Array(count - (label === undefined ? 0 : 1));
  for (let c = 0, o = 0; c < count; c++) {
    if (c === label) continue;
    const value = numberIn(cells[c]);
    if (value !== undefined && Number.isFinite(value)) {
      out[o++] = value;
      continue;
    }
    const at = `${where}, column ${c + 1}${header ? ` ('${header[c]}')` : ''}`;
    const cell = cells[c].trim();
    if (cell === '') throw new ModelError(`${at} is empty: every value is needed.`);
    if (value !== undefined) throw new ModelError(`${at} is ${cell}, and every value has to be finite.`);
    throw new ModelError(
      `${at} is '${cell.slice(0, 40)}', which is no number${/^[+-]?\d+,\d+$/.test(cell) ? ' (decimals take a point, not a comma)' : ''}.`,
    );
  }
  return out;
}
