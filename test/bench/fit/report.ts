import type { Row } from './rows.js';

/** A row that was predicted by a fit that had not seen it. */
export interface HeldOut {
  readonly row: Row;
  /** Predicted over published. */
  readonly ratio: number;
}

export const error = (h: HeldOut): number => Math.abs(h.ratio - 1);
export const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;

/** Value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** Refits once for each value of `key`, without the rows that have it, and predicts them. */
export function leaveOut(
  rows: readonly Row[],
  key: (row: Row) => string,
  refit: (rows: readonly Row[]) => (row: Row) => number,
): HeldOut[] {
  return [...new Set(rows.map(key))].flatMap((value) => {
    const predict = refit(rows.filter((r) => key(r) !== value));
    return rows.filter((r) => key(r) === value).map((row) => ({ row, ratio: predict(row) / row.cycles }));
  });
}

/**
 * How far to both sides of the middle, as a logarithm, a range has to reach to hold eight of ten rows where it is taken from the rows with
 * another `key` only; and the part of the rows that it holds so.
 */
export function range(held: readonly HeldOut[], key: (row: Row) => string): { readonly width: number; readonly coverage: number } {
  const off = (h: readonly HeldOut[]) => h.map((x) => Math.abs(Math.log(x.ratio)));
  const values = [...new Set(held.map((h) => key(h.row)))];
  const coverage = (part: number) =>
    mean(
      values.flatMap((value) => {
        const width = quantile(off(held.filter((h) => key(h.row) !== value)), part);
        return off(held.filter((h) => key(h.row) === value)).map((v) => (v <= width ? 1 : 0));
      }),
    );
  let part = 0.8;
  while (part < 0.99 && coverage(part) < 0.8) part += 0.01;
  return { width: quantile(off(held), part), coverage: coverage(part) };
}

const percent = (v: number): string => `${(100 * v).toFixed(1)} %`;

export function summary(held: readonly HeldOut[]): string {
  const errors = held.map(error);
  return `mean ${percent(mean(errors))}, median ${percent(quantile(errors, 0.5))}, worst ${percent(Math.max(...errors))}`;
}

/** One line for each value of `key`: error and bias. */
export function by(held: readonly HeldOut[], key: (row: Row) => string): string[] {
  return [...new Set(held.map((h) => key(h.row)))].sort().map((value) => {
    const of = held.filter((h) => key(h.row) === value);
    const bias = mean(of.map((h) => h.ratio)) - 1;
    return `  ${value.padEnd(24)} ${String(of.length).padStart(3)} rows  ${summary(of)}, bias ${percent(bias)}`;
  });
}
