/** A C string literal; what is not plain ASCII is escaped byte by byte, in octal, which takes no digits after it by mistake. */
export function stringLiteral(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const c = String.fromCharCode(byte);
    out += byte < 32 || byte > 126 || c === '"' || c === '\\' || c === '?' ? `\\${byte.toString(8).padStart(3, '0')}` : c;
  }
  return `"${out}"`;
}

/** The shortest literal of type float that gives this number back; what is no number by the names of math.h. */
export function floatLiteral(value: number): string {
  const x = Math.fround(value);
  if (Number.isNaN(x)) return 'NAN';
  if (!Number.isFinite(x)) return x < 0 ? '-INFINITY' : 'INFINITY';
  if (Object.is(x, -0)) return '-0.0f';
  let text = String(x);
  // Nine significant digits always read back to the same float.
  for (let digits = 6; digits <= 9; digits++) {
    text = String(Number(x.toPrecision(digits)));
    if (Math.fround(Number(text)) === x) break;
  }
  return `${withPoint(text)}f`;
}

/** C takes `1` for an integer: floating literals need a point or an exponent. */
export const withPoint = (text: string): string => (/[.e]/.test(text) ? text : `${text}.0`);
