import { ModelError } from '../../errors.js';
import { enums } from './enums.js';
import { type Field, fieldsOf, isKnownTable, type Scalar, scalarBytes } from './schema.js';

/** A decoded table: scalars with their defaults filled in, enums as names, absent vectors, strings and tables undefined. */
export type Table = Readonly<Record<string, unknown>>;

/** A file may decode to this many times its own size (vectors may overlap in a hostile file), and a fixed part beside it. */
const amplification = 8;
const allowance = 1 << 20;

const utf8 = new TextDecoder();

/**
 * Decodes a flatbuffer by the schema. Every offset, vtable and vector length is checked before it is followed,
 * so that a corrupt file gives a ModelError and never memory beyond a small multiple of its size.
 * Byte vectors are views of `bytes`.
 * @param subject What the bytes are, for messages: "'model.tflite'".
 */
export function decode(bytes: Uint8Array, table: string, subject: string): Table {
  const reader = new TableReader(bytes, subject);
  return reader.table(reader.offset(0, 'root table'), table, '');
}

class TableReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly subject: string;
  private readonly seen = new Map<string, unknown>();
  private spent = 0;

  constructor(bytes: Uint8Array, subject: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.subject = subject;
  }

  /** The position that the offset stored at `at` points to. */
  offset(at: number, path: string): number {
    this.need(at, 4, path);
    const target = at + this.view.getUint32(at, true);
    this.need(target, 4, path);
    return target;
  }

  table(at: number, type: string, path: string): Table {
    return this.once(`${type}@${at}`, () => {
      const vtable = at - this.view.getInt32(at, true);
      this.need(vtable, 4, path);
      const vtableSize = this.view.getUint16(vtable, true);
      const size = this.view.getUint16(vtable + 2, true);
      if (vtableSize < 4 || size < 4) this.fail(path, `has a table header of ${vtableSize} and ${size} bytes`);
      this.need(vtable, vtableSize, path);
      this.need(at, size, path);
      this.spend(vtableSize + size, path);
      const out: Record<string, unknown> = {};
      for (const field of fieldsOf(type)) {
        const entry = 4 + 2 * field.slot;
        const offset = entry + 2 <= vtableSize ? this.view.getUint16(vtable + entry, true) : 0;
        const name = path ? `${path}.${field.name}` : field.name;
        if (offset >= size) this.fail(name, `lies outside its table of ${size} bytes`);
        out[field.name] = this.field(field, offset ? at + offset : 0, name, out);
      }
      return out;
    });
  }

  private field(field: Field, at: number, path: string, table: Record<string, unknown>): unknown {
    switch (field.kind) {
      case 'scalar':
      case 'enum': {
        if (at) this.need(at, scalarBytes[field.scalar], path);
        const value = at ? this.scalar(field.scalar, at) : field.default;
        if (field.kind === 'enum') return enumName(field.of, value);
        return field.scalar === 'bool' ? value !== 0 : value;
      }
      case 'unread':
        return undefined;
      case 'string':
        return at ? this.string(this.offset(at, path), path) : undefined;
      case 'table':
        return at ? this.table(this.offset(at, path), field.of, path) : undefined;
      case 'union': {
        const type = table[`${field.name}_type`] as string;
        return at && isKnownTable(type) ? this.table(this.offset(at, path), type, path) : undefined;
      }
      default:
        return at ? this.vector(field, this.offset(at, path), path) : undefined;
    }
  }

  private vector(field: Field, at: number, path: string): unknown {
    const length = this.view.getUint32(at, true);
    const start = at + 4;
    const width = field.kind === 'scalars' ? scalarBytes[field.scalar] : 4;
    this.need(start, length * width, path);
    if (field.of === 'ubyte') return this.bytes.subarray(start, start + length);
    return this.once(`[${field.of}]@${at}`, () => {
      this.spend(length * 8, path);
      if (field.kind === 'scalars') return Array.from({ length }, (_, i) => this.scalar(field.scalar, start + i * width));
      return Array.from({ length }, (_, i) => this.table(this.offset(start + 4 * i, `${path}[${i}]`), field.of, `${path}[${i}]`));
    });
  }

  private scalar(type: Scalar, at: number): number {
    switch (type) {
      case 'bool':
      case 'ubyte':
        return this.view.getUint8(at);
      case 'byte':
        return this.view.getInt8(at);
      case 'int':
        return this.view.getInt32(at, true);
      case 'uint':
        return this.view.getUint32(at, true);
      case 'float':
        return this.view.getFloat32(at, true);
      case 'long':
        return Number(this.view.getBigInt64(at, true));
      case 'ulong':
        return Number(this.view.getBigUint64(at, true));
    }
  }

  private string(at: number, path: string): string {
    const length = this.view.getUint32(at, true);
    this.need(at + 4, length, path);
    return this.once(`string@${at}`, () => {
      this.spend(length * 2, path);
      return utf8.decode(this.bytes.subarray(at + 4, at + 4 + length));
    });
  }

  /** Tables and vectors may be shared: each is decoded once, which also bounds what a small hostile file can cost. */
  private once<T>(key: string, make: () => T): T {
    if (this.seen.has(key)) return this.seen.get(key) as T;
    const made = make();
    this.seen.set(key, made);
    return made;
  }

  private spend(bytes: number, path: string): void {
    this.spent += bytes;
    if (this.spent > this.bytes.length * amplification + allowance) this.fail(path, 'makes the file refer to more data than it holds');
  }

  private need(at: number, length: number, path: string): void {
    if (at < 0 || at + length > this.bytes.length) {
      this.fail(path, `points to ${length} bytes at ${at}, outside a file of ${this.bytes.length} bytes`);
    }
  }

  private fail(path: string, what: string): never {
    throw new ModelError(
      `${this.subject} is corrupt or cut short: its field '${path || 'Model'}' ${what}. Fetch or export the file again.`,
    );
  }
}

function enumName(type: string, value: number): string {
  return enums[type][value] ?? `${type}(${value})`;
}
