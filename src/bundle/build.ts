import { statSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import type { DataOptions } from '../data/types.js';
import { UsageError } from '../errors.js';
import type { ReadOptions } from '../formats/types.js';
import { writeAtomic } from '../fs/atomic.js';
import { edgemlVersion } from '../version.js';
import { type Chunk, chunksText, leastChunked } from './chunks.js';
import { describeModel } from './describe.js';
import { architectureOf, knownArchitecture } from './elf.js';
import { expandFolder, type Given, type LocalFile, measure } from './files.js';
import { goldenOf } from './golden.js';
import { looksLikeBundle } from './looks-like.js';
import { type BundleModel, type Manifest, manifestText, parseManifest } from './manifest.js';
import { ownFiles, pathFault } from './paths.js';
import { formatPublicKey, type PublicKey, type SecretKey } from './sign/key-files.js';
import { sign } from './sign/signature.js';
import { keyIdText } from './sign/text.js';
import { type Sum, sha256Of, sumsText } from './sums.js';
import { archive, type Part } from './write.js';

export interface BundleOptions extends Pick<ReadOptions, 'inputShapes'> {
  /** What is deployed is called so; default: the name of the first model or file. */
  readonly name?: string;
  /** Default: `0.0.0+` and the first 8 digits of the content's digest. */
  readonly version?: string;
  /** Files and folders beside the models: `path`, or `path=name in the bundle`. */
  readonly add?: readonly string[];
  /** Processor architectures that it runs on; programs (ELF) among the files tell theirs themselves. */
  readonly architecture?: readonly string[];
  /** Samples for golden inputs, as for calibration; false: none. Default: random numbers. */
  readonly golden?: string | false;
  readonly dataOptions?: DataOptions;
  /** Of golden samples; default 3. */
  readonly goldenSamples?: number;
  /** Largest difference of an output from the expected one, in real numbers. */
  readonly tolerance?: number;
  /** Public keys that devices which know the signing key are to know from now on. */
  readonly introduce?: readonly PublicKey[];
  /** The key to sign with. */
  readonly key?: SecretKey;
  readonly onProgress?: (what: string) => void;
}

/** What became of it. */
export interface BuiltBundle {
  readonly path: string;
  readonly manifest: Manifest;
  /** SHA-256 of SHA256SUMS, which lists the manifest and all files: the name of the release on devices. */
  readonly digest: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly signed: boolean;
  readonly warnings: readonly string[];
}

/**
 * Makes a bundle of models and files: a tar archive of the files, a manifest, SHA256SUMS of all of them and, with a key, its
 * signature. The same files and options give the same bytes.
 * @param output Default: `NAME-VERSION.edgeml` in the working directory.
 * Throws UsageError for names that cannot be, ModelError where a model or file cannot be read, WriteError where nothing can be written.
 */
export async function createBundle(
  models: readonly string[],
  output: string | undefined,
  options: BundleOptions = {},
): Promise<BuiltBundle> {
  if (models.length === 0 && !options.add?.length) throw new UsageError('A bundle needs a model or a file: name one.');
  const given = await collect(models, options.add ?? []);
  const warnings: string[] = [];
  const { about, extra, ...needs } = await describeModels(models, options, warnings);
  options.onProgress?.('Hashing');
  const local: LocalFile[] = [];
  for (const g of given) local.push(await measure(g));
  const chunks = new Map<string, readonly Chunk[]>(local.flatMap((f) => (f.bytes >= leastChunked ? [[f.as, f.chunks]] : [])));
  for (const key of options.introduce ?? []) extra.set(`KEYS/${keyIdText(key.keyId)}.pub`, Buffer.from(formatPublicKey(key)));
  if (chunks.size > 0) extra.set(ownFiles.chunks, Buffer.from(chunksText(chunks)));
  const files = [...local.map(fileOf), ...[...extra].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256Of(bytes) }))].sort(
    (a, b) => (a.path < b.path ? -1 : 1),
  );
  const digest = sha256Of(sumsText(files));
  const architecture = options.architecture?.map(knownArchitecture) ?? architecturesOf(local);
  const manifest: Manifest = {
    schema: 'edgeml.bundle/1',
    name: nameOf(options.name ?? defaultName(given)),
    version: versionOf(options.version ?? `0.0.0+${digest.slice(0, 8)}`),
    digest,
    files,
    models: about,
    requires: { ...(architecture.length > 0 && { architecture: [...architecture] }), ...needs },
    provenance: {
      tool: `edgeml ${edgemlVersion()}`,
      sources: local.map((f) => ({ path: basename(f.path), sha256: f.sha256 })),
      options: provenance(options),
    },
  };
  const text = Buffer.from(manifestText(manifest));
  // What the user gave is checked by the same rules as what is read.
  parseManifest(text.toString('utf8'), 'The bundle to be');
  const sums = sumsText([...files, { path: ownFiles.manifest, sha256: sha256Of(text) }] satisfies Sum[]);
  const release = sha256Of(sums);
  const parts: Part[] = [
    { path: ownFiles.sums, bytes: Buffer.from(sums) },
    ...(options.key
      ? [
          {
            path: ownFiles.signature,
            bytes: Buffer.from(sign(Buffer.from(sums), options.key, `edgeml ${manifest.name} ${manifest.version} ${release}`)),
          },
        ]
      : []),
    { path: ownFiles.manifest, bytes: text },
    ...[...extra].map(([path, bytes]) => ({ path, bytes })),
    ...local.map((file) => ({ path: file.as, file })),
  ];
  const path = pathOf(output, `${manifest.name}-${manifest.version}.edgeml`);
  await requireBundleOrNothing(path);
  let bytes = 0;
  options.onProgress?.('Writing');
  await writeAtomic(
    path,
    archive(parts, (n) => {
      bytes += n;
    }),
  );
  return { path, manifest, digest: release, bytes, signed: options.key !== undefined, warnings };
}

/** A model, a key or anything else that is called like the bundle to be is not written over. */
async function requireBundleOrNothing(path: string): Promise<void> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0 || (await looksLikeBundle(path))) return;
  throw new UsageError(`${path} is there already and is no bundle; it is never written over. Give another name with --output.`);
}

/** In a folder, and in the working directory, it is called by name and version. */
const pathOf = (output: string | undefined, name: string): string =>
  output === undefined
    ? name
    : /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory()
      ? join(output, name)
      : output;

const fileOf = ({ as, bytes, sha256, executable }: LocalFile): Manifest['files'][number] => ({
  ...{ path: as, bytes, sha256 },
  ...(executable && { executable }),
});

/** Models first, under their own names; then what `add` names. Throws UsageError where two want the same name. */
async function collect(models: readonly string[], add: readonly string[]): Promise<Given[]> {
  const all: Given[] = models.map((path) => ({ path, as: basename(path), model: true }));
  for (const text of add) {
    const at = text.lastIndexOf('=');
    const [path, as] = at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, basename(text)];
    all.push(...(await expandFolder(path, as)));
  }
  const seen = new Map<string, string>();
  for (const { path, as } of all) {
    const fault = pathFault(as);
    if (fault)
      throw new UsageError(`${path} would be called ${JSON.stringify(as)} in the bundle, which ${fault}. Name it: --add '${path}=NAME'.`);
    if ((Object.values(ownFiles) as string[]).includes(as) || /^(golden|KEYS)(\/|$)/.test(as)) {
      throw new UsageError(`${path} would be called ${as} in the bundle, which is a name of edgeml's own. Name it: --add '${path}=NAME'.`);
    }
    const other = seen.get(as);
    if (other !== undefined)
      throw new UsageError(`${other} and ${path} would both be called ${as} in the bundle. Name one: --add '${path}=NAME'.`);
    seen.set(as, path);
  }
  for (const { path, as } of all) {
    const folder = [...seen.keys()].find((other) => other.startsWith(`${as}/`));
    if (folder !== undefined)
      throw new UsageError(
        `${path} would be called ${as} in the bundle, where ${folder} needs a folder of that name. Name it: --add '${path}=NAME'.`,
      );
  }
  return all;
}

async function describeModels(paths: readonly string[], options: BundleOptions, warnings: string[]) {
  const about: BundleModel[] = [];
  const extra = new Map<string, Uint8Array>();
  const runtime = new Set<Manifest['requires']['runtime'][number]>();
  let ram = 0;
  for (const path of paths) {
    options.onProgress?.(`Reading ${basename(path)}`);
    const described = await describeModel(path, { inputShapes: options.inputShapes });
    warnings.push(...described.warnings);
    const file = basename(path);
    const golden =
      options.golden === false ? undefined : await goldenOf(path, { ...options, data: options.golden, samples: options.goldenSamples });
    const goldenFile = `golden/${file}.bin`;
    if (golden) extra.set(goldenFile, golden.bytes);
    about.push({ file, ...described.model, ...(golden && { golden: { file: goldenFile, ...golden.about } }) });
    runtime.add(described.runtime);
    ram += described.ram;
  }
  const operators = [...new Set(about.flatMap((m) => m.operators))].sort();
  return { about, extra, runtime: [...runtime].sort(), operators, ram_bytes: ram };
}

const architecturesOf = (files: readonly LocalFile[]): string[] => [...new Set(files.flatMap((f) => architectureOf(f.head) ?? []))].sort();

const defaultName = ([first]: readonly Given[]): string =>
  parse(first.as)
    .name.replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64) || 'bundle';

function nameOf(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new UsageError(`'${name}' is no name for a bundle: write letters, digits, . _ and -, at most 64, a letter or digit first.`);
}

function versionOf(version: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(version)) return version;
  throw new UsageError(`'${version}' is no version for a bundle: write letters, digits and . _ + -, at most 64, a letter or digit first.`);
}

/** Options that shaped the bundle; never keys, and no folders of this machine. */
const provenance = ({ golden, goldenSamples, tolerance, architecture }: BundleOptions): Record<string, unknown> => {
  const inputs = golden === undefined ? 'random' : golden === false ? 'none' : basename(golden);
  return JSON.parse(JSON.stringify({ golden: inputs, goldenSamples, tolerance, architecture })) as Record<string, unknown>;
};
