import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, nth, rangeFault, rangePattern, stepFault, templateOf } from '../../../src/deploy/fleet/ranges.js';

const names = (text: string): string[] => expand(templateOf(text));

describe('ranges', () => {
  it.each([
    ['cam', ['cam']],
    ['', ['']],
    ['cam-[1:3]', ['cam-1', 'cam-2', 'cam-3']],
    ['[8:11].local', ['8.local', '9.local', '10.local', '11.local']],
    ['cam-[08:11]', ['cam-08', 'cam-09', 'cam-10', 'cam-11']],
    ['cam-[0:2]', ['cam-0', 'cam-1', 'cam-2']],
    ['rack-[a:c]-[X:Y]', ['rack-a-X', 'rack-a-Y', 'rack-b-X', 'rack-b-Y', 'rack-c-X', 'rack-c-Y']],
    ['n[0:100:50]', ['n0', 'n50', 'n100']],
    ['n[00:09:4]', ['n00', 'n04', 'n08']],
    ['n[5:5]', ['n5']],
    ['[fe80::1]', ['[fe80::1]']],
    ['[1:2:3:4:5:6:7:8]', ['[1:2:3:4:5:6:7:8]']],
    ['[1-3]', ['[1-3]']],
  ])('of %s', (text, all) => {
    expect(rangeFault(text)).toBeUndefined();
    expect(names(text)).toEqual(all);
    expect(templateOf(text).count).toBe(all.length);
  });

  it.each([
    ['x[3:1]', "'[3:1]' runs backwards: write [1:3]"],
    ['x[9:1:2]', "'[9:1:2]' runs backwards: write [1:9:2]"],
    ['x[c:a]', "'[c:a]' runs backwards: write [a:c]"],
    ['x[01:100]', "'[01:100]' has ends of different length: with leading zeros write [001:100], or none"],
    ['x[1:020]', "'[1:020]' has ends of different length: with leading zeros write [001:020], or none"],
    ['x[1:9:0]', "'[1:9:0]' never moves on: its step is 0"],
    ['x[1:c]', "'[1:c]' is no range: write numbers such as [01:20], letters such as [a:f], and a step as in [0:100:10]"],
    ['x[a:C]', "'[a:C]' is no range: write numbers such as [01:20], letters such as [a:f], and a step as in [0:100:10]"],
    ['x[1:9:]', "'[1:9:]' is no range: write numbers such as [01:20], letters such as [a:f], and a step as in [0:100:10]"],
    ['x[-3:1]', "'[-3:1]' is no range: write numbers such as [01:20], letters such as [a:f], and a step as in [0:100:10]"],
    ['x[1:2]-[2:1]', "'[2:1]' runs backwards: write [1:2]"],
    ['x[1:1000000000]', "'[1:1000000000]' has numbers of more than 9 digits"],
  ])('refuse %s', (text, fault) => {
    expect(rangeFault(text)).toBe(fault);
    expect(() => templateOf(text)).toThrow(fault);
  });

  it('run in step or say why they cannot', () => {
    const step = (key: string, value: string) => stepFault(templateOf(key), templateOf(value));
    expect(step('a', 'b')).toBeUndefined();
    expect(step('cam-[01:20]', '10.0.0.[101:120]')).toBeUndefined();
    expect(step('[a:b]-[1:3]', 'x[1:2].y[0:20:10]')).toBeUndefined();
    expect(step('cam-[1:3]', 'gw')).toBe("'gw' has no range, but 'cam-[1:3]' stands for 3 devices, each on its own host");
    expect(step('cam', 'h[1:3]')).toBe("'h[1:3]' has a range, but 'cam' is one device: write a range into the name too");
    expect(step('[1:3]-[1:2]', 'h[1:3]')).toBe("'h[1:3]' has 1 range, but '[1:3]-[1:2]' has 2: they run in step, one for one");
    expect(step('[1:2]-[1:3]', 'h[1:2]-[1:1]')).toBe("[1:1] has 1 member, but [1:3] of '[1:2]-[1:3]' has 3: they run in step, one for one");
  });

  it('count without expanding', () => {
    expect(templateOf('[1:999999]-[1:999999]').count).toBe(999999 ** 2);
    expect(nth(templateOf('[1:999999]-[1:999999]'), 999999)).toBe('2-1');
  });

  const literal = fc.stringMatching(/^[a-z.-]{0,3}$/);
  const range = fc
    .record({
      first: fc.nat(50),
      length: fc.integer({ min: 0, max: 6 }),
      step: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ first, length, step, width }) => {
      const last = first + length;
      const digits = width > String(last).length ? width : 0;
      const show = (n: number) => String(n).padStart(digits, '0');
      const members: string[] = [];
      for (let n = first; n <= last; n += step) members.push(show(n));
      return { text: `[${show(first)}:${show(last)}${step === 1 ? '' : `:${step}`}]`, members };
    });

  it('are the product of their members, the last one fastest', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, range), { maxLength: 3 }), literal, (parts, end) => {
        const text = parts.map(([l, r]) => l + r.text).join('') + end;
        let all = [''];
        for (const [l, r] of parts) all = all.flatMap((start) => r.members.map((m) => start + l + m));
        expect(names(text)).toEqual(all.map((start) => start + end));
      }),
    );
  });

  it('have no fault exactly where they are written as the schema has them, but for their order and their ends', () => {
    const alike = fc.stringMatching(/^\[[0-9a-cA-C]{1,2}:[0-9a-cA-C]{1,2}(:[0-9a]{0,2})?\]$/);
    const whole = new RegExp(`^${rangePattern}$`);
    fc.assert(
      fc.property(alike, (text) => {
        const fault = rangeFault(text);
        if (fault === undefined) expect(text).toMatch(whole);
        else if (whole.test(text)) expect(fault).toMatch(/backwards|different length|never moves/);
      }),
      { numRuns: 500 },
    );
  });
});
