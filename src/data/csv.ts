import { ModelError } from '../errors.js';
import { readUpTo } from './files.js';

/** Where a row stands in a file: bytes [start, end), without its line end; `line` counts from 1. */
export interface RowSpan {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const chunkLength = 1 << 18;
const longestRow = 64 << 20;
const [quote, newline, carriage] = [0x22, 0x0a, 0x0d];

/** Walks over the rows of a file, reading it in pieces; empty lines are passed over. Throws ModelError for a row of over 64 MB. */
export async function* rowsOf(path: string): AsyncGenerator<RowSpan & { readonly bytes: Buffer }> {
  let buffer: Buffer = Buffer.alloc(0);
  let base = 0;
  let line = 1;
  let rowLine = 1;
  let scanned = 0;
  let quoted = false;
  let end = false;
  while (!end) {
    const chunk = await readUpTo(path, base + buffer.length, chunkLength);
    end = chunk.length === 0;
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    let start = 0;
    for (; scanned < buffer.length || (end && start < buffer.length); scanned++) {
      const b = scanned < buffer.length ? buffer[scanned] : newline;
      if (b === quote) quoted = !quoted;
      if (b !== newline) continue;
      line++;
      if (quoted && scanned < buffer.length) continue;
      if (quoted) throw new ModelError(`${path}, line ${rowLine}: a quotation mark is opened and never closed.`);
      const last = scanned > start && buffer[scanned - 1] === carriage ? scanned - 1 : scanned;
      if (last > start) yield { start: base + start, end: base + last, line: rowLine, bytes: buffer.subarray(start, last) };
      start = scanned + 1;
      rowLine = line;
    }
    base += start;
    buffer = buffer.subarray(Math.min(start, buffer.length));
    scanned -= start;
    if (buffer.length > longestRow)
      throw new ModelError(`${path}, line ${rowLine}: a row of more than ${longestRow} bytes. Is this a CSV file?`);
  }
}

/** The separator of a file by its first row: a tab where there is one, else a semicolon, else a comma. */
export const separatorOf = (row: string): string => (row.includes('\t') ? '\t' : row.includes(';') ? ';' : ',');

/** The cells of one row (RFC 4180: quoted cells may hold separators, line ends and doubled quotation marks). `where` begins the message. */
export function cellsOf(row: string, separator: string, where: string): string[] {
  if (!row.includes('"')) return row.split(separator);
  const cells: string[] = [];
  for (let at = 0; at <= row.length; ) {
    if (row[at] !== '"') {
      const next = row.indexOf(separator, at);
      const end = next < 0 ? row.length : next;
      const cell = row.slice(at, end);
      if (cell.includes('"')) throw new ModelError(`${where}, column ${cells.length + 1}: a quotation mark in a cell that is not quoted.`);
      cells.push(cell);
      at = end + 1;
      continue;
    }
    let text = '';
    for (at++; ; ) {
      const close = row.indexOf('"', at);
      if (close < 0) throw new ModelError(`${where}, column ${cells.length + 1}: a quotation mark is opened and never closed.`);
      text += row.slice(at, close);
      at = close + 1;
      if (row[at] !== '"') break;
      text += '"';
      at++;
    }
    if (at < row.length && row[at] !== separator)
      throw new ModelError(`${where}, column ${cells.length + 1}: text after the closing quotation mark.`);
    cells.push(text);
    at++;
  }
  return cells;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const infinite = /^[+-]?(nan|inf|infinity)$/i;

/** The number in a cell; NaN and infinities as themselves; undefined where it holds something else. */
export function numberIn(cell: string): number | undefined {
  const text = cell.trim();
  if (decimal.test(text)) return Number(text);
  if (!infinite.test(text)) return undefined;
  return /nan/i.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity;
}
