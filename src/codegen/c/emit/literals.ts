import type { DType } from '../../../ir/types.js';
import type { CType } from '../program.js';

/** The C type that holds an element. C99 lacks float16: its bits are moved and cast, nothing computes with them. */
export const cTypes: Readonly<Record<DType, CType>> = {
  float32: 'float',
  float16: 'uint16_t',
  float64: 'double',
  int8: 'int8_t',
  uint8: 'uint8_t',
  int16: 'int16_t',
  uint16: 'uint16_t',
  int32: 'int32_t',
  uint32: 'uint32_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  bool: 'uint8_t',
};

/** A float as C reads it back to the same bits. */
export function floatLiteral(value: number): string {
  const x = Math.fround(value);
  if (Number.isNaN(x)) return 'NAN';
  if (!Number.isFinite(x)) return x < 0 ? '-INFINITY' : 'INFINITY';
  if (Object.is(x, -0)) return '-0.0f';
  return `${decimal(shortest(x))}f`;
}

/** The shortest decimal that rounds to the float: 9 significant digits always do. */
function shortest(x: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text));
  }
  return String(Number(x.toPrecision(9)));
}

/** C takes `1` as an integer: floats need a point or an exponent. */
const decimal = (text: string): string => (/[.e]/.test(text) ? text : `${text}.0`);

function doubleLiteral(x: number): string {
  if (Number.isNaN(x)) return 'NAN';
  if (!Number.isFinite(x)) return x < 0 ? '-INFINITY' : 'INFINITY';
  return Object.is(x, -0) ? '-0.0' : decimal(String(x));
}

/** An integer; the smallest of its type has no literal of its own in C. */
export function integerLiteral(value: number | bigint, type: CType): string {
  if (type === 'int32_t' && Number(value) === -(2 ** 31)) return 'INT32_MIN';
  if (type === 'uint32_t') return `${value}u`;
  if (type === 'uint64_t') return `UINT64_C(${value})`;
  if (type !== 'int64_t') return String(value);
  return BigInt(value) === -(2n ** 63n) ? 'INT64_MIN' : `INT64_C(${value})`;
}

export function literal(value: number | bigint, type: CType): string {
  if (type === 'float') return floatLiteral(Number(value));
  if (type === 'double') return doubleLiteral(Number(value));
  return integerLiteral(value, type);
}

const width = 120;

/** The elements of an array initialiser in lines of at most 120 characters. */
export function elements(data: ArrayLike<number> | ArrayLike<bigint>, type: CType): string {
  const lines: string[] = [];
  let line = ' ';
  for (let i = 0; i < data.length; i++) {
    const text = literal(data[i], type);
    if (line.length + text.length + 2 > width) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${text},`;
  }
  lines.push(line);
  return lines.join('\n');
}

const keywords = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict ' +
    'return short signed sizeof static struct switch typedef union unsigned void volatile while main bool true false class ' +
    'delete new this private public namespace template operator try catch throw using virtual'
  ).split(' '),
);

/** A valid C and C++ identifier near to a name: `2 conv/3x3` becomes `m2_conv_3x3`. */
export function identifier(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (plain === '') return 'model';
  return /^\d/.test(plain) || keywords.has(plain) ? `m${/^\d/.test(plain) ? '' : '_'}${plain}` : plain;
}

/** Text inside a C comment: it must not end it nor look like another's beginning, holds no trigraph, and stays on its line. */
export const comment = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/\*(?=\/)/g, '* ')
    .replace(/\/(?=\*)/g, '/ ')
    .replace(/\?(?=\?)/g, '? ');

/** A C string literal, without trigraphs. */
export const quoted = (text: string): string =>
  `"${[...new TextEncoder().encode(text)]
    .map((b) =>
      b === 34 || b === 92 || b === 63
        ? `\\${String.fromCharCode(b)}`
        : b >= 32 && b < 127
          ? String.fromCharCode(b)
          : `\\${b.toString(8).padStart(3, '0')}`,
    )
    .join('')}"`;
