import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, keyIdText } from '../../../src/bundle/sign/key-files.js';
import { parseSignature, sign, verify } from '../../../src/bundle/sign/signature.js';
import { ModelError, UsageError } from '../../../src/errors.js';

const pair = generateKeyPair();
const other = generateKeyPair();
const id = keyIdText(pair.public.keyId);
const message = Buffer.from('a message');
const text = sign(message, pair.secret, 'version 1\tof a model, ü');

/** A signature whose line was changed. */
const withLine = (line: number, change: (text: string) => string): string =>
  text
    .split('\n')
    .map((l, i) => (i === line - 1 ? change(l) : l))
    .join('\n');
const withByte = (line: number, index: number, bits: number): string =>
  withLine(line, (l) => {
    const bytes = Buffer.from(l, 'base64');
    bytes[index] ^= bits;
    return bytes.toString('base64');
  });
const refusal = (signature: string, keys = [pair.public], content = message): (() => unknown) => {
  return () => verify(content, signature, keys, 'SHA256SUMS.minisig');
};

describe('signatures', () => {
  it('name the key and the comment, and are the same each time', () => {
    expect(verify(message, text, [other.public, pair.public])).toEqual({
      keyId: pair.public.keyId,
      trustedComment: 'version 1\tof a model, ü',
    });
    expect(sign(message, pair.secret, 'version 1\tof a model, ü')).toBe(text);
    expect(verify(message, text.replaceAll('\n', '\r\n').trimEnd(), [pair.public]).keyId).toEqual(pair.public.keyId);
    expect(parseSignature(text).keyId).toEqual(pair.public.keyId);
    expect(verify(new Uint8Array(), sign(new Uint8Array(), pair.secret, ''), [pair.public]).trustedComment).toBe('');
  });

  it('tell by which key they were made when that is not known', () => {
    const known = keyIdText(other.public.keyId);
    expect(refusal(text, [other.public])).toThrow(`SHA256SUMS.minisig was made with the key ${id}, which is not known (known: ${known}).`);
    expect(refusal(text, [])).toThrow(`made with the key ${id}, which is not known (no key is).`);
    expect(refusal(text, [])).toThrow(ModelError);
  });

  it('tell what was changed: content, signature, or trusted comment', () => {
    const content = /^SHA256SUMS\.minisig does not fit what it signs: the content was changed/;
    expect(refusal(text, [pair.public], Buffer.from('another'))).toThrow(content);
    expect(refusal(withByte(2, 20, 1))).toThrow(content);
    expect(refusal(text, [{ ...other.public, keyId: pair.public.keyId }])).toThrow(content);
    const comment = /^SHA256SUMS\.minisig has a trusted comment that was changed .*"version 2/;
    expect(refusal(withLine(3, (l) => l.replace('1', '2')))).toThrow(comment);
    expect(refusal(withByte(4, 5, 1))).toThrow(/trusted comment that was changed/);
  });

  it('find the right one of several keys of the same id', () => {
    expect(refusal(text, [{ ...other.public, keyId: pair.public.keyId }, pair.public])).not.toThrow();
  });

  it('are refused where they are malformed', () => {
    const malformed = (signature: string, why: string): void =>
      expect(refusal(signature)).toThrow(`SHA256SUMS.minisig is no signature file of minisign: ${why}`);
    malformed('', 'it has 1 line in place of 4');
    malformed(`${text}\n`, 'it has 5 lines in place of 4');
    malformed(
      withLine(1, () => 'comment'),
      'line 1 does not begin with "untrusted comment: "',
    );
    malformed(
      withLine(3, () => 'comment'),
      'line 3 does not begin with "trusted comment: "',
    );
    malformed(
      withLine(2, (l) => l.replace('=', '')),
      'line 2 is not base64',
    );
    malformed(
      withLine(2, (l) => l.slice(0, 40)),
      'line 2 holds 30 bytes in place of 74',
    );
    malformed(
      withLine(4, (l) => l.slice(4)),
      'line 4 holds 61 bytes in place of 64',
    );
    malformed(withByte(2, 0, 1), 'its algorithm is "DD" in place of "ED"');
    expect(refusal(withByte(2, 1, 0x20))).toThrow(/legacy kind \("Ed"\).*Sign again without -l/);
  });

  it('are refused where any byte that counts was changed', () => {
    const [, second, third, fourth] = text.split('\n').map((l) => l.length);
    const places = fc.oneof(
      fc.tuple(fc.constant(2), fc.nat(second - 1)),
      fc.tuple(fc.constant(3), fc.nat(third - 1)),
      fc.tuple(fc.constant(4), fc.nat(fourth - 1)),
    );
    fc.assert(
      fc.property(places, fc.string({ minLength: 1, maxLength: 1 }), ([line, i], c) => {
        fc.pre(text.split('\n')[line - 1][i] !== c);
        expect(refusal(withLine(line, (l) => l.slice(0, i) + c + l.slice(i + 1)))).toThrow(ModelError);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused for any other message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), fc.string(), (a, b, raw) => {
        const comment = raw.replace(/\p{Cc}/gu, '');
        const signature = sign(a, pair.secret, comment);
        expect(verify(a, signature, [pair.public]).trustedComment).toBe(comment);
        fc.pre(Buffer.compare(a, b) !== 0);
        expect(() => verify(b, signature, [pair.public])).toThrow(ModelError);
      }),
    );
  });

  it('take no comment that minisign would not read', () => {
    for (const comment of ['two\nlines', 'null\0', 'x'.repeat(8174)]) {
      expect(() => sign(message, pair.secret, comment)).toThrow(UsageError);
    }
    expect(() => sign(message, pair.secret, 'a\nb')).toThrow('"a\\nb" is not. Give another one.');
  });
});
