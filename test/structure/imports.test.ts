import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf } from './sources.js';

/**
 * Who may import whom (design, "Folders"): a folder looks only at the tiers before its own, never at its siblings.
 * `index.ts`, the public API, stands beside the command line, which calls it.
 */
const tiers: readonly (readonly string[])[] = [
  ['comment.ts', 'concurrent.ts', 'errors.ts', 'suggest.ts', 'version.ts'],
  ['fs', 'yaml.ts'],
  ['ir'],
  ['ops'],
  ['formats', 'passes', 'memory', 'data', 'ssh'],
  ['runtime'],
  ['quantize', 'prune'],
  ['codegen'],
  ['bench'],
  ['bundle'],
  ['deploy', 'report'],
  ['config', 'save.ts'],
  ['index.ts'],
  ['cli'],
];

/** Formats are independent of each other; what they share stands in files beside them or in `bytes`. */
const formats = ['onnx', 'tflite', 'keras', 'tfjs', 'savedmodel'];

const unit = (path: string): string => path.split('/')[1];
const tierOf = (path: string): number => tiers.findIndex((names) => names.includes(unit(path)));
const format = (path: string): string | undefined => formats.find((f) => path.startsWith(`src/formats/${f}/`));

const sources = filesBelow(['src'], ['.ts']);
const edges = sources.flatMap((file) => importsOf(file).map((to) => ({ from: file.path, to })));

describe('imports', () => {
  it('finds the sources and their imports', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(edges.length).toBeGreaterThan(sources.length);
    expect(edges).toContainEqual({ from: 'src/ir/graph.ts', to: 'src/ir/types.ts' });
  });

  it('has a tier for everything in src', () => {
    expect(sources.filter((f) => tierOf(f.path) < 0).map((f) => f.path)).toEqual([]);
  });

  it('point down the tiers, never up or sideways', () => {
    const wrong = edges.filter(({ from, to }) => unit(from) !== unit(to) && tierOf(to) >= tierOf(from));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('keep formats apart', () => {
    const wrong = edges.filter(({ from, to }) => format(from) && format(to) && format(from) !== format(to));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('keep deployment away from graphs: it knows bundles', () => {
    const wrong = edges.filter(({ from, to }) => unit(from) === 'deploy' && ['ir', 'ops', 'passes'].includes(unit(to)));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});
