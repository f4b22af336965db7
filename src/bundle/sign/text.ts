/** What the first line of each file of minisign begins with. */
export const untrustedPrefix = 'untrusted comment: ';

/** Lines of a text without their ends, as they are on Windows too. */
export const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/);

/** The bytes that base64 stands for; undefined for anything but the one way to write them. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** A key's id as minisign shows it: a number whose low byte comes first, in hexadecimal. */
export const keyIdText = (keyId: Uint8Array): string => Buffer.from(keyId).readBigUInt64LE().toString(16).toUpperCase();
