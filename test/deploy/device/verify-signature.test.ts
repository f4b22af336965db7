import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../../src/bundle/sign/ed25519.js';
import { formatPublicKey, keyIdText, type PublicKey, type SecretKey } from '../../../src/bundle/sign/key-files.js';
import { parseSignature, sign } from '../../../src/bundle/sign/signature.js';
import { hasMinisign, minisign } from '../../bundle/sign/minisign.js';
import { otherShells, runAlone, type Said, type Shell, shells } from './shells.js';

const sources = ['verify-hash', 'verify-field', 'verify-curve', 'verify-signature'].map((name) =>
  readFileSync(new URL(`../../../src/deploy/device/sh/${name}.sh`, import.meta.url), 'utf8'),
);
const script = `set -u\n${sources.join('')}verify_signature "$@"\n`;

/** The same keys and messages each time. */
const hash = (text: string): Buffer => createHash('sha512').update(text).digest();
const keyPair = (name: string): { secret: SecretKey; public: PublicKey } => {
  const bytes = hash(name);
  const [keyId, seed] = [bytes.subarray(0, 8), bytes.subarray(8, 40)];
  const key = publicKeyOf(seed);
  return { secret: { keyId, seed, publicKey: key }, public: { keyId, key } };
};
/** Printable characters, all of them equally often, in lines of about `width`. */
const textOf = (length: number, width: number): string => {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) => hash(`${length} ${i}`));
  const characters = [...Buffer.concat(blocks).subarray(0, length)].map((b) => 32 + (b % 95));
  return Buffer.from(characters.map((c, i) => (i % width === width - 1 ? 10 : c))).toString();
};
const sums = Array.from({ length: 12 }, (_, i) => `${hash(`${i}`).toString('hex', 0, 32)}  model/file ${i}.bin\n`).join('');

const pair = keyPair('pair');
const id = keyIdText(pair.public.keyId);
/** The group's order (RFC 8032, 5.1). */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
const signatureText = (keyId: Uint8Array, signature: Uint8Array, algorithm = 'ED'): string =>
  `untrusted comment: x\n${Buffer.concat([Buffer.from(algorithm), keyId, signature]).toString('base64')}\ntrusted comment: \n\n`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeml verify-'));
  write('pair.pub', formatPublicKey(pair.public));
  write('other.pub', formatPublicKey(keyPair('other').public));
  write('same-id.pub', formatPublicKey({ ...keyPair('other').public, keyId: pair.public.keyId }));
  write('garbage.pub', 'garbage\n');
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);

/** What a shell says of a message and a signature: what it printed, where the status fits and nothing else was written. */
function verdict(shell: Shell, message: string | Uint8Array, signature: string, ...keys: readonly string[]): string {
  write('message', message);
  write('message.minisig', signature);
  const paths = ['message', 'message.minisig', ...(keys.length > 0 ? keys : ['pair.pub'])].map((name) => join(folder, name));
  return shown(runAlone(shell, script, ...paths));
}
function shown({ status, stdout, stderr }: Said): string {
  expect(stderr).toBe('');
  expect(status).toBe(/^[0-9A-F]+\n$/.test(stdout) ? 0 : 1);
  return stdout.trimEnd();
}

describe.each(shells)('verify_signature in $name', (shell) => {
  const message = sums;
  const text = sign(Buffer.from(message), pair.secret, 'comment');
  const { signature } = parseSignature(text);
  const [R, S] = [signature.subarray(0, 32), signature.subarray(32)];
  /** All cases where devices have that shell, and few in the others, which take longer. */
  const thorough = shell.name === 'dash' || shell.name === 'busybox';
  const some = <T>(cases: readonly T[]): readonly T[] => (thorough ? cases : cases.filter((_, i) => i % 4 === 1));

  it('accepts what was signed, among any keys', () => {
    expect(verdict(shell, message, text)).toBe(id);
    expect(verdict(shell, message, text, '*.pub', 'garbage.pub', 'other.pub', 'same-id.pub', 'pair.pub')).toBe(id);
    expect(verdict(shell, message, text.trimEnd())).toBe(id);
  });

  it('accepts messages around the sizes of blocks, whatever is in them', () => {
    const lengths = [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 130, 255, 256, 257, 384, 511, 512, 513, 1000, 1024, 2047, 2049, 3000];
    for (const length of some(lengths)) {
      const { secret, public: key } = keyPair(`key ${length}`);
      const content = textOf(length, length % 2 ? 40 : 4000);
      write('length.pub', formatPublicKey(key));
      const signed = sign(Buffer.from(content), secret, '');
      expect(`${length} ${verdict(shell, content, signed, 'length.pub')}`).toBe(`${length} ${keyIdText(key.keyId)}`);
    }
  });

  it('refuses content that was changed', () => {
    const at = message.length >> 1;
    const changed = [
      ...[message.replace('0', '1'), `${message.slice(0, at)}${message.slice(at + 1)}`, message.slice(0, -1)],
      ...[`${message}\n`, ` ${message}`, '', message.toUpperCase()],
    ];
    for (const content of some(changed)) expect(verdict(shell, content, text)).toBe('bad-signature');
  });

  it.runIf(thorough)('refuses signatures that were changed, and all but one of the ways to write one', () => {
    const flipped = (bytes: Buffer, bit: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] ^= 1 << (bit & 7);
      return copy;
    };
    for (const bit of some([0, 100, 254, 255, 256, 400, 507, 511])) {
      expect(`${bit} ${verdict(shell, message, signatureText(pair.public.keyId, flipped(signature, bit)))}`).toBe(`${bit} bad-signature`);
    }
    expect(verdict(shell, message, signatureText(pair.public.keyId, signature))).toBe(id);
    const more = Buffer.concat([R, toBytes(toNumber(S) + order)]);
    expect(verdict(shell, message, signatureText(pair.public.keyId, more))).toBe('bad-signature');
  });

  it.runIf(thorough)('compares R as it is written', () => {
    // With R = 0 the rest follows from the secret number; y = 1 can be written as p + 1 as well.
    const clamped = createHash('sha512').update(pair.secret.seed).digest().subarray(0, 32);
    clamped[0] &= 248;
    clamped[31] = (clamped[31] & 127) | 64;
    const prehashed = createHash('blake2b512').update(message).digest();
    const withR = (point: Buffer): string => {
      const h = createHash('sha512').update(point).update(pair.public.key).update(prehashed).digest();
      const product = (toNumber(h) * toNumber(clamped)) % order;
      return signatureText(pair.public.keyId, Buffer.concat([point, toBytes(product)]));
    };
    expect(verdict(shell, message, withR(toBytes(1n)))).toBe(id);
    expect(verdict(shell, message, withR(toBytes(2n ** 255n - 18n)))).toBe('bad-signature');
    expect(verdict(shell, message, withR(toBytes(2n ** 255n + 1n)))).toBe('bad-signature');
  });

  it.runIf(thorough)('refuses keys that are no point, or not written as the standard says', () => {
    // y = 2 is no point; p + 1 is 1; 1 with a sign has x = 0.
    for (const y of [2n, 2n ** 255n - 18n, 2n ** 255n + 1n]) {
      write('bad.pub', formatPublicKey({ keyId: pair.public.keyId, key: toBytes(y) }));
      expect(verdict(shell, message, text, 'bad.pub')).toBe('bad-signature');
      expect(verdict(shell, message, signatureText(pair.public.keyId, Buffer.concat([toBytes(1n), toBytes(0n)])), 'bad.pub')).toBe(
        'bad-signature',
      );
    }
  });

  it('refuses keys that are unknown or another', () => {
    expect(verdict(shell, message, text, 'other.pub', 'garbage.pub', '*.pub')).toBe('unknown-key');
    expect(verdict(shell, message, text, 'same-id.pub')).toBe('bad-signature');
  });

  it('refuses what is malformed', () => {
    const [, line] = text.split('\n');
    const broken = [
      ...['', 'garbage', '\n\n\n\n', text.replace('untrusted', 'trusted'), formatPublicKey(pair.public)],
      ...[line.slice(0, -4), line.slice(0, -1), `${line}AAAA`, line.replace(/.=$/, '/='), line.replace('R', '*'), `${line}=`].map((l) =>
        text.replace(line, l),
      ),
      signatureText(pair.public.keyId, signature, 'Ed'),
    ];
    for (const wrong of broken) expect(`${wrong}: ${verdict(shell, message, wrong)}`).toBe(`${wrong}: malformed`);
    for (const extra of ['\0', '\r', '\t', 'ü', '\x7f', '\x1b']) {
      const content = Buffer.from(message.replace('\n', `${extra}\n`));
      expect(verdict(shell, content, sign(content, pair.secret, ''))).toBe('malformed');
      // A null byte that was not there when the message was signed.
      if (extra === '\0' && process.platform === 'linux') expect(verdict(shell, content, text)).toBe('malformed');
    }
    const missing = [join(folder, 'missing'), join(folder, 'message.minisig'), join(folder, 'pair.pub')];
    verdict(shell, message, text);
    expect(shown(runAlone(shell, script, ...missing))).toBe('malformed');
    expect(shown(runAlone(shell, script, missing[1], missing[0], missing[2]))).toBe('malformed');
    expect(shown(runAlone(shell, script, folder, missing[1], missing[2]))).toBe('malformed');
  });

  it('leaves nothing behind in a script that goes on', () => {
    verdict(shell, message, text);
    const paths = ['message', 'message.minisig', 'pair.pub'].map((name) => join(folder, name));
    const around = [
      ...["set -eu; IFS=:; a=1 r=2 x=3; trap 'echo end' EXIT", ...sources, 'verify_signature "$@"'],
      'said=$(verify_signature "$1" "$2") || echo "no: $said"',
      'echo "$a$r$x$IFS$#"; case $- in *f*) echo f ;; esac',
    ];
    const { status, stdout, stderr } = runAlone(shell, around.join('\n'), ...paths);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${id}\nno: unknown-key\n123:3\nend\n`, stderr: '' });
  });

  it.skipIf(!hasMinisign)('accepts what minisign has signed with its own keys', () => {
    for (const n of some([1, 2, 3])) {
      write('m', sums.repeat(n));
      minisign(folder, ['-G', '-W', '-f', '-p', 'm.pub', '-s', 'm.key']);
      expect(minisign(folder, ['-S', '-s', 'm.key', '-m', 'm']).status).toBe(0);
      const [, shownId] = readFileSync(join(folder, 'm.pub'), 'utf8').match(/key ([0-9A-F]+)\n/) ?? [];
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      expect(verdict(shell, read('m'), read('m.minisig'), 'm.pub')).toBe(shownId);
      expect(verdict(shell, read('m').replace('a', 'b'), read('m.minisig'), 'm.pub')).toBe('bad-signature');
    }
  });
});

describe.each(otherShells)('verify_signature in $name', (shell) => {
  it('says that it cannot work there', () => {
    expect(verdict(shell, sums, sign(Buffer.from(sums), pair.secret, ''))).toBe('unsupported-shell');
  });
});
