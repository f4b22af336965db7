import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { shared } from '../shared.js';

/** The archive of ONNX's own backend cases. */
export const archive = shared('conformance/onnx/onnx_backend_cases.tar.xz');

/**
 * Unpacks the archive into a cache in the system's temporary folder, once for each version of it; returns the folder.
 * Throws Error where the archive is absent or tar fails.
 */
export function unpackCases(): string {
  if (!existsSync(archive)) {
    throw new Error(`There are no ONNX cases at ${archive}. Name a folder of cases, or set EDGEML_SHARED to where the archive is.`);
  }
  const { size, mtimeMs } = statSync(archive);
  const target = join(tmpdir(), `edgeml-conformance-${size}-${Math.round(mtimeMs)}`);
  if (existsSync(target)) return target;
  mkdirSync(tmpdir(), { recursive: true });
  const part = mkdtempSync(`${target}-`);
  execFileSync('tar', ['-xJf', archive, '-C', part, '--no-same-owner'], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    renameSync(part, target);
  } catch (e) {
    // Another run was faster: its folder is as good.
    rmSync(part, { recursive: true });
    if (!existsSync(target)) throw e;
  }
  return target;
}

/** Folders below `root` that hold a `model.onnx`, as sorted relative paths. */
export function findCases(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((e) => e.isFile() && e.name === 'model.onnx')) found.push(relative(root, folder) || '.');
    else for (const e of entries) if (e.isDirectory()) visit(join(folder, e.name));
  };
  visit(root);
  return found.sort();
}
