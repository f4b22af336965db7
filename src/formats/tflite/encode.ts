import { Builder } from 'flatbuffers';
import { enums } from './enums.js';
import { type Field, fieldsOf, scalarBytes } from './schema.js';

/** What {@link encode} takes: fields by name; enums as names; a union as its table, with its type's name in the field before. */
export type TableInput = Readonly<Record<string, unknown>>;

type Offset = number;

/**
 * Encodes a table by the schema into a finished flatbuffer. Fields that hold their default are left out, as flatc does.
 * The builder is made large enough from the start: growing it would hold the weights three times.
 * Throws RangeError where the file would not fit into 2 GB, which is where flatbuffer offsets end.
 */
export function encode(table: string, value: TableInput, identifier: string): Uint8Array {
  // A multiple of 16 keeps 16-byte alignment valid in memory too, since the file ends where the buffer ends.
  const room = Math.ceil((bound(table, value) + 64) / 16) * 16;
  if (room >= 2 ** 31) throw new RangeError(`the file would take ${room} bytes, more than the 2 GB that a flatbuffer can address`);
  const builder = new Builder(room);
  builder.finish(writeTable(builder, table, value), identifier);
  return builder.asUint8Array();
}

/** An upper bound of the encoded size, with every possible padding. */
function bound(table: string, value: TableInput): number {
  const fields = fieldsOf(table);
  let size = 16 + 2 * fields.length;
  for (const f of fields) {
    const v = value[f.name];
    if (v === undefined || v === null || f.kind === 'unread') continue;
    size += 16;
    if (f.kind === 'string') size += 8 + 3 * (v as string).length;
    else if (f.kind === 'table') size += bound(f.of, v as TableInput);
    else if (f.kind === 'union') size += bound(unionType(value, f), v as TableInput);
    else if (f.kind === 'tables') for (const t of v as TableInput[]) size += 4 + bound(f.of, t);
    else if (f.kind === 'scalars') size += 2 * f.align + (v as ArrayLike<number>).length * scalarBytes[f.scalar];
  }
  return size;
}

function writeTable(b: Builder, table: string, value: TableInput): Offset {
  const fields = fieldsOf(table);
  const offsets = fields.map((f) => writeChild(b, f, value));
  b.startObject(fields.length);
  // Wide fields first, as flatc orders them: it saves padding.
  for (const width of [8, 4, 1]) {
    for (const f of fields) {
      const inline = f.kind === 'scalar' || f.kind === 'enum';
      if ((inline ? scalarBytes[f.scalar] : 4) !== width || f.kind === 'unread') continue;
      if (!inline) b.addFieldOffset(f.slot, offsets[f.slot], 0);
      else if (value[f.name] !== undefined) writeScalarField(b, f, toNumber(f, value[f.name]));
    }
  }
  return b.endObject();
}

/** Strings, vectors and tables stand before the table that refers to them. 0 means absent. */
function writeChild(b: Builder, f: Field, value: TableInput): Offset {
  const v = value[f.name];
  if (v === undefined || v === null) return 0;
  switch (f.kind) {
    case 'string':
      return b.createString(v as string);
    case 'table':
      return writeTable(b, f.of, v as TableInput);
    case 'union':
      return writeTable(b, unionType(value, f), v as TableInput);
    case 'scalars':
      return writeScalars(b, f, v as ArrayLike<number>);
    case 'tables': {
      const made = (v as TableInput[]).map((t) => writeTable(b, f.of, t));
      b.startVector(4, made.length, 4);
      for (let i = made.length - 1; i >= 0; i--) b.addOffset(made[i]);
      return b.endVector();
    }
    default:
      return 0;
  }
}

function writeScalars(b: Builder, f: Field, v: ArrayLike<number>): Offset {
  const width = scalarBytes[f.scalar];
  b.startVector(width, v.length, Math.max(width, f.align));
  // Alignment is settled now; createByteVector copies the bytes in one go.
  if (v instanceof Uint8Array) return b.createByteVector(v);
  for (let i = v.length - 1; i >= 0; i--) {
    if (f.scalar === 'float') b.addFloat32(v[i]);
    else if (f.scalar === 'long') b.addInt64(BigInt(v[i]));
    else b.addInt32(v[i]);
  }
  return b.endVector();
}

function writeScalarField(b: Builder, f: Field, v: number): void {
  const width = scalarBytes[f.scalar];
  if (width === 1) b.addFieldInt8(f.slot, v, f.default);
  else if (width === 8) b.addFieldInt64(f.slot, BigInt(v), BigInt(f.default));
  else if (f.scalar === 'float') b.addFieldFloat32(f.slot, v, f.default);
  else b.addFieldInt32(f.slot, v, f.default);
}

const unionType = (value: TableInput, f: Field): string => value[`${f.name}_type`] as string;

function toNumber(f: Field, v: unknown): number {
  if (typeof v === 'boolean') return v ? 1 : 0;
  if (f.kind !== 'enum' || typeof v === 'number') return v as number;
  const n = enums[f.of].indexOf(v as string);
  if (n < 0) throw new Error(`'${v}' is no ${f.of} of the schema`);
  return n;
}
