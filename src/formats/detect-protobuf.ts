import type { FormatName } from './types.js';

/** A field of a protobuf message: number, wire type, and where its content stands. */
interface Field {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly end: number;
}

/** Fields looked at: a GraphDef has one per operator, and the first few tell. */
const enough = 64;

/**
 * Tells the protobuf files apart that are called `.onnx` and `.pb`; they carry no magic number, so their fields have to do.
 * - ONNX ModelProto: 1 ir_version (varint), 7 graph and 8 opset_import (messages), all others of known number and type.
 * - TensorFlow SavedModel: 1 saved_model_schema_version (varint), 2 meta_graphs (message).
 * - TensorFlow GraphDef: 1 node (message that begins with its name), repeated.
 */
export function sniffProtobuf(bytes: Uint8Array): FormatName | undefined {
  const fields = scan(bytes, 0, bytes.length);
  if (fields.length === 0) return undefined;
  if (fields.every((f) => onnxFields[f.number] === f.wire) && fields.some((f) => f.number === 7 || f.number === 8)) {
    const graph = fields.find((f) => f.number === 7);
    if (!graph || plausible(bytes, graph, graphFields)) return 'onnx';
  }
  const first = fields[0];
  if (fields.every((f) => savedModelFields[f.number] === f.wire)) {
    const meta = fields.find((f) => f.number === 2);
    if (meta && plausible(bytes, meta, metaGraphFields)) return 'savedmodel';
  }
  if (first.number === 1 && first.wire === 2 && fields.every((f) => graphDefFields[f.number] === f.wire) && isNodeDef(bytes, first))
    return 'frozen-pb';
  return undefined;
}

const varint = 0;
const length = 2;
/** Field number to wire type (onnx.proto, ModelProto). */
const onnxFields: Record<number, number> = {
  1: varint,
  2: length,
  3: length,
  4: length,
  5: varint,
  6: length,
  7: length,
  8: length,
  14: length,
  20: length,
  25: length,
  26: length,
};
/** onnx.proto, GraphProto. */
const graphFields: Record<number, number> = {
  1: length,
  2: length,
  5: length,
  10: length,
  11: length,
  12: length,
  13: length,
  14: length,
  15: length,
  16: length,
};
/** tensorflow/core/protobuf/saved_model.proto. */
const savedModelFields: Record<number, number> = { 1: varint, 2: length };
/** tensorflow/core/protobuf/meta_graph.proto, MetaGraphDef. */
const metaGraphFields: Record<number, number> = { 1: length, 2: length, 3: length, 4: length, 5: length, 6: length, 7: length };
/** tensorflow/core/framework/graph.proto. */
const graphDefFields: Record<number, number> = { 1: length, 2: length, 3: varint, 4: length, 5: length };

/** Whether the first fields of a message are all known ones. */
function plausible(bytes: Uint8Array, f: Field, known: Record<number, number>): boolean {
  const inner = scan(bytes, f.start, Math.min(f.end, bytes.length));
  return (inner.length > 0 || f.end === f.start) && inner.every((i) => known[i.number] === i.wire);
}

/** NodeDef: 1 name and 2 op, both text. */
function isNodeDef(bytes: Uint8Array, f: Field): boolean {
  const [name, op] = scan(bytes, f.start, Math.min(f.end, bytes.length));
  const printable = (x: Field | undefined): boolean =>
    x !== undefined && x.wire === length && /^[\w./\\>^:-]+$/.test(Buffer.from(bytes.subarray(x.start, x.end)).toString('latin1'));
  return name?.number === 1 && op?.number === 2 && printable(name) && printable(op);
}

/**
 * The first fields of the message in `bytes[from, to)`. A field whose content goes beyond the end is given too
 * (the file is truncated, but what it is can be told); an impossible tag ends the list with nothing.
 */
function scan(bytes: Uint8Array, from: number, to: number): Field[] {
  const fields: Field[] = [];
  let at = from;
  while (at < to && fields.length < enough) {
    const tag = readVarint(bytes, at, to);
    if (!tag) return fields;
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (number === 0) return [];
    const start = tag.next;
    if (wire === varint) {
      const value = readVarint(bytes, start, to);
      if (!value) return fields;
      at = value.next;
      fields.push({ number, wire, start, end: at });
    } else if (wire === length) {
      const size = readVarint(bytes, start, to);
      if (!size) return fields;
      at = size.next + size.value;
      fields.push({ number, wire, start: size.next, end: at });
    } else if (wire === 1 || wire === 5) {
      at = start + (wire === 1 ? 8 : 4);
      fields.push({ number, wire, start, end: at });
    } else {
      return [];
    }
  }
  return fields;
}

/** A varint and where it ends; undefined where it does not end. Values beyond 2^53 lose low bits, which no length has. */
function readVarint(bytes: Uint8Array, at: number, to: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10 && at + i < to; i++) {
    value += (bytes[at + i] & 127) * 2 ** (7 * i);
    if (bytes[at + i] < 128) return { value, next: at + i + 1 };
  }
  return undefined;
}
