import { ModelError } from '../../errors.js';
import { type Shape, sameShape } from '../../ir/types.js';
import type { LayerConfig } from './config.js';
import type { Hdf5, StoredTensor } from './hdf5.js';
import { maxNesting } from './limits.js';

/**
 * Where the weights of one layer, or of the layers below it, stand in the file.
 * Weights are asked for by paths such as `kernel` or `forward_layer/cell/kernel`, in the order in which Keras makes them:
 * legacy files have a list per top-level layer, `.keras` a numbered list per object.
 */
export interface WeightScope {
  /** The weights of this layer, in order; as many as there are slots. Throws ModelError where the file has another number. */
  take(slots: readonly string[], layer: string): StoredTensor[];
  /** The scope of an object that the layer holds in an attribute, e.g. the layer that TimeDistributed wraps. */
  attribute(name: string): WeightScope;
  /** The scopes of a model's layers, in their order. */
  layers(layers: readonly LayerConfig[]): WeightScope[];
}

/** The weights by slot, after a check of their shapes. A slot that is false is not there. */
export function takeWeights<K extends string>(
  scope: WeightScope,
  slots: Readonly<Record<K, Shape | false>>,
  layer: LayerConfig,
): Record<K, StoredTensor> {
  const present = (Object.keys(slots) as K[]).filter((k) => slots[k] !== false);
  const found = scope.take(present, `'${layer.name}' (${layer.className})`);
  present.forEach((slot, i) => {
    const wanted = slots[slot] as Shape;
    if (!sameShape(found[i].shape, wanted)) {
      throw new ModelError(
        `Layer '${layer.name}' (${layer.className}): its weight '${slot}' has the shape [${found[i].shape}] in the file (${found[i].name}), but its configuration and input ask for [${wanted}].`,
      );
    }
  });
  return Object.fromEntries(present.map((slot, i) => [slot, found[i]])) as Record<K, StoredTensor>;
}

const wrongNumber = (layer: string, slots: readonly string[], found: readonly string[]): ModelError => {
  const list = (names: readonly string[]): string => (names.length > 0 ? `${names.length} (${names.slice(0, 8).join(', ')})` : 'none');
  return new ModelError(
    `Layer ${layer} needs ${list(slots)} weights, but the file has ${list(found)}. It holds another version of the model or is damaged.`,
  );
};

/** One weight of a legacy file: its name, e.g. `block_1/conv/kernel:0`, and its path. */
interface LegacyWeight {
  readonly name: string;
  readonly path: string;
}

/** The state of random generators, which Dropout has, is no weight. */
const isRandomState = (name: string): boolean => /(^|\/)seed_generator(_\d+)?\/|seed_generator_state/.test(name);

/**
 * Legacy HDF5: a group per top-level layer lists its weights, those of nested layers among them: first what is trained, then
 * the moving statistics and what is frozen. Nested layers are found by their names in the weights' names, because the
 * order depends on which of them were frozen when the file was written.
 */
export class LegacyWeights implements WeightScope {
  private readonly weights: readonly LegacyWeight[];
  private readonly file: Hdf5;

  private constructor(file: Hdf5, weights: readonly LegacyWeight[]) {
    this.file = file;
    this.weights = weights;
  }

  /** The scope of the whole model, whose layers have a group each below `group`. */
  static root(file: Hdf5, group: string): WeightScope {
    const none = new LegacyWeights(file, []);
    const ofLayer = (layer: LayerConfig): LegacyWeights => {
      const path = `${group}/${layer.name}`;
      const names = file.strings(path, 'weight_names').filter((n) => !isRandomState(n));
      return new LegacyWeights(
        file,
        names.map((name) => ({ name, path: `${path}/${name}` })),
      );
    };
    return { take: (slots, layer) => none.take(slots, layer), attribute: () => none, layers: (layers) => layers.map(ofLayer) };
  }

  take(slots: readonly string[], layer: string): StoredTensor[] {
    if (slots.length !== this.weights.length) {
      throw wrongNumber(
        layer,
        slots,
        this.weights.map((w) => w.name),
      );
    }
    return this.weights.map((w) => this.file.tensor(w.path));
  }

  /** A wrapped layer's weights are in its wrapper's list. */
  attribute(): WeightScope {
    return this;
  }

  layers(layers: readonly LayerConfig[]): WeightScope[] {
    const known = new Set(layers.map((l) => l.name));
    const byLayer = new Map<string, LegacyWeight[]>();
    for (const weight of this.weights) {
      // The outermost part of the name that is a layer of this model; names of models above it may come before.
      const owner = weight.name
        .split('/')
        .slice(0, -1)
        .find((part) => known.has(part));
      if (owner === undefined) continue;
      const list = byLayer.get(owner);
      if (list) list.push(weight);
      else byLayer.set(owner, [weight]);
    }
    return layers.map((l) => new LegacyWeights(this.file, byLayer.get(l.name) ?? this.unclaimed(l, known)));
  }

  /** A nested model's layers may be listed without the model's own name: what no sibling claims is looked through. */
  private unclaimed(layer: LayerConfig, siblings: ReadonlySet<string>): readonly LegacyWeight[] {
    if (!layer.isModel) return [];
    return this.weights.filter(
      (w) =>
        !w.name
          .split('/')
          .slice(0, -1)
          .some((part) => siblings.has(part)),
    );
  }
}

/**
 * Keras 3 (`model.weights.h5`): each object has a group with its variables `vars/0`, `vars/1`, … The layers of a model are in
 * `layers`, named by their class in snake case with a counter (keras/src/saving/saving_lib.py, `_save_container_state`).
 */
export class ObjectWeights implements WeightScope {
  private readonly file: Hdf5;
  private readonly path: string;
  /** By class and name, the groups of layers: one that several models hold is saved only where Keras met it first. */
  private readonly shared: Map<string, string[]>;
  private readonly elsewhere: readonly string[];

  private constructor(file: Hdf5, path: string, shared: Map<string, string[]>, elsewhere: readonly string[] = []) {
    this.file = file;
    this.path = path;
    this.shared = shared;
    this.elsewhere = elsewhere;
  }

  /** The scope of the whole model. */
  static root(file: Hdf5, model: LayerConfig): WeightScope {
    const root = new ObjectWeights(file, '', new Map());
    root.noteShared(model.layers);
    return root;
  }

  take(slots: readonly string[], layer: string): StoredTensor[] {
    const owners = new Map<string, string[]>();
    for (const slot of slots) {
      const owner = slot.includes('/') ? slot.slice(0, slot.lastIndexOf('/')) : '';
      const names = owners.get(owner);
      if (names) names.push(slot);
      else owners.set(owner, [slot]);
    }
    const found = new Map<string, StoredTensor>();
    for (const [owner, names] of owners) {
      const group = `${this.find(owner)}/vars`;
      const stored = [...this.file.children(group)];
      if (stored.length !== names.length) throw wrongNumber(layer, names, stored);
      names.forEach((name, i) => {
        found.set(name, this.file.tensor(`${group}/${i}`));
      });
    }
    return slots.map((slot) => found.get(slot) as StoredTensor);
  }

  attribute(name: string): WeightScope {
    return new ObjectWeights(this.file, this.find(name), this.shared);
  }

  layers(layers: readonly LayerConfig[]): WeightScope[] {
    return layerPaths(this.file, this.path, layers).map((path, i) => {
      const homes = layers[i].isModel ? [] : this.shared.get(identity(layers[i]))?.filter((p) => this.file.hasGroup(p));
      return new ObjectWeights(this.file, path, this.shared, homes?.length === 1 ? homes : []);
    });
  }

  private noteShared(layers: readonly LayerConfig[], path = this.path, depth = 0): void {
    layerPaths(this.file, path, layers).forEach((at, i) => {
      if (layers[i].isModel) {
        if (depth < maxNesting) this.noteShared(layers[i].layers, at, depth + 1);
        return;
      }
      const homes = this.shared.get(identity(layers[i]));
      if (homes) homes.push(at);
      else this.shared.set(identity(layers[i]), [at]);
    });
  }

  /** The group of an object below this one. Keras made some attributes private or public between versions. */
  private find(attributes: string): string {
    let path = existing(this.file, [this.path, ...this.elsewhere]);
    for (const name of attributes === '' ? [] : attributes.split('/')) path = existing(this.file, [`${path}/${name}`, `${path}/_${name}`]);
    return path;
  }
}

const identity = (layer: LayerConfig): string => `${layer.className} ${layer.name}`;

/** The groups of a model's layers. `keras.ops` in a model are no layers and do not count. */
function layerPaths(file: Hdf5, model: string, layers: readonly LayerConfig[]): string[] {
  // Keras 2.12 to 2.15 called the list by another name.
  const list = ['layers', '_layer_checkpoint_dependencies'].find((name) => hasBelow(file, `${model}/${name}`)) ?? 'layers';
  const counters = new Map<string, number>();
  return layers.map((layer) => {
    if (layer.isOperation) return `${model}/${list}/${layer.name} (an operation)`;
    const kind = snakeCase(layer.className);
    const n = counters.get(kind) ?? 0;
    counters.set(kind, n + 1);
    return `${model}/${list}/${n === 0 ? kind : `${kind}_${n}`}`;
  });
}

/** On Windows some versions wrote the path of an object as one name with backslashes. */
const flat = (path: string): string => `/${path.slice(1).replaceAll('/', '\\')}`;

const hasBelow = (file: Hdf5, path: string): boolean =>
  file.hasGroup(path) || [...file.children('/')].some((name) => `/${name}`.startsWith(`${flat(path)}\\`));

/** The first of these groups that the file has, as it is spelt there; the first of all where it has none. */
function existing(file: Hdf5, paths: readonly string[]): string {
  for (const path of paths) {
    const found = [path, flat(path)].find((p) => file.hasGroup(p));
    if (found !== undefined) return found;
  }
  return paths[0];
}

/** Keras's own spelling (keras/src/utils/naming.py): Conv2DTranspose is conv2d_transpose. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
