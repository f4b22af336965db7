/** A C string literal; what is not plain ASCII is escaped byte by byte, in octal, which takes no digits after it by mistake. */
export function stringLiteral(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const c = String.fromCharCode(byte);
    out += byte < 32 || byte > 126 || c === '"' || c === '\\' || c === '?' ? `\\${byte.toString(8).padStart(3, '0')}` : c;
  }
  return `"${out}"`;
}

/** Text for a comment: one line, nothing that ends the comment. */
export const commentText = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replace(/\\+$/, '')
    .slice(0, 200);

/** The shortest literal of type float that gives this number back. */
export function floatLiteral(x: number): string {
  const single = Math.fround(x);
  let text = String(single);
  for (let digits = 1; digits <= 9; digits++) {
    text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) break;
  }
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}
