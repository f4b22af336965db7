import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  formatPublicKey,
  formatSecretKey,
  generateKeyPair,
  keyIdText,
  readPublicKey,
  readSecretKey,
} from '../../../src/bundle/sign/key-files.js';
import { sign, verify } from '../../../src/bundle/sign/signature.js';
import { hasMinisign, minisign } from './minisign.js';

describe.skipIf(!hasMinisign)('minisign', () => {
  let folder: string;
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  const none = async (): Promise<undefined> => undefined;
  const message = Buffer.from('a message\n');
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgeml-minisign-'));
    write('m', message);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes keys and signatures that are read here', async () => {
    expect(minisign(folder, ['-G', '-W', '-p', 'a.pub', '-s', 'a.key']).status).toBe(0);
    const key = readPublicKey(read('a.pub'), 'a.pub');
    expect(read('a.pub')).toBe(formatPublicKey(key));
    expect(minisign(folder, ['-S', '-s', 'a.key', '-m', 'm', '-t', 'signed by minisign']).status).toBe(0);
    expect(verify(message, read('m.minisig'), [key])).toEqual({ keyId: key.keyId, trustedComment: 'signed by minisign' });
    expect(() => verify(Buffer.from('another'), read('m.minisig'), [key])).toThrow(/content was changed/);
    const secret = await readSecretKey(read('a.key'), 'a.key', none);
    expect(secret.publicKey).toEqual(key.key);
    // The same algorithm without randomness: the two differ in the untrusted comment alone.
    expect(sign(message, secret, 'signed by minisign').split('\n').slice(1)).toEqual(read('m.minisig').split('\n').slice(1));
  });

  it('has a legacy kind that is refused', () => {
    minisign(folder, ['-G', '-W', '-p', 'l.pub', '-s', 'l.key']);
    expect(minisign(folder, ['-S', '-l', '-s', 'l.key', '-m', 'm', '-x', 'l.minisig']).status).toBe(0);
    expect(() => verify(message, read('l.minisig'), [readPublicKey(read('l.pub'), 'l.pub')])).toThrow(/legacy kind/);
  });

  it('verifies what was signed here, and nothing else', () => {
    const { secret, public: key } = generateKeyPair();
    write('b.pub', formatPublicKey(key));
    for (const [i, comment] of ['', 'version 1\tü', 'x'.repeat(8173)].entries()) {
      write(`${i}.minisig`, sign(message, secret, comment));
      const judged = minisign(folder, ['-V', '-p', 'b.pub', '-m', 'm', '-x', `${i}.minisig`]);
      expect(judged.output).toContain(`Trusted comment: ${comment}\n`);
      expect(judged.status).toBe(0);
    }
    write('c.minisig', sign(message, secret, 'a').replace('trusted comment: a', 'trusted comment: b'));
    expect(minisign(folder, ['-V', '-p', 'b.pub', '-m', 'm', '-x', 'c.minisig']).output).toContain('Comment signature verification failed');
    const unknown = generateKeyPair();
    write('d.minisig', sign(message, unknown.secret, ''));
    const ids = minisign(folder, ['-V', '-p', 'b.pub', '-m', 'm', '-x', 'd.minisig']).output;
    expect(ids).toContain(`is ${keyIdText(unknown.public.keyId)}\n`);
    expect(ids).toContain(`is ${keyIdText(key.keyId)}\n`);
  });

  it('signs with keys that were made here, encrypted with any limits and not at all', async () => {
    const { secret, public: key } = generateKeyPair();
    const limits = [
      { opslimit: 2 ** 15, memlimit: 2 ** 20 },
      { opslimit: 40_000, memlimit: 2 ** 25 },
      { opslimit: 2 ** 18, memlimit: 3_000_000 },
    ];
    const files = [
      await formatSecretKey(secret),
      ...(await Promise.all(limits.map((l) => formatSecretKey(secret, { password: 'pass wörd', limits: l })))),
    ];
    for (const [i, text] of files.entries()) {
      write('e.key', text);
      const signed = minisign(folder, ['-S', '-s', 'e.key', '-m', 'm', '-x', `e${i}.minisig`], 'pass wörd');
      expect(signed.output).not.toContain('Wrong');
      expect(signed.status).toBe(0);
      expect(verify(message, read(`e${i}.minisig`), [key]).keyId).toEqual(key.keyId);
    }
    write('e.key', files[1]);
    expect(minisign(folder, ['-S', '-s', 'e.key', '-m', 'm', '-x', 'no'], 'other').output).toContain('Wrong password for that key');
    write('e.key', files[0]);
    expect(minisign(folder, ['-R', '-s', 'e.key', '-p', 'e.pub']).status).toBe(0);
    expect(read('e.pub')).toBe(formatPublicKey(key));
  });

  it('encrypts keys as is done here, at its own limits and by default', async () => {
    expect(minisign(folder, ['-G', '-p', 'f.pub', '-s', 'f.key'], 'secret', 'secret').status).toBe(0);
    const key = readPublicKey(read('f.pub'), 'f.pub');
    const secret = await readSecretKey(read('f.key'), 'f.key', async () => 'secret');
    expect(secret.publicKey).toEqual(key.key);
    write('g.key', await formatSecretKey(secret, { password: 'changed' }));
    expect(minisign(folder, ['-S', '-s', 'g.key', '-m', 'm', '-x', 'g.minisig'], 'changed').status).toBe(0);
    expect(verify(message, read('g.minisig'), [key]).keyId).toEqual(secret.keyId);
    // What -C leaves behind when it takes the password away.
    expect(minisign(folder, ['-C', '-W', '-s', 'f.key'], 'secret').status).toBe(0);
    expect(await readSecretKey(read('f.key'), 'f.key', none)).toEqual(secret);
  });
});
