import { ModelError } from '../../errors.js';
import { halfToFloat } from '../../ir/half.js';
import type { Tensor } from '../../ir/tensor.js';
import type { Shape } from '../../ir/types.js';
import { deflateLimit } from '../bytes/zip.js';

type H5Module = typeof import('h5wasm').Module;
type Metadata = ReturnType<H5Module['get_dataset_metadata']>;

/** A tensor in a file: its shape is known, its elements are read when asked for. */
export interface StoredTensor {
  /** Path in the file, for messages. */
  readonly name: string;
  readonly shape: Shape;
  /** The elements as float32, whatever float or integer type they are stored in. */
  read(): Tensor;
}

/** HDF5's type classes (H5Tpublic.h). */
const classes = { integer: 0, float: 1, string: 3, opaque: 5 };
const groupKind = 0;
const datasetKind = 1;

/**
 * A read-only HDF5 file. Every file has an instance of the library of its own: what a damaged file does to the library's
 * state (it leaves identifiers open where it gives up, and wasm memory never shrinks) ends with it.
 * Whatever the library throws becomes a ModelError; nothing is printed.
 */
export class Hdf5 {
  private readonly module: H5Module;
  private readonly id: bigint;
  private readonly path: string;
  private readonly fileBytes: number;
  private readonly listings = new Map<string, ReadonlySet<string>>();

  private constructor(module: H5Module, id: bigint, path: string, fileBytes: number) {
    this.module = module;
    this.id = id;
    this.path = path;
    this.fileBytes = fileBytes;
  }

  /**
   * Opens a file held in memory, without copying it.
   * @param path For messages: the file, or the file and the archive's entry.
   */
  static async open(bytes: Uint8Array, path: string): Promise<Hdf5> {
    const module = await instantiate();
    const name = '/model.h5';
    const id = guard(path, 'opened', () => {
      const fs = module.FS as unknown as { writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void };
      fs.writeFile(name, bytes, { canOwn: true });
      return module.open(name, module.H5F_ACC_RDONLY);
    });
    if (id < 0n) throw damaged(path, 'opened');
    return new Hdf5(module, id, path, bytes.length);
  }

  /** Names in a group, in the file's order; none where there is no such group. */
  children(group: string): ReadonlySet<string> {
    let names = this.listings.get(group);
    if (!names) {
      names =
        this.kind(group) === groupKind ? new Set(this.guard(group, () => this.module.get_names(this.id, group, false))) : new Set<string>();
      this.listings.set(group, names);
    }
    return names;
  }

  /** Whether there is a group at this absolute path. */
  hasGroup(path: string): boolean {
    return this.kind(path) === groupKind;
  }

  /**
   * The strings of an attribute (one, or a list), or the empty list where there is no such attribute.
   * Lists too long for an object's header are stored in pieces: name0, name1, …
   */
  strings(object: string, name: string): string[] {
    if (this.kind(object) === undefined) return [];
    const names = new Set(this.guard(object, () => this.module.get_attribute_names(this.id, object)));
    if (names.has(name)) return this.stringAttribute(object, name);
    const all: string[] = [];
    for (let i = 0; names.has(`${name}${i}`); i++) all.push(...this.stringAttribute(object, `${name}${i}`));
    return all;
  }

  /** The tensor at an absolute path. Throws ModelError where there is none, or none of numbers. */
  tensor(path: string): StoredTensor {
    if (this.kind(path) !== datasetKind)
      throw new ModelError(`${this.path} has no weights '${path}'. It is damaged or was not saved completely.`);
    const meta = this.guard(path, () => this.module.get_dataset_metadata(this.id, path));
    const { shape } = meta;
    if (!Array.isArray(shape) || !shape.every((d) => Number.isSafeInteger(d) && d >= 0) || !Number.isSafeInteger(meta.total_size)) {
      throw damaged(this.path, `read at '${path}'`);
    }
    return { name: path, shape, read: () => this.readTensor(path, shape, meta) };
  }

  /** The object's kind, undefined where the path leads nowhere. Walks down group by group: the library's own test fails loudly. */
  private kind(path: string): number | undefined {
    if (path === '/') return groupKind;
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, cut) || '/';
    if (!this.children(parent).has(path.slice(cut + 1))) return undefined;
    return this.guard(path, () => this.module.get_type(this.id, path));
  }

  private stringAttribute(object: string, name: string): string[] {
    const what = `${object} (attribute '${name}')`;
    const meta = this.guard(what, () => this.module.get_attribute_metadata(this.id, object, name));
    if (!meta.shape) return [];
    // NumPy stores an empty list as floats.
    if (meta.total_size === 0) return [];
    if (meta.type !== classes.string)
      throw new ModelError(`${this.path}: the attribute '${name}' of '${object}' does not hold text. The file is damaged.`);
    const bytes = this.bytes(what, meta, (at) => this.module.get_attribute_data(this.id, object, name, BigInt(at)));
    const decoder = new TextDecoder();
    if (meta.vlen) {
      const pointers = new Uint32Array(bytes.buffer);
      return this.guard(what, () => Array.from(pointers, (at) => this.module.UTF8ToString(at)));
    }
    return Array.from({ length: meta.total_size }, (_, i) => {
      const text = bytes.subarray(i * meta.size, (i + 1) * meta.size);
      const end = text.indexOf(0);
      return decoder.decode(end < 0 ? text : text.subarray(0, end));
    });
  }

  private readTensor(path: string, shape: Shape, meta: Metadata): Tensor {
    const bytes = this.bytes(path, meta, (at) => this.module.get_dataset_data(this.id, path, null, null, null, BigInt(at)));
    if (!meta.littleEndian && (meta.type === classes.integer || meta.type === classes.float)) swapBytes(bytes, meta.size);
    const data = toFloat32(bytes.buffer as ArrayBuffer, meta);
    if (!data)
      throw new ModelError(
        `${this.path}: the weights '${path}' are stored in a type that is no number (HDF5 class ${meta.type} of ${meta.size} bytes).`,
      );
    return { dtype: 'float32', shape, data };
  }

  /** Copies what the library reads out of its memory, checking first that the file can hold that much. */
  private bytes(what: string, meta: Metadata, read: (at: number) => number): Uint8Array {
    const length = meta.size * meta.total_size;
    if (length > Math.max(65_536, this.fileBytes * deflateLimit)) {
      throw new ModelError(
        `${this.path}: '${what}' claims ${length} bytes, which a file of ${this.fileBytes} bytes cannot hold. It is damaged.`,
      );
    }
    return this.guard(what, () => {
      const at = this.module._malloc(Math.max(8, length));
      if (at === 0) throw new ModelError(`${this.path}: there is no memory for the ${length} bytes of '${what}'.`);
      try {
        if (read(at) < 0) throw damaged(this.path, `read at '${what}'`);
        return this.module.HEAPU8.slice(at, at + length);
      } finally {
        this.module._free(at);
      }
    });
  }

  private guard<T>(what: string, action: () => T): T {
    return guard(this.path, `read at '${what}'`, action);
  }
}

const damaged = (path: string, what: string, cause?: unknown): ModelError =>
  new ModelError(`${path} cannot be ${what}: the HDF5 file is damaged or truncated. Copy or download it again.`, { cause });

/** The library's boundary: it throws strings, numbers and WebAssembly.RuntimeErrors where a file is damaged. */
function guard<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (e) {
    throw e instanceof ModelError ? e : damaged(path, what, e);
  }
}

/**
 * A fresh instance of the library, silent. The package exports only a shared one, which a damaged file can spoil for all
 * that come after it, so the factory beside its entry point is taken.
 */
async function instantiate(): Promise<H5Module> {
  const factory = new URL('./hdf5_util.js', import.meta.resolve('h5wasm')).href;
  const { default: create } = (await import(factory)) as { default: (options: object) => Promise<H5Module> };
  const silent = (): void => {};
  return create({ noInitialRun: true, print: silent, printErr: silent });
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function toFloat32(buffer: ArrayBuffer, { type, size, signed }: Metadata): Float32Array | undefined {
  // HDF5 has no bfloat16: h5py stores it as two opaque bytes. It is the upper half of a float32.
  if (type === classes.opaque)
    return size === 2 ? new Float32Array(Uint32Array.from(new Uint16Array(buffer), (b) => b << 16).buffer) : undefined;
  if (type === classes.float) {
    if (size === 4) return new Float32Array(buffer);
    if (size === 2) return Float32Array.from(new Uint16Array(buffer), halfToFloat);
    return size === 8 ? Float32Array.from(new Float64Array(buffer)) : undefined;
  }
  if (type !== classes.integer) return undefined;
  if (size === 8) return Float32Array.from(signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer), Number);
  const integers = { 1: [Uint8Array, Int8Array], 2: [Uint16Array, Int16Array], 4: [Uint32Array, Int32Array] }[size];
  return integers && Float32Array.from(new integers[Number(signed)](buffer));
}
