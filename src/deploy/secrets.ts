/** Variables that are likely to hold secrets, by their names. */
const secretVariable = /(^|_)(PASS|PASSWD|PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|AUTH|(API_?|PRIVATE_?|ACCESS_?)?KEY)S?(_|$)/i;

export const looksSecret = (variable: string): boolean => secretVariable.test(variable);

/** So many characters of a secret are enough to know it by; what is shorter stands in too many other words. */
const telling = 8;
const shortest = 4;

/**
 * Text without the values of variables whose names say that they are secrets: devices may print them, on several lines or on one,
 * and cut off.
 */
export function withoutSecrets(text: string, variables: Readonly<Record<string, string>>): string {
  return secretsIn(variables).reduce(blank, text);
}

/** What is not to be seen of variables whose names say that they are secrets, in the forms in which it may be printed; longest first. */
export const secretsIn = (variables: Readonly<Record<string, string>>): string[] =>
  [...new Set(Object.entries(variables).flatMap(([name, value]) => (looksSecret(name) ? formsOf(value) : [])))].sort(
    (a, b) => b.length - a.length,
  );

/** As it is, on one line, and each of its lines. */
const formsOf = (value: string): string[] =>
  [value, onOneLine(value), ...value.split('\n').map(onOneLine)].filter((form) => form.length >= shortest);

const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Blanks every place where the secret begins, as far as it goes on there. */
function blank(text: string, secret: string): string {
  const head = secret.slice(0, telling);
  let out = '';
  let from = 0;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, from)) {
    let length = head.length;
    while (length < secret.length && text[at + length] === secret[length]) length++;
    out += `${text.slice(from, at)}***`;
    from = at + length;
  }
  return out + text.slice(from);
}
