import type { SampleKind } from './folder.js';
import type { DataOptions, Source } from './types.js';

const image = ['resize', 'filter', 'cropFraction', 'pad', 'channels'] as const;
const windowed = ['step', 'window'] as const;

/** The options that only some kinds of samples heed, by kind. */
const heeded: Readonly<Record<SampleKind | 'csv', readonly (keyof DataOptions)[]>> = {
  image,
  npy: ['layout'],
  wav: [...windowed, 'sampleRate'],
  raw: [...windowed, 'raw', 'layout'],
  csv: ['labelColumn'],
};
const particular = new Set(Object.values(heeded).flat());

/** The source with a warning that names the options given in vain. */
export function warnUnused(source: Source, kind: SampleKind | 'csv', options: DataOptions): Source {
  const unused = [...particular].filter((name) => options[name] !== undefined && !heeded[kind].includes(name));
  if (unused.length === 0) return source;
  return {
    ...source,
    warnings: [...source.warnings, `${unused.join(', ')} ${unused.length === 1 ? 'has' : 'have'} no effect on ${source.description}.`],
  };
}
