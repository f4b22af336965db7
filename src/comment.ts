/**
 * Text for a comment of a generated file: one line that neither ends a comment of C or HTML nor looks like another's beginning,
 * holds no trigraph, and does not join the next line.
 * @param length The most characters that are kept.
 */
export const commentText = (text: string, length = 200): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\*(?=\/)/g, '* ')
    .replace(/\/(?=\*)/g, '/ ')
    .replace(/-(?=->)/g, '- ')
    .replace(/\?(?=\?)/g, '? ')
    .replace(/\\+$/, '')
    .slice(0, length);
