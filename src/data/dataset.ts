import { ModelError, UsageError } from '../errors.js';
import { byName } from './files.js';
import { type LabelFile, labelFor } from './labels.js';
import { Random } from './random.js';
import type { DataOptions, Dataset, Item, PortSpec, Source } from './types.js';

/** The sources of all inputs as one: for each sample, which record of each source belongs to it. */
interface Joined {
  readonly sources: readonly Source[];
  readonly records: readonly (readonly number[])[] | undefined;
  readonly length: number;
}

/**
 * Makes a dataset of one source per input. Files are matched by their names without the extension, rows by their position.
 * Throws ModelError where inputs do not have the same samples, or labels do not fit.
 */
export function makeDataset(
  path: string,
  ports: readonly PortSpec[],
  sources: readonly Source[],
  labels: LabelFile | undefined,
  options: DataOptions,
): Dataset {
  const joined = join(path, ports, sources);
  const warnings = sources.flatMap((s) => s.warnings);
  const labelOf = offset(labelLookup(path, joined, labels, options, warnings), path, options);
  const chosen = choose(path, joined.length, options, warnings);
  const items = (i: number): Item => {
    const item = sources[0].item(joined.records ? joined.records[i][0] : i);
    return { ...item, label: labelOf(i, item) };
  };
  const several = (field: (s: Source) => string) =>
    sources.length === 1 ? field(sources[0]) : sources.map((s, k) => `${ports[k].name}: ${field(s)}`).join('; ');
  const decoders = new Set(sources.flatMap((s) => s.decoder ?? []));
  const close = async () => {
    for (const s of sources) await s.close?.();
  };

  const view = (indices: readonly number[] | undefined): Dataset => {
    const size = indices ? indices.length : joined.length;
    const at = (i: number): number => {
      if (!Number.isInteger(i) || i < 0 || i >= size) throw new RangeError(`sample ${i} is outside a data set of ${size}`);
      return indices ? indices[i] : i;
    };
    let labelled = 0;
    for (let i = 0; i < size; i++) if (items(at(i)).label !== undefined) labelled++;
    return {
      size,
      description: several((s) => s.description),
      preparation: several((s) => s.preparation),
      decoder: decoders.size > 0 ? [...decoders].join(', ') : undefined,
      classes: offsetClasses(labels?.classes ?? sources.find((s) => s.classes)?.classes, options),
      labelled,
      warnings,
      name: (i) => items(at(i)).name,
      label: (i) => items(at(i)).label,
      group: (i) => items(at(i)).group,
      async read(i) {
        const position = at(i);
        const { name, label } = items(position);
        const tensors = await Promise.all(sources.map((s, k) => s.read(joined.records ? joined.records[position][k] : position)));
        return { name, inputs: Object.fromEntries(ports.map((p, k) => [p.name, tensors[k]])), label };
      },
      subset: (subset) => view(subset.map(at)),
      close,
    };
  };
  return view(chosen);
}

function join(path: string, ports: readonly PortSpec[], sources: readonly Source[]): Joined {
  const [first] = sources;
  if (sources.length === 1) return { sources, records: undefined, length: first.length };
  if (!sources.every((s) => s.named)) {
    const other = sources.findIndex((s) => s.length !== first.length);
    if (other < 0) return { sources, records: undefined, length: first.length };
    throw new ModelError(
      `${path}: input '${ports[0].name}' has ${first.length} samples and '${ports[other].name}' ${sources[other].length}; they have to be as many.`,
    );
  }
  const keyed = sources.map((s, k) => {
    const byKey = new Map<string, number>();
    for (let i = 0; i < s.length; i++) {
      const key = s.item(i).file.replace(/\.[^./]+$/, '');
      if (byKey.has(key))
        throw new ModelError(`${path}: input '${ports[k].name}' has two files '${key}' that differ in their extension only.`);
      byKey.set(key, i);
    }
    return byKey;
  });
  for (const [k, byKey] of keyed.entries())
    for (const [m, other] of keyed.entries())
      for (const key of byKey.keys())
        if (!other.has(key))
          throw new ModelError(`${path}: input '${ports[k].name}' has a sample '${key}', input '${ports[m].name}' has none of that name.`);
  const records = [...keyed[0].keys()].sort(byName).map((key) => keyed.map((byKey) => byKey.get(key)!));
  return { sources, records, length: records.length };
}

type LabelOf = (i: number, item: Item) => number | undefined;

/** The lookup with `labelOffset` added. Throws UsageError where a label would come below 0. */
function offset(labelOf: LabelOf, path: string, { labelOffset = 0 }: DataOptions): LabelOf {
  if (labelOffset === 0) return labelOf;
  if (!Number.isSafeInteger(labelOffset)) throw new UsageError(`labelOffset is ${labelOffset}: it has to be a whole number.`);
  return (i, item) => {
    const label = labelOf(i, item);
    if (label === undefined) return undefined;
    if (label + labelOffset < 0)
      throw new UsageError(`${path}: '${item.name}' is labelled ${label}, which a label offset of ${labelOffset} takes below 0.`);
    return label + labelOffset;
  };
}

/** Indices without a name are named by their number. */
const offsetClasses = (classes: readonly string[] | undefined, { labelOffset = 0 }: DataOptions): readonly string[] | undefined =>
  classes && [...Array.from({ length: Math.max(0, labelOffset) }, (_, i) => `${i}`), ...classes.slice(Math.max(0, -labelOffset))];

function labelLookup(
  path: string,
  { sources, records, length }: Joined,
  labels: LabelFile | undefined,
  options: DataOptions,
  warnings: string[],
): LabelOf {
  if (!labels) {
    const source = Math.max(
      0,
      sources.findIndex((s) => s.item(0).label !== undefined),
    );
    return (i, item) => (source === 0 ? item.label : sources[source].item(records ? records[i][source] : i).label);
  }
  if (labels.inOrder) {
    const { inOrder } = labels;
    if (inOrder.length !== length)
      throw new ModelError(`${labels.path} has ${inOrder.length} labels for the ${length} samples of ${path}; one per sample is needed.`);
    return (i) => inOrder[i];
  }
  const [first] = sources;
  let missing = 0;
  let example = '';
  for (let i = 0; i < first.length; i++) {
    const { file } = first.item(i);
    if (labelFor(labels, file) !== undefined) continue;
    if (missing++ === 0) example = file;
  }
  if (missing === first.length && options.labels)
    throw new ModelError(
      `${labels.path} has no label for any sample of ${path}; it begins with '${[...labels.byFile!.keys()][0]}', the samples with '${example}'.`,
    );
  if (missing > 0) warnings.push(`${labels.path} has no label for ${missing} of ${first.length} samples ('${example}').`);
  return (_, item) => labelFor(labels, item.file);
}

/** The samples that `samples`, `take` and `seed` choose; undefined for all in their order. A longer choice begins with a shorter one. */
function choose(
  path: string,
  length: number,
  { samples, take = 'random', seed = 0 }: DataOptions,
  warnings: string[],
): number[] | undefined {
  if (!Number.isSafeInteger(seed)) throw new UsageError(`seed is ${seed}: it has to be a whole number.`);
  if (samples === undefined) return undefined;
  if (!Number.isSafeInteger(samples) || samples < 1) throw new UsageError(`samples is ${samples}: it has to be a whole number above 0.`);
  if (samples > length) warnings.push(`${path} holds ${length} samples, and ${samples} were asked for: all are used.`);
  const order = take === 'random' ? new Random(seed).permutation(length) : Array.from({ length }, (_, i) => i);
  return order.slice(0, samples);
}
