import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { flagOf, settings, settingsOf, type Verb, verbs } from '../../src/config/settings.js';
import { projectRoot } from '../shared.js';
import { ensureBuilt } from './build.js';
import { edgeml } from './run.js';

beforeAll(ensureBuilt);

describe('help', () => {
  it('is what edgeml alone prints, on stdout', async () => {
    const alone = await edgeml([]);
    expect(alone).toMatchObject({ code: 0, stderr: '' });
    expect(alone.stdout).toMatch(/^Usage: edgeml <verb> <model> \[options\]/);
    expect(await edgeml(['--help'])).toEqual(alone);
    for (const verb of Object.keys(verbs)) expect(alone.stdout).toContain(`\n  ${verb} `);
  });

  it.each(Object.keys(verbs) as Verb[])('of %s lists every option and has examples', async (verb) => {
    const { code, stdout, stderr } = await edgeml([verb, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of settingsOf(verb)) {
      const setting = settings[name];
      if ('only' in setting && setting.only === 'yaml') continue;
      expect(stdout).toMatch(new RegExp(`--(no-)?${flagOf(name)}[ ,<]`));
    }
    expect(stdout).toMatch(new RegExp(`\nExamples:\n {2}edgeml ${verb} `));
  });

  it('names the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    expect(await edgeml(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('loads nothing but commander and the table of settings', () => {
    const loaded = staticImports('dist/cli/main.js');
    expect([...loaded.packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
    expect([...loaded.files].sort()).toEqual([
      'dist/bench/rank.js',
      'dist/bench/types.js',
      'dist/cli/interrupt.js',
      'dist/cli/main.js',
      'dist/cli/program.js',
      'dist/codegen/boards/cpus.js',
      'dist/codegen/boards/projects/types.js',
      'dist/config/bench-settings.js',
      'dist/config/codegen-settings.js',
      'dist/config/deploy-settings.js',
      'dist/config/settings.js',
      'dist/errors.js',
      'dist/quantize/schemes.js',
      'dist/version.js',
    ]);
  });

  it('answers within 150 ms of processor time', async () => {
    // Processor time, and the best of several: what other processes take of the machine is not ours.
    const report = "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(String(user + system)) })";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` };
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 8 && best >= 150; i++) best = Math.min(best, Number((await edgeml(['--help'], { env })).stderr) / 1000);
    expect(best).toBeGreaterThan(0);
    expect(best).toBeLessThan(150);
  });
});

/** What a compiled module pulls in before it runs; `import()` comes later and does not count. */
function staticImports(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    const text = readFileSync(join(projectRoot, path), 'utf8');
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;]*?from\s*'([^']+)'|^import\s*'([^']+)'/gm)) {
      if (specifier.startsWith('.')) visit(relative(projectRoot, resolve(projectRoot, dirname(path), specifier)).replaceAll('\\', '/'));
      else packages.add(specifier);
    }
  };
  visit(entry);
  return { files, packages };
}
