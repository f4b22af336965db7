import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of, sumsText } from '../../../src/bundle/sums.js';
import { Disk, whyNoDisks } from './disk.js';
import { readJournal, underWay } from './journal.js';
import { plansOf } from './plan.js';
import { Releases } from './releases.js';

const folder = mkdtempSync(join(tmpdir(), 'edgeml-instruments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the look at releases', () => {
  const base = join(folder, 'base');
  const sums = sumsText([{ path: 'data/weights', sha256: sha256Of('one') }]);
  const digest = sha256Of(sums);
  const release = join(base, 'releases', digest);
  const faults = (running = [digest], known = [digest]): string[] =>
    new Releases(new Map(known.map((d) => [d, '1']))).faults(base, running);
  beforeEach(() => {
    rmSync(base, { recursive: true, force: true });
    mkdirSync(join(release, 'data'), { recursive: true });
    writeFileSync(join(release, 'SHA256SUMS'), sums);
    writeFileSync(join(release, 'data/weights'), 'one');
    symlinkSync(`releases/${digest}`, join(base, 'current'));
  });

  it('finds nothing wrong with a complete one', () => {
    expect(faults()).toEqual([]);
  });

  it.each([
    ['a file is cut off', () => writeFileSync(join(release, 'data/weights'), 'on'), /data\/weights not as SHA256SUMS says/],
    ['a file is missing', () => rmSync(join(release, 'data/weights')), /is not complete/],
    ['there is one file more', () => writeFileSync(join(release, 'more'), ''), /has 3 files in place of 2/],
    ['SHA256SUMS is another', () => appendFileSync(join(release, 'SHA256SUMS'), '\n'), /another SHA256SUMS/],
    ['current is gone', () => rmSync(join(base, 'current')), /current is not there/],
    ['current points nowhere', () => renameSync(release, join(base, 'moved')), /current points to 1, which is not complete/],
  ])('finds it where %s', (_, harm, sentence) => {
    harm();
    expect(faults().join('\n')).toMatch(sentence);
  });

  it('finds releases that nobody deployed, and those that are not to run', () => {
    expect(faults([])).toEqual(['current points to 1, which is none to run']);
    expect(faults([digest], []).join('\n')).toMatch(/none that was deployed/);
  });

  it('hashes a file again that has changed', () => {
    const releases = new Releases(new Map([[digest, '1']]));
    expect(releases.faults(base, [digest])).toEqual([]);
    writeFileSync(join(release, 'data/weights'), 'two');
    releases.forget();
    expect(releases.faults(base, [digest])).toHaveLength(2);
  });
});

describe('the look at the journal', () => {
  const work = join(folder, 'work');
  const run = join(work, '.edgeml/rollouts/1');
  mkdirSync(run, { recursive: true });
  const line = (event: object): string => `${JSON.stringify({ time: '2026-11-28T00:00:00.000Z', ...event })}\n`;
  const head = line({ event: 'run', options: {}, devices: ['a', 'b'].map((name) => ({ name, target: name })) });
  const write = (text: string): void => writeFileSync(join(run, 'journal.jsonl'), text);

  it('takes one whose last line is cut off, and knows who is under way', () => {
    write(`${head}${line({ event: 'try', device: 'a', tries: 1 })}{"time":"2026`);
    const told = readJournal(work, ['a', 'b']);
    expect(told?.faults).toEqual([]);
    expect(underWay(told)).toEqual(['a']);
  });

  it('finds a device that is lost, and a line that is broken in the middle', () => {
    write(`${head}{"time":\n${line({ event: 'try', device: 'a', tries: 1 })}`);
    expect(readJournal(work, ['a', 'b'])?.faults.join('\n')).toMatch(/broken line/);
    write(head);
    expect(readJournal(work, ['a', 'b', 'c'])?.faults.join('\n')).toMatch(/lost from the journal/);
  });
});

describe('plans', () => {
  it('are the same for the same seed, and a longer series begins with a shorter one', () => {
    expect(plansOf(5, 20)).toEqual(plansOf(5, 40).slice(0, 20));
    expect(plansOf(6, 20)).not.toEqual(plansOf(5, 20));
  });
});

const noDisks = await whyNoDisks();
if (noDisks !== undefined) console.warn(`skipped: disks whose power fails (${noDisks})`);

describe.skipIf(noDisks !== undefined)('a disk', () => {
  it('keeps what was written when its power fails, and nothing else', async () => {
    const disk = await Disk.make();
    const [kept, lost] = [join(disk.path, 'kept'), join(disk.path, 'lost')];
    try {
      writeFileSync(kept, 'old');
      execFileSync('sync', ['-f', disk.path]);
      writeFileSync(kept, 'new');
      writeFileSync(lost, 'lost');
      disk.fail();
      await disk.boot();
      expect(readFileSync(kept, 'utf8')).toBe('old');
      expect(() => readFileSync(lost)).toThrow(/ENOENT/);
    } finally {
      await disk.close();
    }
  });
});
