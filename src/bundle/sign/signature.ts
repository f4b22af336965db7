import { createHash } from 'node:crypto';
import { ModelError, UsageError } from '../../errors.js';
import { signBytes, verifyBytes } from './ed25519.js';
import type { PublicKey, SecretKey } from './key-files.js';
import { decodeBase64, keyIdText, linesOf, untrustedPrefix } from './text.js';

/** What a signature file of minisign holds. */
export interface Signature {
  readonly keyId: Buffer;
  /** 64 bytes: over the BLAKE2b-512 of the message. */
  readonly signature: Buffer;
  readonly trustedComment: string;
  /** 64 bytes: over `signature` and the trusted comment. */
  readonly globalSignature: Buffer;
}

/** Who has signed, and what they said. */
export interface Verified {
  readonly keyId: Buffer;
  readonly trustedComment: string;
}

const trustedPrefix = 'trusted comment: ';
/** minisign reads the line into 8192 bytes, with the prefix, the line feed and a null byte. */
const maxComment = 8192 - trustedPrefix.length - 2;

/** The hash that is signed in place of the message (`ED`). */
const prehash = (message: Uint8Array): Buffer => createHash('blake2b512').update(message).digest();

const commented = (signature: Uint8Array, comment: string): Buffer => Buffer.concat([signature, Buffer.from(comment)]);

/**
 * The text of a signature file (`.minisig`) that minisign verifies. The same message, key and comment give the same text. Throws
 * UsageError for a comment that is not one line.
 */
export function sign(message: Uint8Array, secret: SecretKey, trustedComment: string): string {
  if (/[^\P{Cc}\t]/u.test(trustedComment) || Buffer.byteLength(trustedComment) > maxComment) {
    const shown = JSON.stringify(trustedComment.length > 80 ? `${trustedComment.slice(0, 80)}…` : trustedComment);
    throw new UsageError(`A trusted comment must be one line of at most ${maxComment} bytes; ${shown} is not. Give another one.`);
  }
  const signature = signBytes(prehash(message), secret.seed);
  const globalSignature = signBytes(commented(signature, trustedComment), secret.seed);
  return [
    `${untrustedPrefix}signature from minisign secret key ${keyIdText(secret.keyId)}`,
    Buffer.concat([Buffer.from('ED'), secret.keyId, signature]).toString('base64'),
    `${trustedPrefix}${trustedComment}`,
    `${globalSignature.toString('base64')}\n`,
  ].join('\n');
}

/** Reads a signature file; nothing is verified. Throws ModelError, which calls it `file`. */
export function parseSignature(text: string, file = 'The signature'): Signature {
  const lines = linesOf(text);
  const refuse = (why: string): never => {
    throw new ModelError(`${file} is no signature file of minisign: ${why}. Copy it again, or sign again.`);
  };
  if (lines.length !== 4) refuse(`it has ${lines.length} line${lines.length === 1 ? '' : 's'} in place of 4`);
  if (!lines[0].startsWith(untrustedPrefix)) refuse(`line 1 does not begin with "${untrustedPrefix}"`);
  if (!lines[2].startsWith(trustedPrefix)) refuse(`line 3 does not begin with "${trustedPrefix}"`);
  const bytes = decodeBase64(lines[1]) ?? refuse('line 2 is not base64');
  const globalSignature = decodeBase64(lines[3]) ?? refuse('line 4 is not base64');
  if (bytes.length !== 74) refuse(`line 2 holds ${bytes.length} bytes in place of 74`);
  if (globalSignature.length !== 64) refuse(`line 4 holds ${globalSignature.length} bytes in place of 64`);
  const algorithm = bytes.toString('latin1', 0, 2);
  if (algorithm === 'Ed') {
    throw new ModelError(`${file} is of minisign's legacy kind ("Ed"), which is not accepted. Sign again without -l.`);
  }
  if (algorithm !== 'ED') refuse(`its algorithm is ${JSON.stringify(algorithm)} in place of "ED"`);
  const trustedComment = lines[2].slice(trustedPrefix.length);
  return { keyId: bytes.subarray(2, 10), signature: bytes.subarray(10), trustedComment, globalSignature };
}

/**
 * Verifies the signature of a message, and of the comment beside it, with whichever of the keys has the id that the signature
 * names. Throws ModelError, which calls the signature `file`.
 */
export function verify(message: Uint8Array, signatureText: string, publicKeys: readonly PublicKey[], file = 'The signature'): Verified {
  const { keyId, signature, trustedComment, globalSignature } = parseSignature(signatureText, file);
  const id = keyIdText(keyId);
  const named = publicKeys.filter((k) => k.keyId.equals(keyId));
  if (named.length === 0) {
    const known = publicKeys.map((k) => keyIdText(k.keyId)).join(', ');
    throw new ModelError(
      `${file} was made with the key ${id}, which is not known (${known ? `known: ${known}` : 'no key is'}). If you trust whoever has that key, add its public key; else sign again with a known one.`,
    );
  }
  const hash = prehash(message);
  const signer = named.find(({ key }) => verifyBytes(hash, signature, key));
  if (!signer) {
    throw new ModelError(
      `${file} does not fit what it signs: the content was changed after it was signed with the key ${id}, or the signature was. Do not use it; get both again.`,
    );
  }
  if (!verifyBytes(commented(signature, trustedComment), globalSignature, signer.key)) {
    throw new ModelError(
      `${file} has a trusted comment that was changed after it was signed with the key ${id}: ${JSON.stringify(trustedComment)}. Get it again.`,
    );
  }
  return { keyId: signer.keyId, trustedComment };
}
