import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceDefaults } from '../../../src/deploy/fleet/device.js';
import { keysOf } from '../../../src/deploy/fleet/schema.js';
import { select } from '../../../src/deploy/fleet/select.js';
import { projectRoot } from '../../shared.js';
import { fleet, schemaTakes } from './fleets.js';

const page = readFileSync(join(projectRoot, 'docs/fleet.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^`]*)```/g)].map((m) => m[1]);
const sectionOf = (title: string): string => page.split(/^## /m).find((s) => s.startsWith(title)) as string;
/** The code at the beginning of each row of the tables of a section. */
const rows = (title: string): string[] => [...sectionOf(title).matchAll(/^\| (`.*?`) \|/gm)].map((m) => m[1]);
const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((m) => m[1]);

describe('docs/fleet.md', () => {
  it.each(examples)('has examples that are read without a warning: %s', async (text) => {
    const { devices, warnings } = await fleet(text);
    expect(devices.length).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
    expect(await schemaTakes(text)).toBe(true);
  });

  it('has a row for every key', () => {
    expect(rows('Sections').flatMap(codes)).toEqual(keysOf.top);
    const own = ['host', 'groups', 'hosts'];
    expect(rows('Settings').flatMap(codes)).toEqual([...keysOf.defaults, ...own, ...keysOf.health, ...keysOf.hooks]);
  });

  it('names the defaults as they are', () => {
    const defaults = Object.fromEntries([...sectionOf('Settings').matchAll(/^\| `(\w+)` \| `(.*?)` \|/gm)].map((m) => [m[1], m[2]]));
    expect(defaults).toMatchObject({
      root: deviceDefaults.root,
      keep: String(deviceDefaults.keep),
      retries: String(deviceDefaults.health.retries),
    });
    expect(deviceDefaults).toMatchObject({ health: { timeoutMs: 30_000, delayMs: 2_000 }, hooks: { timeoutMs: 60_000 } });
    expect(page).toContain('| `timeout` | `30s` | of each try |');
    expect(page).toContain('| `delay` | `2s` |');
    expect(page).toContain('| `timeout` | `60s` | of each |');
  });

  it('says truly what goes before what', async () => {
    const [mast] = (await fleet(examples[1])).devices;
    expect(mast).toMatchObject({ target: 'north@mast-1', keep: 1, labels: ['field', 'mast'] });
    expect(mast.variables).toEqual({ SITE: 'north', LANG: 'C', HEIGHT: '30' });
  });

  it('says truly what ranges stand for', async () => {
    const { devices } = await fleet(examples[2]);
    expect(devices.find((d) => d.name === 'cam-01')?.target).toBe('10.0.4.101');
    expect(devices.find((d) => d.name === 'r2-n03')?.target).toBe('rack2.node03.local');
    expect(devices.length).toBe(20 + 32);
  });

  it('has selections that choose from its first example', async () => {
    const { devices } = await fleet(examples[0]);
    const names = (expression: string): string[] => select(devices, expression).map((d) => d.name);
    const listed = rows('Selection').flatMap(codes);
    expect(listed.length).toBe(12);
    for (const expression of listed) expect(names(expression).length, expression).toBeGreaterThan(0);
    expect(names('site-a,&outdoor,!staging').length).toBe(20);
    expect(names('site-a,&bench')).toEqual(['lab-1']);
    expect(names('&indoor')).toEqual(['nursery-1', 'nursery-2']);
    expect(names('label:new')).toEqual(['nursery-2']);
    const command = /--only '([^']+)'/.exec(page)?.[1] as string;
    expect(names(command).length).toBe(20);
  });
});
