import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceSpec } from '../../../src/deploy/fleet/device.js';
import { select } from '../../../src/deploy/fleet/select.js';
import { plain } from './fleets.js';

const devices = [
  plain('cam-01', { groups: ['site-a'], labels: ['pi', 'outdoor'] }),
  plain('cam-02', { groups: ['site-a', 'staging'], labels: ['pi'] }),
  plain('cam-03', { groups: ['site-b'], labels: ['pi'] }),
  plain('lab-1', { groups: ['staging'], labels: ['bench'] }),
  plain('bench', { labels: ['outdoor'] }),
  plain('root@10.0.0.4:2222'),
];

const chosen = (expression: string): string => {
  try {
    return select(devices, expression)
      .map((d) => d.name)
      .join(' ');
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a selection', () => {
  it.each([
    ['all', 'cam-01 cam-02 cam-03 lab-1 bench root@10.0.0.4:2222'],
    ['lab-1', 'lab-1'],
    ['lab-1,cam-01', 'cam-01 lab-1'],
    [' lab-1 , cam-01 ', 'cam-01 lab-1'],
    ['site-a', 'cam-01 cam-02'],
    ['site-a,site-b,cam-01', 'cam-01 cam-02 cam-03'],
    ['pi,&site-a,!staging', 'cam-01'],
    ['!staging,&site-a,pi', 'cam-01'],
    ['!staging', 'cam-01 cam-03 bench root@10.0.0.4:2222'],
    ['&outdoor', 'cam-01 bench'],
    ['&site-a,& outdoor', 'cam-01'],
    ['&pi,! staging', 'cam-01 cam-03'],
    ['cam-*', 'cam-01 cam-02 cam-03'],
    ['site-?', 'cam-01 cam-02 cam-03'],
    ['*,!out*', 'cam-02 cam-03 lab-1 root@10.0.0.4:2222'],
    ['bench', 'lab-1 bench'],
    ['host:bench', 'bench'],
    ['label:bench', 'lab-1'],
    ['group:s*,!host:cam-0?', 'lab-1'],
    ['cam-[01:02]', 'cam-01 cam-02'],
    ['!host:cam-[01:03],!lab-1', 'bench root@10.0.0.4:2222'],
    ['root@10.0.0.4:2222', 'root@10.0.0.4:2222'],
  ])('%s', (expression, names) => {
    expect(chosen(expression)).toBe(names);
  });

  const list = 'Write names of devices, groups or labels with commas between them, or all.';
  it.each([
    ['', `The selection '' has a term that is empty. ${list}`],
    ['pi,', `The selection 'pi,' has a term that is empty. ${list}`],
    ['pi,&', `The selection 'pi,&' has nothing behind '&'. ${list}`],
    ['pi,!label:', `The selection 'pi,!label:' has nothing behind '!label:'. ${list}`],
    ['cam-[3:1]', "The selection 'cam-[3:1]': '[3:1]' runs backwards: write [1:3]."],
    ['pi,!stagin', "'!stagin' is no device, group or label. Did you mean 'staging'?"],
    ['sight-b', "'sight-b' is no device, group or label. Did you mean 'site-b'?"],
    ['grup:site-a', "'grup:site-a' is no device, group or label. Did you mean 'group:site-a'?"],
    ['cam-[01:09]', "'cam-[01:09]' names 'cam-04', which is no device. Did you mean 'cam-01'?"],
    ['group:bench', "'group:bench' is no group. There are the groups site-a, staging, site-b."],
    ['label:x*', "'label:x*' matches no label. There are the labels pi, outdoor, bench."],
    [
      'nowhere-to-be-found',
      "'nowhere-to-be-found' is no device, group or label. There are the groups site-a, staging, site-b; the labels pi, outdoor, bench; the devices cam-01, cam-02, cam-03, lab-1, bench, root@10.0.0.4:2222.",
    ],
    [
      'stagin,pie',
      "'stagin' is no device, group or label. Did you mean 'staging'?\n'pie' is no device, group or label. Did you mean 'pi'?",
    ],
    ['pi,&site-b,!cam-*', "'pi,&site-b,!cam-*' selects none of 6 devices: 'pi' matches 3, '&site-b' matches 1, '!cam-*' matches 3."],
    ['!all', "'!all' selects none of 6 devices: '!all' matches 6."],
  ])('%j is told what is wrong with it', (expression, message) => {
    expect(chosen(expression)).toBe(message);
  });

  it('shows ten of many', () => {
    const many = Array.from({ length: 30 }, (_, i) => plain(`d${i}`));
    expect(() => select(many, 'nothing-alike')).toThrow(/There are the devices d0, d1, .*, d9 and 20 more\.$/);
  });

  it('is set algebra', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const fleets = fc.uniqueArray(fc.tuple(word, fc.uniqueArray(word, { maxLength: 3 }), fc.uniqueArray(word, { maxLength: 3 })), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    const terms = fc.array(
      fc.tuple(fc.constantFrom('', '&', '!'), fc.constantFrom('', 'host:', 'group:', 'label:'), fc.oneof(word, fc.constant('?'))),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    let found = 0;
    fc.assert(
      fc.property(fleets, terms, (made, all) => {
        const some = made.map(([name, groups, labels]) => plain(name, { groups, labels }));
        const expression = all.map((t) => t.join('')).join(',');
        const expected = model(some, all);
        if (expected === undefined) expect(() => select(some, expression)).toThrow();
        else {
          found++;
          expect(select(some, expression)).toEqual(expected);
        }
      }),
      { numRuns: 3000 },
    );
    expect(found).toBeGreaterThan(300);
  });
});

/** What an expression means, word for word; undefined where a term or the whole matches nothing. */
function model(all: readonly DeviceSpec[], terms: readonly (readonly [string, string, string])[]): DeviceSpec[] | undefined {
  const sets = terms.map(([sign, kind, word]) => {
    const holds = (words: readonly string[]) => (word === '?' ? words.length > 0 : words.includes(word));
    const members = all.filter(
      (d) =>
        (holds([d.name]) && (kind === '' || kind === 'host:')) ||
        (holds(d.groups) && (kind === '' || kind === 'group:')) ||
        (holds(d.labels) && (kind === '' || kind === 'label:')),
    );
    return { sign, members };
  });
  if (sets.some((s) => s.members.length === 0)) return undefined;
  const united = sets.filter((s) => s.sign === '').flatMap((s) => s.members);
  let left = sets.some((s) => s.sign === '') ? all.filter((d) => united.includes(d)) : [...all];
  for (const { sign, members } of sets) if (sign === '&') left = left.filter((d) => members.includes(d));
  for (const { sign, members } of sets) if (sign === '!') left = left.filter((d) => !members.includes(d));
  return left.length > 0 ? left : undefined;
}
