import type { BuiltBundle } from '../../bundle/build.js';
import type { Manifest } from '../../bundle/manifest.js';
import type { Style } from './style.js';
import { bytes, plural, table } from './text.js';

/** Digests as people tell them apart. */
export const short = (digest: string): string => digest.slice(0, 12);

/** What was made, in a few lines. */
export function renderBundle({ path, manifest, digest, bytes: size, signed }: BuiltBundle, style: Style): string[] {
  return [
    `${style.bold(path)}  ${bytes(size)}  ${manifest.name} ${manifest.version}`,
    '',
    ...renderManifest(manifest, style),
    '',
    `  digest  ${digest}`,
    `  ${signed ? 'signed' : style.warn('not signed: devices that know a key refuse it (--sign)')}`,
  ];
}

/** A bundle that was read and checked. `signed`: the id of the key, 'unchecked' where no key was given, null for none. */
export function renderOpened(
  bundle: {
    readonly path: string;
    readonly bytes: number;
    readonly digest: string;
    readonly manifest: Manifest;
    readonly signed: string | null;
  },
  style: Style,
): string[] {
  const { path, bytes: size, digest, manifest, signed } = bundle;
  const said =
    signed === null
      ? style.warn('not signed')
      : signed === 'unchecked'
        ? 'signed; --trust KEY.pub checks by whom'
        : style.good(`signed with the key ${signed}`);
  return [
    `${style.bold(path)}  ${bytes(size)}  ${manifest.name} ${manifest.version}`,
    '',
    ...renderManifest(manifest, style),
    `  made by ${manifest.provenance.tool} of ${manifest.provenance.sources.map((s) => s.path).join(', ')}`,
    '',
    `  digest  ${digest}; every file is what SHA256SUMS says`,
    `  ${said}`,
  ];
}

/** Files, models and requirements of a bundle. */
export function renderManifest({ files, models, requires }: Manifest, style: Style): string[] {
  const shown = files.slice(0, 20);
  const golden = models.filter((m) => m.golden);
  const needs = [
    ...(requires.architecture ? [requires.architecture.join(' or ')] : ['any machine']),
    ...(requires.ram_bytes > 0 ? [`${bytes(requires.ram_bytes)} of memory`] : []),
    ...(requires.runtime.length > 0 ? [`${requires.runtime.join(' and ')} for ${plural(requires.operators.length, 'operator')}`] : []),
  ];
  return [
    ...table(
      shown.map((f) => [f.path, bytes(f.bytes), f.sha256.slice(0, 12), f.executable ? 'program' : '']),
      [{}, { right: true }, { style: style.dim }],
    ),
    ...(files.length > shown.length ? [`  … and ${files.length - shown.length} more`] : []),
    '',
    ...golden.map((m) => {
      const g = m.golden as NonNullable<typeof m.golden>;
      return `  golden  ${plural(g.samples, 'sample')} of ${m.file} from ${g.data}, by ${g.runtime}`;
    }),
    `  needs   ${needs.join(', ')}`,
  ];
}
