import { describe, expect, it } from 'vitest';
import { junitText } from '../../src/cli/render/junit.js';
import { renderRollout } from '../../src/cli/render/rollout.js';
import { liveRollout } from '../../src/cli/render/rollout-live.js';
import { type Row, view } from '../../src/cli/render/rollout-view.js';
import { styleFor } from '../../src/cli/render/style.js';
import type { DeviceReport, RolloutReport } from '../../src/deploy/rollout/types.js';
import { withoutSecrets } from '../../src/deploy/secrets.js';

const style = await styleFor({ isTTY: false } as NodeJS.WriteStream);
const digest = (c: string): string => c.repeat(64);
const device = (name: string, more: Partial<DeviceReport> = {}): DeviceReport => ({
  ...{
    name,
    target: name,
    status: 'updated',
    from: digest('a'),
    to: digest('b'),
    version: '1.2.0',
    sent_bytes: 1_310_720,
    reused_bytes: 28_400,
  },
  ...{ resumed_bytes: 0, tries: 1, seconds: 12.84, warnings: [] },
  ...more,
});
const report = (devices: readonly DeviceReport[], more: Partial<RolloutReport> = {}): RolloutReport => ({
  ...{
    schema: 'edgeml.rollout/1',
    run: '20261128-204706-kws-3fa2',
    kind: 'deploy',
    name: 'kws',
    devices,
    started: '2026-11-28T20:47:06.000Z',
  },
  ...{
    bundle: { name: 'kws', version: '1.2.0', digest: digest('b'), bytes: 1, signed: true },
    seconds: 41.2,
    journal: '/x/journal.jsonl',
    exit_code: 5,
  },
  ...more,
});

describe('the report of a rollout', () => {
  it('fits eighty columns, whatever devices are called and say', () => {
    const devices = [
      device('administrator@camera-entrance-north.site-a.example.com:2222'),
      device('cam-02', { status: 'rolled-back', why: `the health check ended with status 1: ${'word '.repeat(60)}` }),
      device('cam-03', { status: 'offline', to: undefined, why: 'nothing answers there', sent_bytes: 0 }),
    ];
    const lines = renderRollout(report(devices, { stopped: `${'why '.repeat(40)}.` }), style, 80);
    expect(lines.filter((l) => l.length > 80)).toEqual([]);
    expect(lines[0]).toBe('deployed on 1 of 3: kws 1.2.0 bbbbbbbbbbbb');
    expect(lines.find((l) => l.includes('cam-02'))).toMatch(/^ {2}↩ cam-02 +rolled back {2}bbbbbbbb → aaaaaaaa +1\.3 MB sent {2}12\.8 s$/);
    expect(lines.join('\n')).toContain("'edgeml fleet resume 20261128-204706-kws-3fa2' does what is left.");
  });

  it('says how far it came, and offers to go on only where that can help', () => {
    const head = (devices: readonly DeviceReport[], more = {}) => renderRollout(report(devices, more), style, 100)[0];
    expect(head([device('a')])).toBe('deployed kws 1.2.0 bbbbbbbbbbbb');
    expect(head([device('a', { status: 'refused' })])).toBe('deployed on no device: kws 1.2.0 bbbbbbbbbbbb');
    expect(head([device('a')], { kind: 'rollback', bundle: undefined })).toBe('rolled back kws to the release before');
    const refused = renderRollout(report([device('a', { status: 'refused', why: 'no' })]), style, 100).join('\n');
    expect(refused).not.toContain('resume');
    const elsewhere = renderRollout(report([device('a', { status: 'pending' })]), style, 100, { state: '../w/.edgeml' }).join('\n');
    expect(elsewhere).toContain("resume 20261128-204706-kws-3fa2 --state ../w/.edgeml'");
  });

  it('lists of many devices those that are not well', () => {
    const devices = Array.from({ length: 100 }, (_, i) => device(`d${i}`, i % 25 === 7 ? { status: 'failed', why: 'broken' } : {}));
    const lines = renderRollout(report(devices), style, 80);
    expect(lines.filter((l) => /^ {2}[✓✗] d\d+ /.test(l)).map((l) => l.split(/\s+/)[2])).toEqual(['d7', 'd32', 'd57', 'd82']);
    expect(lines.join('\n')).toContain('100 devices: 96 updated, 4 failed · 131.1 MB sent, 2.8 MB there already (2 %)\n    · 41.2 s');
  });

  it('as JUnit escapes what devices say, and tells offline devices from failed ones', () => {
    const text = junitText(
      report([device('a'), device('b<', { status: 'failed', why: 'x "y" & \u0007' }), device('c', { status: 'offline', why: 'gone' })]),
    );
    expect(text).toContain('<testsuites name="edgeml deploy" tests="3" failures="1" skipped="1" time="41.200">');
    expect(text).toContain('name="b&lt;" time="12.840"><failure type="failed" message="x &quot;y&quot; &amp; \ufffd"/></testcase>');
    expect(text).toContain('name="c" time="12.840"><skipped message="gone"/></testcase>');
  });
});

describe('the view of a rollout under way', () => {
  const row = (name: string, status: Row['status'], order: number, text = ''): Row => ({ name, status, text, since: 0, order });
  const frame = { columns: 80, rows: 24, now: 5000 };

  it('has a line per device, cut to the terminal', () => {
    const rows = [
      row('one', 'running', 1, 'sending '.repeat(20)),
      { ...row('two', 'offline', 2, 'tried 1 time: gone'), again: 9000 },
      row('three', 'pending', 0),
    ];
    const lines = view(rows, { wave: 'wave 1 of 2', stopping: false }, style, frame);
    expect(lines).toHaveLength(4);
    expect(lines.every((l) => l.length < 80)).toBe(true);
    expect(lines[0]).toMatch(/^▸ one {6}5\.0 s {2}sending .*…$/);
    expect(lines[1]).toBe('· two             offline, again in 4.0 s  tried 1 time: gone');
    expect(lines[2]).toMatch(/^· three +waits for its turn$/);
    expect(lines[3]).toBe('···················· 0/3  wave 1 of 2');
  });

  it('shows of many devices those under way and those that failed first', () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      row(`d${i}`, i < 3 ? 'updated' : i === 30 ? 'failed' : i > 55 ? 'running' : 'pending', i),
    );
    const lines = view(rows, { wave: '', stopping: true }, style, { ...frame, rows: 10 });
    expect(lines).toHaveLength(8);
    expect(lines.slice(0, 5).map((l) => l.split(/\s+/)[1])).toEqual(['d59', 'd58', 'd57', 'd56', 'd30']);
    expect(lines.at(-1)).toBe('█▍·················· 4/60  1 failed  stopping  53 more');
  });

  it('is a line per event in a pipe, and nothing with --quiet', () => {
    const told = (quiet: boolean): string => {
      const said: string[] = [];
      const stream = { isTTY: false, write: (t: string) => said.push(t) } as unknown as NodeJS.WriteStream;
      const live = liveRollout(stream, style, ['a', 'b'], { quiet, now: () => 0 });
      live.listener({ event: 'wave', wave: 1, waves: 2, until: 1 });
      live.listener({ event: 'try', device: 'a', tries: 1 });
      live.listener({ event: 'device', device: 'a', what: { kind: 'step', step: 'send' } });
      live.listener({ event: 'queued', device: 'a', why: 'gone\u001b[2J', sent: 0, tries: 1, next: 1500 });
      live.listener({ event: 'ended', device: 'b', status: 'refused', attempt: { kind: 'refused', why: 'no', sent: 0 } });
      live.stop();
      return said.join('');
    };
    expect(told(false)).toBe('wave 1 of 2, up to 1 device\n· a: gone\ufffd[2J Trying again in 1.5 s.\n✗ b: refused, no\n');
    expect(told(true)).toBe('');
  });
});

it('secrets are blanked: whole, on one line, line by line, and cut off', () => {
  const clean = (text: string) =>
    withoutSecrets(text, { API_TOKEN: 'abcdefgh-12345', SITE: 'north', PRIVATE_KEY: 'BEGIN\nline-one-of-it\nEND', PASS: 'abc' });
  expect(clean('token abcdefgh-12345 at north')).toBe('token *** at north');
  expect(clean('cut: abcdefgh-1')).toBe('cut: ***');
  expect(clean('BEGIN line-one-of-it END')).toBe('***');
  expect(clean('only line-one-of-it')).toBe('only ***');
  expect(clean('abc is too short to tell')).toBe('abc is too short to tell');
});
