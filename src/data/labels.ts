import { basename } from 'node:path';
import { ModelError } from '../errors.js';
import { didYouMean } from '../suggest.js';
import { cellsOf, numberIn, separatorOf } from './csv.js';
import { readText } from './files.js';

/** Class indices, and the names where the labels were names. */
export interface ClassIndices {
  readonly indices: readonly number[];
  readonly classes?: readonly string[];
}

/** Labels from a file: by sample file, or one per sample in their order. */
export interface LabelFile {
  readonly path: string;
  /** By the path or name that the file gives; absent where labels are in the order of the samples. */
  readonly byFile?: ReadonlyMap<string, number>;
  readonly inOrder?: readonly number[];
  readonly classes?: readonly string[];
}

interface Row {
  readonly line: number;
  readonly file?: string;
  readonly label: string;
  /** Number of classes that the row itself claims. */
  readonly count?: string;
}

/**
 * Indices from labels as written: whole numbers are indices; otherwise all are names, whose order is `classes` or sorted.
 * `where` begins the message about label i. Throws ModelError for a negative or fractional number and for an unknown name.
 */
export function classIndex(labels: readonly string[], classes: readonly string[] | undefined, where: (i: number) => string): ClassIndices {
  if (!labels.every((l) => numberIn(l) !== undefined) || (classes && labels.every((l) => classes.includes(l)))) {
    const empty = labels.indexOf('');
    if (empty >= 0) throw new ModelError(`${where(empty)}: the label is empty.`);
    const names = classes ?? [...new Set(labels)].sort();
    const index = new Map(names.map((n, i) => [n, i]));
    const indices = labels.map((l, i) => {
      const found = index.get(l);
      if (found === undefined) throw new ModelError(`${where(i)}: '${l}' is none of the ${names.length} classes.${didYouMean(l, names)}`);
      return found;
    });
    return { indices, classes: names };
  }
  const indices = labels.map((l, i) => {
    const index = Number(l);
    if (!Number.isInteger(index) || index < 0)
      throw new ModelError(`${where(i)}: the label is ${l}; a class index is a whole number from 0.`);
    if (classes && index >= classes.length)
      throw new ModelError(`${where(i)}: the label is ${l}, but there are ${classes.length} classes (0 to ${classes.length - 1}).`);
    return index;
  });
  return { indices, classes };
}

/**
 * Reads a labels file. CSV: `file,label`, `file,classes,label`, a header that names such columns, or one label per line; JSON: an object
 * from file to label, an array of {file, label}, or an array of labels. Labels are class indices or names.
 * Throws ModelError with the line (or the entry).
 */
export async function readLabels(path: string, classes: readonly string[] | undefined): Promise<LabelFile> {
  const text = await readText(path);
  const json = /^\s*[[{]/.test(text);
  const { rows, names } = json ? { rows: jsonRows(text, path), names: undefined } : csvRows(text, path);
  if (rows.length === 0) throw new ModelError(`${path} holds no labels.`);
  const where = (i: number) =>
    json ? `${path}, entry ${rows[i].line}${rows[i].file ? ` ('${rows[i].file}')` : ''}` : `${path}, line ${rows[i].line}`;
  const known = classIndex(
    rows.map((r) => r.label),
    classes,
    where,
  );
  for (const [i, { count }] of rows.entries()) {
    if (count === undefined) continue;
    const n = numberIn(count);
    if (n === undefined || !Number.isInteger(n) || n < 1)
      throw new ModelError(
        `${where(i)}: '${count}' is no number of classes. Without a header, three columns are file, number of classes, class index.`,
      );
    if (known.indices[i] >= n)
      throw new ModelError(`${where(i)}: the class index is ${known.indices[i]}, but there are ${n} classes (0 to ${n - 1}).`);
  }
  const found = known.classes ?? namesByIndex(known.indices, names);
  if (rows[0].file === undefined) return { path, inOrder: known.indices, classes: found };
  const byFile = new Map<string, number>();
  for (const [i, { file = '' }] of rows.entries()) {
    const key = normal(file);
    const before = byFile.get(key);
    if (before !== undefined && before !== known.indices[i])
      throw new ModelError(`${where(i)}: '${file}' has label ${known.indices[i]} here and ${before} further up.`);
    byFile.set(key, known.indices[i]);
  }
  return { path, byFile, classes: found };
}

const normal = (file: string): string => file.replaceAll('\\', '/').replace(/^\.\//, '');

/** The label of a sample's file: by its relative path, its name, or either without the extension. */
export function labelFor(labels: LabelFile, file: string): number | undefined {
  const { byFile } = labels;
  const bare = (f: string) => f.replace(/\.[^./]+$/, '');
  const name = basename(file);
  return byFile?.get(file) ?? byFile?.get(name) ?? byFile?.get(bare(file)) ?? byFile?.get(bare(name));
}

/** Class names where a column of the file gives them beside the indices. */
function namesByIndex(indices: readonly number[], names: readonly string[] | undefined): string[] | undefined {
  if (!names || !Number.isSafeInteger(Math.max(...indices)) || Math.max(...indices) > 1_000_000) return undefined;
  const out = Array.from({ length: Math.max(...indices) + 1 }, (_, i) => `${i}`);
  for (const [i, index] of indices.entries()) out[index] = names[i];
  return out;
}

const fileHeader = /^(file|file_?name|path|image|image_?(id|name|path)|sample|id)$/i;
const labelHeader = /^(label|labels|class|target|category|y|(class|label|category|target)_?(index|idx|id)\w*)$/i;
const nameHeader = /^(name|(class|label|category)_?name)$/i;

function csvRows(text: string, path: string): { rows: Row[]; names?: string[] } {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((l) => l.trim() !== '');
  if (first < 0) return { rows: [] };
  const separator = separatorOf(lines[first]);
  const cells = (n: number) => cellsOf(lines[n], separator, `${path}, line ${n + 1}`).map((c) => c.trim());
  const head = cells(first);
  const width = head.length;
  const titled = head.findIndex((h) => labelHeader.test(h));
  const header = titled >= 0 && (width === 1 || head.some((h) => fileHeader.test(h)));
  if (!header && (width > 3 || fileHeader.test(head[0])))
    throw new ModelError(
      `${path}, line ${first + 1}: no header that names a label column among the ${width}. Begin with a line such as file,label.`,
    );
  const column = header
    ? { file: head.findIndex((h) => fileHeader.test(h)), label: titled, count: -1, name: head.findIndex((h) => nameHeader.test(h)) }
    : { file: width === 1 ? -1 : 0, label: width - 1, count: width === 3 ? 1 : -1, name: -1 };
  const rows: Row[] = [];
  const names: string[] = [];
  for (let n = header ? first + 1 : first; n < lines.length; n++) {
    if (lines[n].trim() === '') continue;
    const row = cells(n);
    if (row.length !== width) throw new ModelError(`${path}, line ${n + 1}: ${row.length} columns, where the first line has ${width}.`);
    rows.push({ line: n + 1, file: column.file < 0 ? undefined : row[column.file], label: row[column.label], count: row[column.count] });
    if (column.name >= 0) names.push(row[column.name]);
  }
  return { rows, names: column.name >= 0 ? names : undefined };
}

function jsonRows(text: string, path: string): Row[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${path} is no valid JSON: ${(error as Error).message}.`, { cause: error });
  }
  const label = (v: unknown, line: number): string => {
    if (typeof v === 'number' || typeof v === 'string') return `${v}`;
    throw new ModelError(`${path}, entry ${line}: the label is ${JSON.stringify(v)?.slice(0, 40)}; a class index or a name is needed.`);
  };
  if (Array.isArray(value) && value.some((v) => (typeof v === 'object') !== (typeof value[0] === 'object')))
    throw new ModelError(`${path} mixes labels alone with {"file": …, "label": …} entries: use one form.`);
  if (!Array.isArray(value)) return Object.entries(value as object).map(([file, v], i) => ({ line: i + 1, file, label: label(v, i + 1) }));
  return value.map((v, i): Row => {
    if (typeof v !== 'object' || v === null) return { line: i + 1, label: label(v, i + 1) };
    const { file, label: l } = v as { file?: unknown; label?: unknown };
    if (typeof file !== 'string') throw new ModelError(`${path}, entry ${i + 1}: "file" is missing; an entry is {"file": …, "label": …}.`);
    return { line: i + 1, file, label: label(l, i + 1) };
  });
}
