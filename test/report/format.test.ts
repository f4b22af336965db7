import { describe, expect, it } from 'vitest';
import {
  count,
  digits,
  duration,
  elide,
  energy,
  latency,
  memory,
  percent,
  printable,
  rate,
  round,
  shortMemory,
} from '../../src/report/format.js';

describe('figures', () => {
  it.each([
    [0, '0 µs'],
    [0.00042, '0.42 µs'],
    [0.85, '850 µs'],
    [0.99951, '1.00 ms'],
    [12.345, '12.3 ms'],
    [99.96, '100 ms'],
    [999.4, '999 ms'],
    [1240, '1.24 s'],
    [123_456, '123 s'],
  ])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, '0 B', '0B'],
    [1023, '1023 B', '1023B'],
    [1024, '1.00 KiB', '1.00K'],
    [30_106, '29.4 KiB', '29.4K'],
    [1_048_575, '1.00 MiB', '1.00M'],
    [8 * 2 ** 30, '8.00 GiB', '8.00G'],
  ])('%i bytes are %s', (n, long, short) => expect([memory(n), shortMemory(n)]).toEqual([long, short]));

  it('has energies, counts, rates and shares', () => {
    expect([energy(850), energy(4641), energy(2.5e6)]).toEqual(['850 µJ', '4.64 mJ', '2.50 J']);
    expect([count(999), count(24_908), count(2_664_704)]).toEqual(['999', '24.9 k', '2.66 M']);
    expect([rate(98.1), rate(0.0716), rate(20_000)]).toEqual(['10.2/s', '14.0 k/s', '0.05/s']);
    expect([0, 0.0003, 0.004, 0.0096, 0.114, 1.53].map(percent)).toEqual(['0 %', '<0.1 %', '0.4 %', '1 %', '11 %', '153 %']);
    expect([digits(0), digits(0.05), digits(1.234), digits(12.34), digits(1234)]).toEqual(['0', '0.05', '1.23', '12.3', '1234']);
  });

  it('gives a range the unit and the decimals of its middle', () => {
    expect(latency({ p10: 10.12, p50: 12.3, p90: 15.04 })).toBe('12.3 ms (10.1–15.0)');
    expect(latency({ p10: 0.8, p50: 0.95, p90: 1.1 })).toBe('950 µs (800–1100)');
    expect(latency({ p10: 5, p50: 5, p90: 5 })).toBe('5.00 ms');
  });

  it('drops zeros that say nothing', () => {
    expect(['8.00 MiB', '2.50 s', '100 ms', '10.0 %', '1.05 s', '20'].map(round)).toEqual([
      '8 MiB',
      '2.5 s',
      '100 ms',
      '10 %',
      '1.05 s',
      '20',
    ]);
  });

  it('cuts names in the middle and shows no control characters', () => {
    expect([elide('abcdefghij', 10), elide('abcdefghijk', 7), elide('abc', 1)]).toEqual(['abcdefghij', 'abc…ijk', '…']);
    expect(printable('a\u0000b\u202ec\u2066')).toBe('a\ufffdb\ufffdc\ufffd');
  });
});
