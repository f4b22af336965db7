import { join } from 'node:path';
import { mapConcurrently } from '../concurrent.js';
import { ModelError, UsageError } from '../errors.js';
import type { Numbers } from '../ir/tensor.js';
import { dtypes, sizeOf } from '../ir/types.js';
import { converterFor } from './convert.js';
import { fileBytes, statPath } from './files.js';
import { describeFolder, type Folder } from './folder.js';
import { showPort } from './layout.js';
import type { DataOptions, PortSpec, RawType, Source } from './types.js';
import { checkWindow, windowItem, windowsOf } from './windows.js';

export const rawTypes: readonly RawType[] = ['uint8', 'int8', 'int16', 'float32'];

/**
 * Raw little-endian files: one sample each or, with `step`, windows of the input's size. Throws ModelError where the element type
 * is not given or a file is not of the input's size.
 */
export async function rawSource(folder: Folder, port: PortSpec, options: DataOptions): Promise<Source> {
  const size = sizeOf(port.shape);
  const paths = folder.files.map((f) => join(folder.root, f));
  const { raw, step } = options;
  if (!raw)
    throw new ModelError(
      `${describeUntyped(folder)}: say what they hold with --raw ${rawTypes.join(', ')}.${await typeHint(paths[0], size)}`,
    );
  if (!rawTypes.includes(raw)) throw new UsageError(`raw is '${raw}': it has to be one of ${rawTypes.join(', ')}.`);
  checkWindow(port, options);
  const width = dtypes[raw].bytes;
  const lengths = await mapConcurrently(paths, 16, async (path) => {
    const bytes = (await statPath(path)).size;
    checkSize(path, bytes, width, size, port, options);
    return bytes / width;
  });
  const converter = converterFor(port, options);
  const windows = windowsOf(lengths, size, step ?? size);
  return {
    length: windows.length,
    description: describeFolder(folder) + (step ? `, ${windows.length} windows of ${size} every ${step}` : ''),
    preparation: `${raw}, ${converter.description}`,
    classes: folder.classes,
    warnings: folder.warnings,
    named: !step,
    item(i) {
      const { file, start } = windows.at(i);
      return step ? windowItem(folder.item(file), start, size) : folder.item(file);
    },
    async read(i) {
      const { file, start } = windows.at(i);
      const bytes = await fileBytes(paths[file], lengths[file] * width).read(start * width, size * width);
      const values = new dtypes[raw].view(bytes.buffer, bytes.byteOffset, size) as Numbers;
      return converter.convert(values, step ? `${paths[file]}, window at ${start}` : paths[file], options.layout);
    },
  };
}

function checkSize(path: string, bytes: number, width: number, size: number, port: PortSpec, { raw, step }: DataOptions): void {
  if (bytes % width !== 0)
    throw new ModelError(`${path} has ${bytes} bytes, which is no whole number of ${raw} elements of ${width} bytes. Is --raw right?`);
  const count = bytes / width;
  const has = `${path} has ${bytes} bytes, ${count} ${raw} elements, but ${showPort(port)}, which is ${size}`;
  if (count < size) throw new ModelError(`${has}. Give files of ${size * width} bytes, or another --raw type.`);
  if (count > size && !step)
    throw new ModelError(
      `${has}. If the file holds several samples, say how far apart they begin with --step (${size} for one after another).`,
    );
}

const describeUntyped = (folder: Folder): string => `${folder.root} holds ${describeFolder(folder)}`;

/** " 3072 bytes for 3072 elements: uint8 or int8." where the size of the first file tells the width. */
async function typeHint(path: string, size: number): Promise<string> {
  const { size: bytes } = await statPath(path);
  const fitting = rawTypes.filter((t) => dtypes[t].bytes * size === bytes);
  return fitting.length === 0 ? '' : ` ${path} has ${bytes} bytes for the input's ${size} elements, which fits ${fitting.join(' or ')}.`;
}
