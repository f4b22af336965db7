import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What stands before the 32 bytes in PKCS #8 and SubjectPublicKeyInfo (RFC 8410); node takes no raw keys. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const privateKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });

/** The public key of a seed (RFC 8032, 5.1.5). */
export const publicKeyOf = (seed: Uint8Array): Buffer =>
  createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);

/** The 64 bytes of an Ed25519 signature. */
export const signBytes = (message: Uint8Array, seed: Uint8Array): Buffer => sign(null, message, privateKey(seed));

/** Whether the key has signed the message. */
export const verifyBytes = (message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean =>
  verify(null, message, createPublicKey({ key: Buffer.concat([publicPrefix, key]), format: 'der', type: 'spki' }), signature);
