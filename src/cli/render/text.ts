/** Bytes as people read them: "96.2 kB" is 96200 bytes. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Counts as people read them: "12.5 M". */
export function count(n: number): string {
  if (n < 10_000) return String(n);
  const units = ['k', 'M', 'G', 'T'];
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 100 ? 2 : 1)} ${units[unit]}`;
}

/** SQNR; `null` stands for two tensors that do not differ. */
export const decibels = (db: number | null): string => (db === null ? 'exact' : `${db.toFixed(1)} dB`);

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

export const seconds = (s: number): string => (s < 60 ? `${s.toFixed(1)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`);

/** A bar of `width` cells, `share` of which are full; eighths of a cell are shown. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7];
}

/** A name cut in the middle to fit; ends of layer names tell more than their middles. */
export function elide(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** Control characters of names that come from files would steer the terminal. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\u{fffd}');

/** A line of values for scripts: between tabs, and nothing in them that is one. */
export const fields = (values: readonly string[]): string => values.map(printable).join('\t');

/** Words in lines of at most `width` characters, the first line with its own margin; a word that is longer stands alone. */
export function wrap(text: string, width: number, first = '', others = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = others;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

export interface Column {
  readonly right?: boolean;
  /** Applied after padding, so that marks do not count as width. */
  readonly style?: (text: string) => string;
}

/** Rows in aligned columns, two spaces apart and two from the margin. Cells are made printable; the last column is not padded. */
export function table(rows: readonly (readonly string[])[], columns: readonly Column[] = []): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return clean.map((row) => {
    const cells = row.map((cell, i) => {
      const { right, style = (t: string) => t } = columns[i] ?? {};
      return style(right ? cell.padStart(widths[i]) : i === row.length - 1 ? cell : cell.padEnd(widths[i]));
    });
    return `  ${cells.join('  ').trimEnd()}`;
  });
}
