import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleetJsonSchema, keysOf } from '../../../src/deploy/fleet/schema.js';
import { faultsOf, misshapen, schemaErrors, schemaTakes, sound } from './fleets.js';
import { schemaPath, schemaText } from './schema-doc.js';

describe('the JSON Schema of fleet files', () => {
  it('is not stale', () => {
    const written = existsSync(schemaPath) ? readFileSync(schemaPath, 'utf8') : '';
    expect(written, 'run: npx tsx test/deploy/fleet/schema-doc.ts').toBe(schemaText());
  });

  it.each(sound)('takes what the reader takes: %s', async (text) => {
    expect(await faultsOf(text)).toBe('');
    expect(await schemaTakes(text), JSON.stringify(schemaErrors())).toBe(true);
  });

  it.each(misshapen)('refuses what the reader refuses: %s', async (text) => {
    expect(await faultsOf(text)).toMatch(/^fleet\.yaml:\d+:\d+: /);
    expect(await schemaTakes(text)).toBe(false);
  });

  it('offers every key, with a description', () => {
    type Node = { description?: string; properties?: Record<string, Node>; anyOf?: Node[]; additionalProperties?: unknown };
    const { properties, $defs } = fleetJsonSchema() as { properties: Record<string, Node>; $defs: { device: Node } };
    const group = properties.groups.additionalProperties as Node;
    const health = $defs.device.properties?.health.anyOf?.[1] as Node;
    const hooks = $defs.device.properties?.hooks as Node;
    const places: [Node, readonly string[]][] = [
      [{ properties }, keysOf.top],
      [properties.defaults, keysOf.defaults],
      [group, keysOf.group],
      [$defs.device, keysOf.host],
      [health, keysOf.health],
      [hooks, keysOf.hooks],
    ];
    for (const [node, keys] of places) {
      expect(Object.keys(node.properties ?? {})).toEqual(keys);
      for (const [key, value] of Object.entries(node.properties ?? {})) expect(value.description, key).toMatch(/^[A-Z].*\.$/);
    }
    for (const closed of [properties.defaults, group, $defs.device, health, hooks]) expect(closed.additionalProperties).toBe(false);
  });

  it('never refuses what the reader takes, whatever the values', async () => {
    const texts = ['a', 'pi', '~/x', '/x/y', '~', '/', '', 'none', 'a b', 'x,y@z:1', '30s', '90h', 'fe80::1', 'a[1:3]'];
    const others = [null, 0, 1, 22, 1.5, true, [], ['a'], ['b', 1], {}, { X: 'y' }, { command: 'x' }, { after: 'x', timeout: '2s' }];
    const value = fc.oneof(fc.constantFrom<unknown>(...texts, ...others), fc.string({ maxLength: 6 }));
    const settings = fc.dictionary(fc.constantFrom(...keysOf.host), value, { maxKeys: 2 });
    const name = fc.constantFrom('a', 'b', 'b1', 'b[1:3]', 'c[01:02]', 'd.e', 'f g', '5', 'h[2:1]');
    const content = fc.record(
      {
        defaults: fc.option(fc.dictionary(fc.constantFrom(...keysOf.defaults), value, { maxKeys: 1 })),
        groups: fc.dictionary(fc.constantFrom('a', 'g'), fc.option(fc.record({ hosts: fc.constantFrom('a', '*', ['b1'], { z: null }) }))),
        hosts: fc.dictionary(name, fc.option(settings), { minKeys: 1, maxKeys: 2 }),
      },
      { requiredKeys: ['hosts'] },
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(content, async (given) => {
        const text = JSON.stringify(given);
        const faults = await faultsOf(text);
        if (faults === '') {
          taken++;
          expect(await schemaTakes(text), text).toBe(true);
        } else for (const line of faults.split('\n')) expect(line).toMatch(/^fleet\.yaml:1:\d+: .*[.?]$/);
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
