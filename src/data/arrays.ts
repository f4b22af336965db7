import { basename, join } from 'node:path';
import { ModelError } from '../errors.js';
import { type Shape, sameShape, sizeOf } from '../ir/types.js';
import { didYouMean } from '../suggest.js';
import { converterFor } from './convert.js';
import { fileBytes, statPath } from './files.js';
import { describeFolder, type Folder } from './folder.js';
import { imageLayout, recordShape, showPort } from './layout.js';
import { type NpyArray, openNpy, recordReader } from './npy.js';
import type { DataOptions, PortSpec, Source } from './types.js';
import { openEntry, type Unpacked } from './unzip.js';
import { readZipDirectory } from './zip.js';

const show = (shape: readonly (number | string)[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
const withoutOnes = (shape: Shape): Shape => shape.filter((d) => d !== 1);

/** Whether records of this shape hold an input's elements in its order: equal but for dimensions of 1, or a flat row of as many. */
const holds = (shape: Shape, record: Shape): boolean =>
  sameShape(withoutOnes(shape), withoutOnes(record)) || (withoutOnes(shape).length <= 1 && sizeOf(shape) === sizeOf(record));

/** The shape that a stored record has: that of the input, or its other layout where the options say so. */
function storedShape(port: PortSpec, { layout }: DataOptions): Shape {
  if (!layout) return recordShape(port);
  const { height, width, channels } = imageLayout(port);
  return layout === 'nhwc' ? [height, width, channels] : [channels, height, width];
}

function wrongShape(array: NpyArray, port: PortSpec, wanted: Shape, single: boolean): ModelError {
  const { shape } = array;
  const need = single ? show(wanted) : show(['samples', ...wanted]);
  const last = withoutOnes(shape.slice(-wanted.length));
  const permuted = sameShape([...last].sort(), [...withoutOnes(wanted)].sort());
  const hint =
    permuted && wanted.length === 3 ? ' The dimensions look transposed: say how the samples are stored with --layout nhwc or nchw.' : '';
  return new ModelError(`${array.path} has shape ${show(shape)}, but ${showPort(port)}: the array has to be ${need}.${hint}`);
}

/** Samples along the first axis of one array. */
function stackedSource(array: NpyArray, port: PortSpec, options: DataOptions, warnings: readonly string[] = []): Source {
  const wanted = storedShape(port, options);
  const { shape } = array;
  const lead = shape.length > 0 && holds(shape.slice(1), wanted);
  if (!lead && !holds(shape, wanted)) throw wrongShape(array, port, wanted, false);
  const length = lead ? shape[0] : 1;
  if (length === 0) throw new ModelError(`${array.path} has shape ${show(shape)} and so holds no samples.`);
  const converter = converterFor(port, options);
  const read = recordReader(array, lead);
  const name = basename(array.path);
  return {
    length,
    description: `${length} ${length === 1 ? 'sample' : 'samples'} of ${array.descr} in ${name}`,
    preparation: converter.description,
    warnings,
    named: false,
    item: (i) => ({ name: `${name}[${i}]`, file: `${i}`, group: `${i}` }),
    read: async (i) => converter.convert(await read(i), `${array.path}, sample ${i}`, options.layout),
  };
}

/** A .npy file: its first axis counts the samples (or it is one sample). Throws ModelError where the shape is not the input's. */
export async function npySource(path: string, port: PortSpec, options: DataOptions): Promise<Source> {
  const { size } = await statPath(path);
  return stackedSource(await openNpy(fileBytes(path, size), path), port, options);
}

/** A folder of .npy files, one sample each. Headers but the first are read with their samples. */
export async function npyFolderSource(folder: Folder, port: PortSpec, options: DataOptions): Promise<Source> {
  const wanted = storedShape(port, options);
  const open = async (i: number): Promise<NpyArray> => {
    const path = join(folder.root, folder.files[i]);
    const array = await openNpy(fileBytes(path, (await statPath(path)).size), path);
    if (holds(array.shape, wanted)) return array;
    if (folder.files.length === 1 && holds(array.shape.slice(1), wanted))
      throw new ModelError(`${path} holds ${array.shape[0]} samples, and in a folder every .npy file is one: give the file itself.`);
    throw wrongShape(array, port, wanted, true);
  };
  await open(0);
  const converter = converterFor(port, options);
  return {
    length: folder.files.length,
    description: describeFolder(folder),
    preparation: converter.description,
    classes: folder.classes,
    warnings: folder.warnings,
    named: true,
    item: folder.item,
    async read(i) {
      const array = await open(i);
      return converter.convert(await recordReader(array, false)(0), array.path, options.layout);
    },
  };
}

const labelKeys = ['label', 'labels', 'y'];

/**
 * One source per input from a .npz archive, whose keys are input names; a key label, labels or y holds class indices.
 * A single array serves a single input whatever its key, with a warning. Throws ModelError where a key is missing.
 */
export async function npzSources(path: string, ports: readonly PortSpec[], optionsFor: (port: PortSpec) => DataOptions): Promise<Source[]> {
  const entries = new Map((await readZipDirectory(path)).filter((e) => e.name.endsWith('.npy')).map((e) => [e.name.slice(0, -4), e]));
  if (entries.size === 0) throw new ModelError(`${path} is a zip archive without .npy arrays, so it is no .npz file.`);
  const inputs = new Set(ports.map((p) => p.name));
  const labelKey = labelKeys.find((k) => entries.has(k) && !inputs.has(k));
  const free = [...entries.keys()].filter((k) => k !== labelKey && !inputs.has(k));
  const warnings: string[] = [];
  const keyOf = (port: PortSpec): string => {
    if (entries.has(port.name)) return port.name;
    if (ports.length === 1 && free.length === 1) {
      warnings.push(`${path}: the only array '${free[0]}' is taken for input '${port.name}'; name it so to be sure.`);
      return free[0];
    }
    const keys = free.slice(0, 10).map((k) => `'${k}'`);
    throw new ModelError(
      `${path} has no array '${port.name}' for the input of that name; it has ${keys.join(', ') || 'no other'}.${didYouMean(port.name, free)}`,
    );
  };
  const keys = ports.map(keyOf);
  const left = free.filter((k) => !keys.includes(k));
  if (left.length > 0)
    warnings.push(`${path}: ${left.map((k) => `'${k}'`).join(', ')} ${left.length === 1 ? 'is' : 'are'} no input and left out.`);

  const opened: Unpacked[] = [];
  const close = async () => {
    for (const o of opened) await o.close();
  };
  const array = async (key: string): Promise<NpyArray> => {
    const bytes = await openEntry(path, entries.get(key)!);
    opened.push(bytes);
    return openNpy(bytes, `${path}:${key}`);
  };
  try {
    const sources: Source[] = [];
    for (const [i, port] of ports.entries())
      sources.push(stackedSource(await array(keys[i]), port, optionsFor(port), i === 0 ? warnings : []));
    const other = sources.findIndex((s) => s.length !== sources[0].length);
    if (other > 0)
      throw new ModelError(
        `${path}: '${keys[0]}' holds ${sources[0].length} samples and '${keys[other]}' ${sources[other].length}; they have to be as many.`,
      );
    const labels = labelKey === undefined ? undefined : await classIndices(await array(labelKey), sources[0].length, warnings);
    const first = sources[0];
    sources[0] = { ...first, close, item: (i) => ({ ...first.item(i), label: labels?.[i] }) };
    return sources;
  } catch (error) {
    await close();
    throw error;
  }
}

/** One class index per sample; undefined, with a warning, where the array is something else. */
async function classIndices(array: NpyArray, count: number, warnings: string[]): Promise<ArrayLike<number> | undefined> {
  if (sizeOf(array.shape) === count && withoutOnes(array.shape).length <= 1) {
    const values = await recordReader(array, false)(0);
    if (Array.prototype.every.call(values, (v) => Number.isInteger(v) && v >= 0)) return values;
  }
  warnings.push(`${array.path} is not one class index per sample and is left out.`);
  return undefined;
}
