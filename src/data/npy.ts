import { ModelError } from '../errors.js';
import { halfToFloat } from '../ir/half.js';
import type { Numbers } from '../ir/tensor.js';
import { type Shape, sizeOf } from '../ir/types.js';
import type { ByteSource } from './files.js';

/** An array in the .npy format (numpy.lib.format, versions 1 to 3), whose elements are read by position. */
export interface NpyArray {
  /** For messages. */
  readonly path: string;
  readonly shape: Shape;
  /** Element type in NumPy's words, e.g. "<f4". */
  readonly descr: string;
  /** Column-major: the first index runs fastest. */
  readonly fortran: boolean;
  readonly bytes: ByteSource;
  /** Where the elements begin in `bytes`. */
  readonly offset: number;
}

interface ElementType {
  readonly bytes: number;
  decode(bytes: Uint8Array): Numbers;
}

const view =
  <T>(type: new (buffer: ArrayBufferLike, offset: number, length: number) => T, width: number) =>
  (b: Uint8Array): T =>
    new type(b.buffer, b.byteOffset, b.length / width);
const wide = (type: BigInt64ArrayConstructor | BigUint64ArrayConstructor) => (b: Uint8Array) =>
  Float64Array.from(new type(b.buffer as ArrayBuffer, b.byteOffset, b.length / 8), Number);

const elements: Readonly<Record<string, ElementType>> = {
  b1: { bytes: 1, decode: view(Uint8Array, 1) },
  i1: { bytes: 1, decode: view(Int8Array, 1) },
  u1: { bytes: 1, decode: view(Uint8Array, 1) },
  i2: { bytes: 2, decode: view(Int16Array, 2) },
  u2: { bytes: 2, decode: view(Uint16Array, 2) },
  i4: { bytes: 4, decode: view(Int32Array, 4) },
  u4: { bytes: 4, decode: view(Uint32Array, 4) },
  i8: { bytes: 8, decode: wide(BigInt64Array) },
  u8: { bytes: 8, decode: wide(BigUint64Array) },
  f2: { bytes: 2, decode: (b) => Float32Array.from(view(Uint16Array, 2)(b), halfToFloat) },
  f4: { bytes: 4, decode: view(Float32Array, 4) },
  f8: { bytes: 8, decode: view(Float64Array, 8) },
};

const longestHeader = 1 << 20;

/** Reads the header. Throws ModelError where it is damaged, where the type is not numeric, or where the file's size is not what it says. */
export async function openNpy(bytes: ByteSource, path: string): Promise<NpyArray> {
  const damaged = (why: string) => new ModelError(`${path} is no usable .npy file: ${why}.`);
  if (bytes.size < 10) throw damaged(`it has only ${bytes.size} bytes`);
  const head = await bytes.read(0, Math.min(bytes.size, 12));
  if (head.toString('latin1', 0, 6) !== '\x93NUMPY') throw damaged('it does not begin with \\x93NUMPY');
  const version = head[6];
  if (version < 1 || version > 3) throw damaged(`its format version is ${version}, and 1 to 3 are known`);
  const start = version === 1 ? 10 : 12;
  if (bytes.size < start) throw damaged('its header is cut off');
  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > longestHeader || start + length > bytes.size) throw damaged(`its header of ${length} bytes does not fit into the file`);
  const header = (await bytes.read(start, length)).toString(version === 3 ? 'utf8' : 'latin1');

  if (/'descr'\s*:\s*\[/.test(header)) throw damaged('it holds records with several fields; save one plain array per input');
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dims = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || dims === undefined) throw damaged('its header lacks descr, fortran_order or shape');
  const type = elements[descr.slice(1)];
  if (!type || !'<>|='.includes(descr[0]))
    throw damaged(`its element type is '${descr}', and only real numbers can be used; convert it with .astype('float32')`);
  const shape = dims.split(',').flatMap((d) => (d.trim() ? [Number.parseInt(d, 10)] : []));
  const offset = start + length;
  const wanted = sizeOf(shape) * type.bytes;
  if (shape.length > 32 || !Number.isSafeInteger(wanted)) throw damaged(`its shape (${shape.join(', ')}) is too large`);
  const there = bytes.size - offset;
  if (there !== wanted)
    throw damaged(
      `${descr}(${shape.join(', ')}) takes ${wanted} bytes and ${there} are there; it is ${there < wanted ? 'truncated' : 'more than one array'}`,
    );
  return { path, shape, descr, fortran: order === 'True' && shape.length > 1, bytes, offset };
}

/** `count` elements from element `first` in the order of the file. */
async function readElements(array: NpyArray, first: number, count: number): Promise<Numbers> {
  const type = elements[array.descr.slice(1)];
  const bytes = await array.bytes.read(array.offset + first * type.bytes, count * type.bytes);
  if (array.descr[0] === '>') {
    if (type.bytes === 2) bytes.swap16();
    else if (type.bytes === 4) bytes.swap32();
    else if (type.bytes === 8) bytes.swap64();
  }
  return type.decode(bytes);
}

/** Column-major arrays scatter every record over the file, so they are held in memory; larger ones are refused. */
const largestFortran = 256 << 20;

/**
 * Reads record `i` of an array that holds `records` of them along its first axis (`lead`), or is itself the only one.
 * The result is row-major and the caller's. C-order arrays are read piecewise. Throws ModelError for a column-major array over 256 MB.
 */
export function recordReader(array: NpyArray, lead: boolean): (i: number) => Promise<Numbers> {
  const shape = lead ? array.shape : [1, ...array.shape];
  const size = sizeOf(shape.slice(1));
  if (!array.fortran) return (i) => readElements(array, i * size, size);
  if (array.bytes.size > largestFortran)
    throw new ModelError(
      `${array.path} is in Fortran order and has ${array.bytes.size} bytes, more than the ${largestFortran} that are held in memory: save np.ascontiguousarray of it.`,
    );
  let whole: Promise<Numbers> | undefined;
  return async (i) => {
    whole ??= readElements(array, 0, sizeOf(shape));
    const all = await whole;
    const out = new (all.constructor as new (n: number) => Numbers)(size);
    const index = new Array<number>(shape.length - 1).fill(0);
    const strides = columnStrides(shape);
    for (let r = 0, at = i; r < size; r++) {
      out[r] = all[at];
      for (let d = index.length - 1; d >= 0; d--) {
        at += strides[d + 1];
        if (++index[d] < shape[d + 1]) break;
        at -= strides[d + 1] * shape[d + 1];
        index[d] = 0;
      }
    }
    return out;
  };
}

function columnStrides(shape: Shape): number[] {
  const strides: number[] = [];
  let s = 1;
  for (const d of shape) {
    strides.push(s);
    s *= d;
  }
  return strides;
}
