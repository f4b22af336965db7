import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../shared.js';
import { filesBelow, packagesOf } from './sources.js';

const code = filesBelow(['src', 'test', 'bin', '.ci'], ['.ts', '.js', '.mjs', '.h', '.py', 'run']);
const texts = [...code, ...filesBelow(['docs'], ['.md'])];
interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}
type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies: Versions;
  readonly optionalDependencies: Versions;
  readonly devDependencies: Versions;
}
const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as LockFile;
const self = 'test/structure/hygiene.test.ts';

describe('files', () => {
  it('have at most 400 lines', () => {
    expect(code.filter((f) => f.lines > 400).map((f) => `${f.path}: ${f.lines}`)).toEqual([]);
  });

  it('export by name, never by default', () => {
    const found = code.filter((f) => f.path.startsWith('src/') && /^export default\b|\bas default\b/m.test(f.text));
    expect(found.map((f) => f.path)).toEqual([]);
  });

  it('name no folder of one machine and no work left over', () => {
    const patterns = [/(?<![\w.])\/(?:work|tmp|root|home)\/\w/, /\b(?:TODO|FIXME|XXX|HACK)\b/, /\b(?:it|test|describe)\.only\b/];
    const found = texts
      .filter((f) => f.path !== self)
      .flatMap((f) => patterns.filter((p) => p.test(f.text)).map((p) => `${f.path}: ${p.exec(f.text)?.[0]}`));
    expect(found).toEqual([]);
  });

  it('take packages from no registry of their own', () => {
    const resolved = Object.values(lock.packages).flatMap((p) => p.resolved ?? []);
    expect(resolved.filter((url) => !url.startsWith('https://registry.npmjs.org/'))).toEqual([]);
    const npmrc = readFileSync(join(projectRoot, '.npmrc'), 'utf8');
    expect(npmrc).not.toMatch(/registry/);
  });

  it('import packages that package.json names: those of src are not for development alone', () => {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
    const shipped = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const all = [...shipped, ...Object.keys(manifest.devDependencies)];
    const files = [...code, ...filesBelow(['fixtures'], ['.ts'])];
    const unnamed = files.flatMap((f) =>
      packagesOf(f)
        .filter((name) => !(f.path.startsWith('src/') ? shipped : all).includes(name))
        .map((name) => `${f.path}: ${name}`),
    );
    expect(unnamed).toEqual([]);
    expect(files.flatMap(packagesOf)).toContain('onnxruntime-node');
  });

  it('lock the packages of every platform: npm ci refuses a lock file that leaves one out', () => {
    const known = Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    const missing = Object.values(lock.packages)
      .flatMap((p) => Object.keys(p.optionalDependencies ?? {}))
      .filter((name) => !known.includes(name));
    expect(missing).toEqual([]);
  });
});
