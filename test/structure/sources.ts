import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { projectRoot } from '../shared.js';

export interface SourceFile {
  /** From the project's root, with forward slashes: `src/ir/graph.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

/** Every file below these folders of the project whose name ends in one of the extensions. */
export function filesBelow(folders: readonly string[], extensions: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile() && extensions.some((x) => e.name.endsWith(x)))
      .map((e) => {
        const path = join(e.parentPath, e.name);
        const text = readFileSync(path, 'utf8');
        return { path: relative(projectRoot, path).replaceAll('\\', '/'), text, lines: text.split('\n').length - 1 };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

/** The project's files that a file imports, statically or by `import()`, as paths from the root. */
export function importsOf(file: SourceFile): string[] {
  const specifiers = [...file.text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g)].map((m) => m[1]);
  return specifiers.map((s) => posix.join(dirname(file.path), s).replace(/\.js$/, '.ts'));
}

/** The packages that a file imports, statically or by `import()`; Node's own modules are none. */
export function packagesOf(file: SourceFile): string[] {
  const specifiers = [...file.text.matchAll(/(?:^(?:import|export)\b[^;']*\bfrom\s+|^import\s+|\bimport\()'([^'.][^']*)'/gm)].map(
    (m) => m[1],
  );
  return specifiers
    .filter((s) => !s.startsWith('node:'))
    .map((s) =>
      s
        .split('/')
        .slice(0, s.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
