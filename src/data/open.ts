import { promises as fs } from 'node:fs';
import { extname, join } from 'node:path';
import { ModelError, UsageError } from '../errors.js';
import { didYouMean } from '../suggest.js';
import { npyFolderSource, npySource, npzSources } from './arrays.js';
import { audioSource } from './audio.js';
import { csvSource } from './csv-data.js';
import { makeDataset } from './dataset.js';
import { listFolder, readUpTo, statPath } from './files.js';
import { type Folder, labelFiles, type SampleKind, scanFolder, singleFile } from './folder.js';
import { imageSource } from './images.js';
import { readLabels } from './labels.js';
import { rawSource } from './raw.js';
import { sniff, sniffLength } from './sniff.js';
import type { DataOptions, Dataset, PortSpec, Source } from './types.js';
import { warnUnused } from './unused-options.js';

const folderSources: Readonly<Record<SampleKind, (folder: Folder, port: PortSpec, options: DataOptions) => Promise<Source>>> = {
  image: imageSource,
  npy: npyFolderSource,
  wav: audioSource,
  raw: rawSource,
};

const choices: Readonly<Partial<Record<keyof DataOptions, readonly string[]>>> = {
  resize: ['stretch', 'crop', 'letterbox'],
  filter: ['bilinear', 'bicubic', 'nearest'],
  channels: ['rgb', 'bgr'],
  layout: ['nhwc', 'nchw'],
  take: ['random', 'first'],
};

/**
 * Opens samples for a model's inputs. What `path` holds is recognised from its bytes: a folder of images, .npy, .wav or raw files
 * (sub-folders are classes), a .npy, .npz or CSV file, or one image, .wav or raw file. Several inputs: a .npz with a key per input, or a
 * folder with an entry per input (`<input>/…` or `<input>.npy`; letters other than A-Z a-z 0-9 _ . - in its name may be written `_`).
 *
 * Samples come in the order of their sorted names; `samples` chooses some of them (see {@link DataOptions}). Nothing is decoded yet.
 * Throws UsageError for options that make no sense, ModelError for data that cannot be used.
 */
export async function openData(path: string, ports: readonly PortSpec[], options: DataOptions = {}): Promise<Dataset> {
  if (ports.length === 0) throw new UsageError('The model has no inputs, so it takes no data.');
  checkChoices(options);
  const optionsFor = (port: PortSpec): DataOptions => ({ ...options, ...options.perInput?.[port.name] });
  for (const name of Object.keys(options.perInput ?? {})) {
    const names = ports.map((p) => p.name);
    if (!names.includes(name)) throw new UsageError(`perInput names '${name}', which is no input of the model.${didYouMean(name, names)}`);
    checkChoices(options.perInput![name]);
  }
  const sources = await openSources(path, ports, optionsFor);
  try {
    const labelPath = options.labels ?? (await labelsIn(path));
    const labels = labelPath === undefined ? undefined : await readLabels(labelPath, options.classes);
    return makeDataset(path, ports, sources, labels, options);
  } catch (error) {
    for (const s of sources) await s.close?.();
    throw error;
  }
}

function checkChoices(options: DataOptions): void {
  for (const [name, allowed] of Object.entries(choices)) {
    const value = options[name as keyof DataOptions];
    if (value !== undefined && !allowed.includes(value as string))
      throw new UsageError(`${name} is '${value}': it has to be one of ${allowed.join(', ')}.${didYouMean(`${value}`, allowed)}`);
  }
}

/** The labels file that lies beside the samples. */
async function labelsIn(path: string): Promise<string | undefined> {
  if (!(await statPath(path)).isDirectory()) return undefined;
  const names = new Set((await listFolder(path)).filter((e) => !e.directory).map((e) => e.name));
  const found = labelFiles.find((f) => names.has(f));
  return found && join(path, found);
}

async function openSources(path: string, ports: readonly PortSpec[], optionsFor: (port: PortSpec) => DataOptions): Promise<Source[]> {
  const [port] = ports;
  const stats = await statPath(path);
  if (stats.isDirectory())
    return ports.length === 1 ? [await openFolder(path, port, optionsFor(port))] : openInputFolder(path, ports, optionsFor);
  if (!stats.isFile()) throw new ModelError(`${path} is neither a file nor a folder.`);
  const { kind, what } = sniff(await readUpTo(path, 0, sniffLength));
  if (kind === 'zip') return (await npzSources(path, ports, optionsFor)).map((s, i) => warnUnused(s, 'npy', optionsFor(ports[i])));
  if (ports.length > 1)
    throw new ModelError(
      `${path} is ${what} and serves one input, but the model has ${showNames(ports)}: give a .npz with these keys, or a folder with an entry for each.`,
    );
  const options = optionsFor(port);
  const raw = options.raw !== undefined && (kind === 'unknown' || ['.bin', '.raw', '.dat'].includes(extname(path).toLowerCase()));
  if (raw) return [await openKind(singleFile(path, 'raw'), port, options)];
  if (kind === 'npy') return [warnUnused(await npySource(path, port, options), 'npy', options)];
  if (kind === 'text') return [warnUnused(await csvSource(path, port, options), 'csv', options)];
  if (kind === 'image' || kind === 'wav') return [await openKind(singleFile(path, kind), port, options)];
  throw new ModelError(
    `${path} is ${what}, which is no kind of samples: a folder of images, .wav, .npy or raw files, a .npy, .npz or CSV file is needed` +
      `${extname(path).toLowerCase() === '.bin' ? '; for raw values add --raw uint8, int8, int16 or float32' : ''}.`,
  );
}

async function openFolder(path: string, port: PortSpec, options: DataOptions): Promise<Source> {
  return openKind(await scanFolder(path, options), port, options);
}

async function openKind(folder: Folder, port: PortSpec, options: DataOptions): Promise<Source> {
  return warnUnused(await folderSources[folder.kind](folder, port, options), folder.kind, options);
}

const showNames = (ports: readonly PortSpec[]): string => `inputs ${ports.map((p) => `'${p.name}'`).join(', ')}`;

/** A folder with an entry per input: a folder or a file that is named like it. */
async function openInputFolder(path: string, ports: readonly PortSpec[], optionsFor: (port: PortSpec) => DataOptions): Promise<Source[]> {
  const entries = (await listFolder(path)).filter((e) => e.directory || !labelFiles.includes(e.name));
  const named = new Map(entries.map((e) => [e.directory ? e.name : e.name.slice(0, e.name.length - extname(e.name).length), e.name]));
  const sources: Source[] = [];
  for (const port of ports) {
    const entry = named.get(port.name) ?? named.get(port.name.replace(/[^\w.-]/g, '_'));
    if (entry === undefined)
      throw new ModelError(
        `${path} has no entry '${port.name}' (a folder, .npy or .csv) for the input of that name; the model has ${showNames(ports)}.${didYouMean(port.name, [...named.keys()])}`,
      );
    sources.push(...(await openSources(await fs.realpath(join(path, entry)), [port], optionsFor)));
  }
  return sources;
}
