import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elements, literal } from '../../../src/codegen/c/emit/literals.js';
import { floatLiteral, stringLiteral } from '../../../src/codegen/text.js';
import { commentText } from '../../../src/comment.js';

describe('floatLiteral', () => {
  it('reads back to the same float, is as short as that allows, and is a float in C', () => {
    expect([0.1, 1, 1e-10, -0, 16777216, Math.PI, 3.4028234663852886e38].map(floatLiteral)).toEqual([
      '0.1f',
      '1.0f',
      '1e-10f',
      '-0.0f',
      '16777216.0f',
      '3.1415927f',
      '3.4028235e+38f',
    ]);
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const text = floatLiteral(x);
        expect(text).toMatch(/^-?\d+(\.\d+)?(e[-+]?\d+)?f$/);
        expect(text).toMatch(/[.e]/);
        expect(Math.fround(Number(text.slice(0, -1)))).toBe(x);
      }),
    );
  });

  it('says what is no number by the names of math.h', () => {
    expect([Number.NaN, Infinity, -Infinity].map(floatLiteral)).toEqual(['NAN', 'INFINITY', '-INFINITY']);
  });
});

describe('literal', () => {
  it('names the smallest integers, which have no literal in C', () => {
    expect(literal(-(2 ** 31), 'int32_t')).toBe('INT32_MIN');
    expect(literal(-(2n ** 63n), 'int64_t')).toBe('INT64_MIN');
    expect(literal(-128, 'int8_t')).toBe('-128');
    expect(literal(5n, 'int64_t')).toBe('INT64_C(5)');
  });
});

describe('elements', () => {
  it('breaks lines at 120 characters', () => {
    const lines = elements(
      Int8Array.from({ length: 200 }, (_, i) => i - 100),
      'int8_t',
    ).split('\n');
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(120);
    expect(lines.join(' ').match(/-?\d+/g)).toHaveLength(200);
  });
});

describe('commentText and stringLiteral', () => {
  it('cannot be ended by what a model says', () => {
    expect(commentText('a */ system("x"); /*\nb ??/')).toBe('a * / system("x"); / * b ? ?/');
    expect(stringLiteral('a"b\\c\nd?ü')).toBe('"a\\042b\\134c\\012d\\077\\303\\274"');
  });
});
