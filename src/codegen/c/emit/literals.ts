import type { DType } from '../../../ir/types.js';
import { floatLiteral, withPoint } from '../../text.js';
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

function doubleLiteral(x: number): string {
  if (Number.isNaN(x)) return 'NAN';
  if (!Number.isFinite(x)) return x < 0 ? '-INFINITY' : 'INFINITY';
  return Object.is(x, -0) ? '-0.0' : withPoint(String(x));
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
