import { basename, dirname, extname, join } from 'node:path';
import { mapConcurrently } from '../concurrent.js';
import { ModelError } from '../errors.js';
import { listFiles, listFolder, readUpTo } from './files.js';
import { type FileKind, sniff, sniffLength } from './sniff.js';
import type { DataOptions, Item } from './types.js';

/** The sample files of a folder, all of one kind. */
export interface Folder {
  readonly root: string;
  readonly kind: SampleKind;
  /** Relative paths with `/`, sorted. */
  readonly files: readonly string[];
  readonly classes?: readonly string[];
  readonly warnings: readonly string[];
  item(i: number): Item;
}

export type SampleKind = 'image' | 'npy' | 'wav' | 'raw';

/** Files of this name beside the samples hold their labels. The first one found is used. */
export const labelFiles = ['y_labels.csv', 'labels.csv', 'labels.json'];

const plural: Readonly<Record<SampleKind, string>> = { image: 'images', npy: '.npy files', wav: '.wav files', raw: 'raw files' };
const rawExtensions = new Set(['.bin', '.raw', '.dat']);
const claims: Readonly<Record<string, SampleKind>> = {
  '.jpg': 'image',
  '.jpeg': 'image',
  '.png': 'image',
  '.webp': 'image',
  '.gif': 'image',
  '.tif': 'image',
  '.tiff': 'image',
  '.avif': 'image',
  '.npy': 'npy',
  '.wav': 'wav',
};
/** Folder names of a data set's parts, which are no classes. */
const parts = new Set(['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'eval', 'evaluation', 'calibration', 'calib']);

interface Found {
  readonly file: string;
  readonly kind: FileKind | 'raw';
  readonly what: string;
}

const countOf = (n: number, kind: SampleKind): string => `${n} ${n === 1 ? plural[kind].replace(/s$/, '') : plural[kind]}`;

/** A folder of one file. */
export function singleFile(path: string, kind: SampleKind): Folder {
  return folderOf(dirname(path), kind, [basename(path)], undefined, []);
}

/**
 * Finds what a folder holds: the kind of its samples by their bytes (the first three of each extension, every one where these
 * differ), and its sub-folders as classes. Throws ModelError where it holds nothing usable, or several kinds.
 */
export async function scanFolder(root: string, options: DataOptions): Promise<Folder> {
  const files = (await listFiles(root)).filter((f) => !labelFiles.includes(f));
  if (files.length === 0) throw new ModelError(`${root} is empty. Put samples into it: images, .npy, .wav or raw .bin files.`);
  const found = await recognise(root, files, options);
  const broken = found.find((f) => f.kind === 'unknown' && claims[extname(f.file).toLowerCase()]);
  if (broken) throw new ModelError(`${join(root, broken.file)} cannot be decoded: it is ${broken.what}. Replace it or leave it out.`);

  const kinds = new Map<SampleKind, string[]>();
  for (const f of found) if (isSample(f.kind)) kinds.set(f.kind, [...(kinds.get(f.kind) ?? []), f.file].slice(0, 3));
  if (kinds.size === 0) throw nothingUsable(root, found);
  if (kinds.size > 1) {
    const list = [...kinds].map(([kind, names]) => `${countOf(found.filter((f) => f.kind === kind).length, kind)} ('${names[0]}')`);
    throw new ModelError(`${root} holds samples of several kinds: ${list.join(', ')}. Keep one kind in the folder.`);
  }
  const [kind] = kinds.keys();
  const samples = found.filter((f) => f.kind === kind).map((f) => f.file);
  const others = found.filter((f) => f.kind !== kind);
  const warnings: string[] = [];
  if (others.length > 0) {
    const shown = others.slice(0, 3).map((f) => `'${f.file}' (${f.what})`);
    warnings.push(
      `${root}: ${others.length} other ${others.length === 1 ? 'file is' : 'files are'} left out: ${shown.join(', ')}${others.length > 3 ? ', …' : ''}.`,
    );
  }
  const classes = await classFolders(root, kind, samples, options, warnings);
  return folderOf(root, kind, samples, classes, warnings);
}

const isSample = (kind: Found['kind']): kind is SampleKind => kind in plural;

async function recognise(root: string, files: readonly string[], { raw }: DataOptions): Promise<Found[]> {
  const groups = new Map<string, string[]>();
  for (const f of files) {
    const extension = extname(f).toLowerCase();
    const group = groups.get(extension);
    if (group) group.push(f);
    else groups.set(extension, [f]);
  }
  const look = async (file: string): Promise<Found> => ({ file, ...sniff(await readUpTo(join(root, file), 0, sniffLength)) });
  const found = new Map<string, Found>();
  for (const [extension, group] of groups) {
    const asRaw = (f: Found): Found =>
      rawExtensions.has(extension) && f.kind === 'unknown' ? { ...f, kind: 'raw', what: 'a raw file' } : f;
    if (raw && rawExtensions.has(extension)) {
      for (const file of group) found.set(file, { file, kind: 'raw', what: 'a raw file' });
      continue;
    }
    const first = (await mapConcurrently(group.slice(0, 3), 3, look)).map(asRaw);
    const agreed = first.every((f) => f.kind === first[0].kind && f.kind !== 'unknown');
    if (agreed) for (const file of group) found.set(file, { ...first[0], file });
    else for (const f of await mapConcurrently(group, 16, look)) found.set(f.file, asRaw(f));
  }
  const all = files.map((f) => found.get(f)!);
  // With a raw type given, files that are nothing else are raw whatever their name.
  if (raw && !all.some((f) => isSample(f.kind)))
    return all.map((f) => (f.kind === 'unknown' ? { ...f, kind: 'raw', what: 'a raw file' } : f));
  return all;
}

function nothingUsable(root: string, found: readonly Found[]): ModelError {
  const zip = found.find((f) => f.kind === 'zip');
  if (zip) return new ModelError(`${root} holds archives: give the .npz file itself ('${join(root, zip.file)}').`);
  const text = found.find((f) => f.file.toLowerCase().endsWith('.csv') && f.kind === 'text');
  if (text) return new ModelError(`${root} holds no samples but CSV: give the file itself ('${join(root, text.file)}').`);
  const shown = found.slice(0, 3).map((f) => `'${f.file}' is ${f.what}`);
  return new ModelError(
    `${root} holds no samples: ${shown.join(', ')}${found.length > 3 ? ` and ${found.length - 3} more` : ''}. Images, .npy, .wav or raw .bin files are needed.`,
  );
}

async function classFolders(
  root: string,
  kind: SampleKind,
  files: readonly string[],
  options: DataOptions,
  warnings: string[],
): Promise<readonly string[] | undefined> {
  const tops = new Set(files.filter((f) => f.includes('/')).map(topOf));
  if (tops.size === 0) return undefined;
  const direct = files.filter((f) => !f.includes('/')).length;
  if (direct > 0)
    throw new ModelError(
      `${root} holds ${countOf(direct, kind)} of its own and ${files.length - direct} in sub-folders ('${[...tops][0]}'). ` +
        'Put all of them into class folders, or none.',
    );
  const names = [...tops];
  if (names.every((n) => parts.has(n.toLowerCase()))) {
    const list = names.map((n) => `'${n}'`).join(' and ');
    throw new ModelError(
      `${root} holds ${list}, which look like parts of a data set and not like classes. Give one of them: ${join(root, names[0])}.`,
    );
  }
  // A single folder says nothing about classes: calling all samples class 0 would make a wrong accuracy.
  if (tops.size === 1) return undefined;
  for (const entry of await listFolder(root))
    if (entry.directory && !tops.has(entry.name))
      warnings.push(`${join(root, entry.name)} holds no ${plural[kind]} and is not counted as a class.`);
  if (options.classes) {
    const strange = names.find((n) => !options.classes!.includes(n));
    if (strange !== undefined)
      throw new ModelError(`${join(root, strange)} is none of the ${options.classes.length} classes given (${list(options.classes)}).`);
    return options.classes;
  }
  const numbers = names.map(Number);
  if (names.every((n) => /^\d+$/.test(n)) && numbers.some((n, i) => i > 0 && n < numbers[i - 1]))
    warnings.push(
      `${root}: the class folders are numbers, and sorted as names '${names[1]}' is class 1 (as in Keras and torchvision). Give the classes in another order if the model's outputs have one.`,
    );
  return names;
}

const list = (names: readonly string[]): string => names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
const topOf = (file: string): string => file.slice(0, file.indexOf('/'));

function folderOf(
  root: string,
  kind: SampleKind,
  files: readonly string[],
  classes: readonly string[] | undefined,
  warnings: readonly string[],
): Folder {
  const index = new Map(classes?.map((name, i) => [name, i]));
  return {
    root,
    kind,
    files,
    classes,
    warnings,
    item(i) {
      const file = files[i];
      return { name: file, file, group: file, label: classes && index.get(topOf(file)) };
    },
  };
}

/** "500 images in 10 class folders" */
export function describeFolder(folder: Folder): string {
  const { files, kind, classes } = folder;
  const used = classes && new Set(files.map(topOf)).size;
  return countOf(files.length, kind) + (used ? ` in ${used} class folders` : '');
}
