import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPublicKey,
  formatSecretKey,
  generateKeyPair,
  keyIdText,
  readPublicKey,
  readSecretKey,
} from '../../../src/bundle/sign/key-files.js';
import { affordable, scryptParameters, sensitive } from '../../../src/bundle/sign/scrypt.js';
import { UsageError } from '../../../src/errors.js';

const pair = generateKeyPair();
const limits = { opslimit: 2 ** 15, memlimit: 2 ** 20 };
const none = async (): Promise<undefined> => undefined;
const failsWith = async (text: string, message: RegExp, password?: string): Promise<void> => {
  await expect(readSecretKey(text, 'my.key', async () => password)).rejects.toThrow(message);
};
/** A file with other bytes from one place on. */
const changed = (text: string, at: number, ...values: readonly number[]): string => {
  const [comment, line] = text.split('\n');
  const bytes = Buffer.from(line, 'base64');
  bytes.set(values, at);
  return `${comment}\n${bytes.toString('base64')}\n`;
};
const ascii = (text: string): number[] => [...Buffer.from(text)];

describe('public key files', () => {
  const text = formatPublicKey(pair.public);

  it('are read as they are written, and from their line of base64 alone', () => {
    expect(text).toMatch(/^untrusted comment: minisign public key [0-9A-F]{10,16}\nRW[\w+/]{54}\n$/);
    expect(readPublicKey(text, 'a.pub')).toEqual(pair.public);
    expect(readPublicKey(text.split('\n')[1], 'a.pub')).toEqual(pair.public);
    expect(readPublicKey(text.replaceAll('\n', '\r\n'), 'a.pub')).toEqual(pair.public);
  });

  it('show the id as minisign does: the low byte first, no leading zeros', () => {
    expect(keyIdText(Buffer.from('d546519b885c2461', 'hex'))).toBe('61245C889B5146D5');
    expect(keyIdText(Buffer.from('d546519b885c2405', 'hex'))).toBe('5245C889B5146D5');
  });

  it('are refused with a sentence that says what they are', async () => {
    const refusal = (wrong: string): (() => unknown) => {
      return () => readPublicKey(wrong, 'a.pub');
    };
    expect(refusal(await formatSecretKey(pair.secret))).toThrow(
      /^a\.pub is a secret key, but a public key is needed\..*show this one to nobody/,
    );
    expect(refusal(text.slice(0, -9))).toThrow(/^a\.pub holds 36 bytes where a public key has 42\. It was cut off/);
    expect(refusal('hello')).toThrow(/^a\.pub is not a public key of minisign/);
    expect(refusal('')).toThrow(/^a\.pub is not a public key of minisign/);
    expect(refusal('untrusted comment: x\n')).toThrow(/^a\.pub is not a public key of minisign/);
    expect(refusal(changed(text, 0, ...ascii('XY')))).toThrow(/algorithm "XY"; only "Ed"/);
  });
});

describe('secret key files', () => {
  it('are read as they are written, with a password and without', async () => {
    expect(await readSecretKey(await formatSecretKey(pair.secret), 'my.key', none)).toEqual(pair.secret);
    const encrypted = await formatSecretKey(pair.secret, { password: 'pässword', limits });
    expect(await readSecretKey(encrypted, 'my.key', async () => 'pässword')).toEqual(pair.secret);
    expect(Buffer.from(encrypted.split('\n')[1], 'base64').includes(pair.secret.seed)).toBe(false);
    expect(await formatSecretKey(pair.secret, { password: 'pässword', limits })).not.toBe(encrypted);
  });

  it('tell a wrong password from none', async () => {
    const text = await formatSecretKey(pair.secret, { password: 'right', limits });
    await failsWith(text, /^The password for my\.key is wrong\./, 'wrong');
    await failsWith(text, /^my\.key is encrypted and there is no password for it\./);
    await expect(readSecretKey(text, 'my.key', async () => 'wrong')).rejects.toBeInstanceOf(UsageError);
  });

  it('are refused with a sentence that says what is wrong', async () => {
    const text = await formatSecretKey(pair.secret);
    await failsWith(formatPublicKey(pair.public), /^my\.key is a public key, but a secret key is needed\./);
    await failsWith(text.slice(0, -9), /^my\.key holds 15\d bytes where a secret key has 158\. It was cut off/);
    await failsWith(text.slice(0, -6), /^my\.key is not a secret key of minisign, or was cut off/);
    await failsWith('hello world', /^my\.key is not a secret key of minisign/);
    await failsWith(changed(text, 0, ...ascii('XY')), /algorithm "XY"/);
    await failsWith(changed(text, 2, ...ascii('Ar')), /protected in a way that is not known \("ArB2"\)/);
    await failsWith(changed(text, 4, ...ascii('XX')), /protected in a way that is not known/);
    await failsWith(changed(text, 60, ...ascii('changed')), /^my\.key was changed or damaged/);
    const encrypted = await formatSecretKey(pair.secret, { password: '', limits });
    await failsWith(changed(encrypted, 45, 1), /^my\.key asks for \d+ operations/, '');
  });

  it('take no password that minisign could not be given', async () => {
    for (const password of ['two\nlines', 'x'.repeat(1024)]) {
      await expect(formatSecretKey(pair.secret, { password, limits })).rejects.toThrow(/one line of at most 1023 bytes/);
    }
  });

  it('do not pass when any byte of them was changed', async () => {
    const text = await formatSecretKey(pair.secret);
    const bytes = Buffer.from(text.split('\n')[1], 'base64');
    // Between 6 and 54 are the fields of the derivation, which this file does not use.
    const places = fc.oneof(fc.nat(5), fc.integer({ min: 54, max: 157 }));
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (i, bits) => {
        await failsWith(changed(text, i, bytes[i] ^ bits), /my\.key/);
      }),
    );
  });
});

describe('limits', () => {
  it('give the parameters that libsodium picks', () => {
    expect(scryptParameters(sensitive)).toEqual({ N: 2 ** 20, r: 8, p: 1 });
    // OPSLIMIT_INTERACTIVE, MEMLIMIT_INTERACTIVE
    expect(scryptParameters({ opslimit: 524288, memlimit: 16777216 })).toEqual({ N: 2 ** 14, r: 8, p: 1 });
    expect(scryptParameters({ opslimit: 2 ** 26, memlimit: 2 ** 24 })).toEqual({ N: 2 ** 14, r: 8, p: 128 });
    expect(scryptParameters({ opslimit: 0, memlimit: 2 ** 30 })).toEqual({ N: 2 ** 10, r: 8, p: 1 });
    expect(scryptParameters({ opslimit: 0, memlimit: 0 })).toEqual({ N: 2, r: 8, p: 512 });
  });

  it('are halved until the memory at hand allows them', () => {
    expect(affordable({ opslimit: 2 ** 15, memlimit: 2 ** 20 })).toEqual({ opslimit: 2 ** 15, memlimit: 2 ** 20 });
    const { opslimit, memlimit } = affordable({ opslimit: 2 ** 45, memlimit: 2 ** 50 });
    expect(memlimit).toBeLessThan(2 ** 50);
    expect(memlimit / opslimit).toBe(32);
  });
});
