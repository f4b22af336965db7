import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operators } from '../../src/ops/index.js';
import { projectRoot } from '../shared.js';
import { filesBelow, importsOf } from './sources.js';

const casesFolder = join(projectRoot, 'fixtures/ops');
const files = filesBelow(['src/ops'], ['.ts']);
const index = files.find((f) => f.path === 'src/ops/index.ts');
/** What stands beside the records: the contract and the tools around it. */
const contract = ['decompose', 'define', 'evaluate', 'index', 'mappings', 'node-builder'];
const nameOf = (path: string): string => path.replace('src/ops/', '').replace(/\.ts$/, '');
const records = files.map((f) => nameOf(f.path)).filter((name) => !name.includes('/') && !contract.includes(name));
/** `src/ops/reduce-mean.ts` has its cases in `fixtures/ops/reduce-mean`. */
const listed = (index ? importsOf(index) : []).map(nameOf).filter((name) => !contract.includes(name));

describe('operators', () => {
  it('are all listed: every record stands in the index', () => {
    expect(records.filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.length).toBeGreaterThan(50);
  });

  it('have names of their own', () => {
    const names = operators.map((op) => op.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(listed.length);
  });

  it('have cases', () => {
    const without = listed.filter((name) => {
      const path = join(casesFolder, name, 'cases.json');
      return !existsSync(path) || (JSON.parse(readFileSync(path, 'utf8')) as unknown[]).length === 0;
    });
    expect(without).toEqual([]);
  });

  it('have no cases without a record', () => {
    expect(readdirSync(casesFolder).filter((name) => !listed.includes(name))).toEqual([]);
  });
});
