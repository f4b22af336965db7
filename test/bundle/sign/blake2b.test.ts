import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blake2b } from '../../../src/bundle/sign/blake2b.js';

/** Digests of 32 bytes by Python's hashlib, of as many bytes 0, 1, … 250, 0, … */
const digests: Readonly<Record<number, string>> = {
  0: '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
  1: '03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314',
  127: 'f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72',
  128: 'c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1',
  129: 'f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9',
  1000: 'b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331',
};

describe('BLAKE2b', () => {
  it('gives the digests of the standard and of other implementations', () => {
    expect(blake2b(Buffer.from('abc'), 64).toString('hex')).toMatch(/^ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1/);
    for (const [length, digest] of Object.entries(digests)) {
      const message = Uint8Array.from({ length: Number(length) }, (_, i) => i % 251);
      expect(blake2b(message, 32).toString('hex')).toBe(digest);
    }
  });

  it('is OpenSSL’s where that has it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (message) => {
        expect(blake2b(message, 64)).toEqual(createHash('blake2b512').update(message).digest());
      }),
    );
  });
});
