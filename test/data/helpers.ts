import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { type DataOptions, type Dataset, openData, type PortSpec } from '../../src/data/index.js';
import type { DType } from '../../src/ir/types.js';
import { projectRoot } from '../shared.js';

export const fixture = (path: string): string => join(projectRoot, 'fixtures/data', path);

export const port = (shape: readonly number[], dtype: DType = 'float32', name = 'x'): PortSpec => ({ name, dtype, shape });

/** The values of the only input of sample `i`, as numbers. */
export async function values(data: Dataset, i: number, input = 'x'): Promise<number[]> {
  const sample = await data.read(i);
  return Array.from(sample.inputs[input].data as ArrayLike<number | bigint>, Number);
}

export const names = (data: Dataset): string[] => Array.from({ length: data.size }, (_, i) => data.name(i));
export const labels = (data: Dataset): (number | undefined)[] => Array.from({ length: data.size }, (_, i) => data.label(i));

/** What opening the data, then reading all of it, throws. */
export async function refusal(path: string, ports: readonly PortSpec[], options: DataOptions = {}): Promise<Error> {
  try {
    const data = await openData(path, ports, options);
    for (let i = 0; i < data.size; i++) await data.read(i);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${path} was not refused`);
}

const folders: string[] = [];
afterEach(() => {
  for (const f of folders.splice(0)) rmSync(f, { recursive: true, force: true });
});

/** A temporary folder with these files, removed after the test. A name that ends with / is an empty folder. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'edgeml-data-'));
  folders.push(root);
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(name.endsWith('/') ? join(root, name) : dirname(join(root, name)), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(root, name), data);
  }
  return root;
}
