import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quoteAll, scriptNames, scriptText, whole } from './script-texts.js';
import { shells } from './shells.js';

describe('scripts for devices', () => {
  it.each(shells)('are read by $name', ({ path, args }) => {
    expect(scriptNames().length).toBeGreaterThan(15);
    for (const name of scriptNames()) {
      const read = spawnSync(path, [...args, '-n'], { input: whole(scriptText([name], quoteAll())), encoding: 'utf8' });
      expect({ name, stderr: read.stderr, status: read.status }).toEqual({ name, stderr: '', status: 0 });
    }
  });

  it('that are cut off on the way do nothing at all, wherever they are cut', () => {
    const home = mkdtempSync(join(tmpdir(), 'edgeml-cut-'));
    try {
      const base = join(home, 'edgeml/app');
      mkdirSync(join(base, 'releases/x'), { recursive: true });
      mkdirSync(join(base, 'lock'));
      writeFileSync(join(base, 'lock/token'), 'token\n');
      writeFileSync(join(base, 'releases/x/file'), 'precious');
      const text = whole(scriptText(['collect'], { old: '' }));
      const end = text.lastIndexOf('}');
      // Every cut in the last lines, where the script removes things, and some in the others.
      for (let at = end; at > 0; at -= at > end - 700 ? 1 : 97) {
        const cut = spawnSync('sh', ['-s'], { input: text.slice(0, at), env: { ...process.env, HOME: home }, encoding: 'utf8' });
        // It complains of what is not closed, and that is all.
        expect({ at, status: cut.status, stdout: cut.stdout }).toEqual({ at, status: 2, stdout: '' });
      }
      const left = readdirSync(base).sort();
      expect([left, existsSync(join(base, 'releases/x/file'))]).toEqual([['lock', 'releases'], true]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
