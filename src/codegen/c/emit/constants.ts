import { createHash } from 'node:crypto';
import type { Value } from '../../../ir/graph.js';
import { dtypes } from '../../../ir/types.js';
import { floatLiteral } from '../../text.js';
import type { CType, Field, Struct, Table } from '../program.js';
import { cTypes, elements, literal } from './literals.js';

const bytesOf: Readonly<Record<CType, number>> = {
  int8_t: 1,
  uint8_t: 1,
  int16_t: 2,
  uint16_t: 2,
  int32_t: 4,
  uint32_t: 4,
  int64_t: 8,
  uint64_t: 8,
  float: 4,
  double: 8,
};

/** The `static const` arrays and structs of a model: each distinct content once, named after the layer that used it first. */
export class Constants {
  /** Bytes of all arrays and structs on a 32-bit target. */
  bytes = 0;
  private readonly text: string[] = [];
  private readonly known = new Map<string, string>();
  private readonly names = new Set<string>();
  private readonly contents: boolean;

  /** @param contents Whether definitions are written out: where only `bytes` is wanted, the text of large models is not. */
  constructor(contents = true) {
    this.contents = contents;
  }

  /** Definitions made since the last time, in order. */
  take(): string {
    return this.text.splice(0).join('\n');
  }

  /** The identifier of a table. */
  table(t: Table, prefix: string): string {
    return this.array(t.data, t.type, `${prefix}_${t.name}`, t.align);
  }

  /** The identifier of a constant value of the graph. */
  value(v: Value, prefix: string): string {
    const type = cTypes[v.dtype];
    if (!type || !v.data) throw new Error(`${v.name} (${v.dtype}) is no constant that C can hold`);
    return this.array(v.data, type, `${prefix}_data`);
  }

  /** The identifier of a struct of parameters. */
  struct(s: Struct, prefix: string): string {
    const fields = Object.entries(s.fields).map(([name, field]) => `  .${name} = ${this.field(field, prefix)},`);
    const key = `${s.type} ${fields.join()}`;
    const known = this.known.get(key);
    if (known) return known;
    const name = this.unique(`${prefix}_params`);
    this.known.set(key, name);
    this.bytes += Object.values(s.fields).reduce<number>((sum, f) => sum + 4 * (Array.isArray(f) ? f.length : 1), 0);
    this.text.push(`static const ${s.type} ${name} = {`, ...fields, '};');
    return name;
  }

  private field(field: Field, prefix: string): string {
    if (field === null) return '0';
    if (typeof field === 'number') return literal(field, 'int32_t');
    if (Array.isArray(field)) {
      const items = (field as readonly Field[]).map((f) => this.field(f, prefix));
      return items.length === 0 ? '{0}' : `{${items.join(', ')}}`;
    }
    const one = field as Exclude<Field, number | readonly unknown[] | null>;
    if (one.kind === 'float') return floatLiteral(one.value);
    return one.kind === 'table' ? this.table(one, prefix) : this.value(one.value, prefix);
  }

  private array(data: ArrayLike<number> | ArrayLike<bigint>, type: CType, wanted: string, align = 0): string {
    const key = `${type} ${align} ${data.length} ${digest(data, type)}`;
    const known = this.known.get(key);
    if (known) return known;
    const name = this.unique(wanted);
    this.known.set(key, name);
    this.bytes += data.length * bytesOf[type];
    const aligned = align > bytesOf[type] ? `EDGEML_ALIGNED(${align}) ` : '';
    // C99 has no empty arrays.
    const content = data.length === 0 || !this.contents ? '  0' : elements(data, type);
    this.text.push(`${aligned}static const ${type} ${name}[${Math.max(1, data.length)}] = {`, content, '};');
    return name;
  }

  private unique(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.names.has(name); i++) name = `${wanted}_${i}`;
    this.names.add(name);
    return name;
  }
}

const arrays: Partial<Record<CType, (typeof dtypes)[keyof typeof dtypes]['array']>> = Object.fromEntries(
  Object.entries(cTypes).map(([dtype, type]) => [type, dtypes[dtype as keyof typeof dtypes].array]),
);

function digest(data: ArrayLike<number> | ArrayLike<bigint>, type: CType): string {
  const view = ArrayBuffer.isView(data) ? data : Object.assign(new (arrays[type] as new (n: number) => Float64Array)(data.length), data);
  return createHash('sha256')
    .update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    .digest('hex');
}
