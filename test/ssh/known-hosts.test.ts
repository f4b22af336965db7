import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostKeyCheck } from '../../src/ssh/host-key.js';
import { fingerprint, judge, readKnownHosts } from '../../src/ssh/known-hosts.js';
import { settingsFor } from '../../src/ssh/settings.js';
import { hasSshd, makeKey } from './server.js';

describe.skipIf(!hasSshd)('known hosts', () => {
  let folder: string;
  const keys: Record<string, string> = {};
  const wire = (name: string): Buffer => Buffer.from(keys[name].split(' ')[1], 'base64');
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgeml-known-'));
    for (const [name, type] of Object.entries({ a: 'ed25519', b: 'ed25519', rsa: 'rsa' })) {
      makeKey(join(folder, name), type);
      keys[name] = readFileSync(join(folder, `${name}.pub`), 'utf8')
        .split(' ', 2)
        .join(' ');
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (...lines: string[]): string => {
    const path = join(folder, 'known_hosts');
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const verdict = (name: string, key: string, ...lines: string[]): string => {
    const found = judge(wire(key), [name], readKnownHosts([file(...lines)]));
    return found.kind === 'unknown' ? 'unknown' : `${found.kind} ${/\d+$/.exec(found.entry.where)?.[0]}`;
  };

  it('computes fingerprints as ssh-keygen does', () => {
    const printed = execFileSync('ssh-keygen', ['-lf', join(folder, 'a.pub')], { encoding: 'utf8' });
    expect(printed).toContain(` ${fingerprint(wire('a'))} `);
  });

  it('finds plain, bracketed and listed names, and patterns', () => {
    expect(verdict('h', 'a', '# comment', `h ${keys.a}`)).toBe('known 2');
    expect(verdict('[h]:2200', 'a', `h ${keys.b}`, `[h]:2200 ${keys.a} comment`)).toBe('known 2');
    expect(verdict('10.0.0.1', 'a', `h,10.0.0.1 ${keys.a}`)).toBe('known 1');
    expect(verdict('x.lab', 'a', `*.lab,!y.lab ${keys.a}`)).toBe('known 1');
    expect(verdict('y.lab', 'a', `*.lab,!y.lab ${keys.a}`)).toBe('unknown');
    expect(verdict('g', 'a', `h ${keys.a}`)).toBe('unknown');
  });

  it('finds names that ssh-keygen -H has hashed', () => {
    const path = file(`h ${keys.b}`, `[h]:2200 ${keys.a}`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
    expect(readFileSync(path, 'utf8')).not.toContain('2200');
    expect(judge(wire('a'), ['[h]:2200'], readKnownHosts([path])).kind).toBe('known');
    expect(judge(wire('b'), ['[h]:2200'], readKnownHosts([path])).kind).toBe('changed');
    expect(judge(wire('b'), ['g'], readKnownHosts([path])).kind).toBe('unknown');
  });

  it('refuses changed keys, also of another type, revoked ones and authorities', () => {
    expect(verdict('h', 'a', `h ${keys.rsa}`, `h ${keys.b}`)).toBe('changed 2');
    expect(verdict('h', 'a', `h ${keys.rsa}`)).toBe('changed 1');
    expect(verdict('h', 'a', `h ${keys.b}`, `h ${keys.a}`)).toBe('known 2');
    expect(verdict('h', 'a', `h ${keys.a}`, `@revoked * ${keys.a}`)).toBe('revoked 2');
    expect(verdict('h', 'a', `@cert-authority * ${keys.a}`)).toBe('authority 1');
  });

  it('takes nothing from lines that are not well formed', () => {
    expect(verdict('h', 'a', 'h', `h ssh-rsa ${keys.a.split(' ')[1]}`, '|1|x h', `@other h ${keys.a}`, `|1|a|b ${keys.a}`)).toBe('unknown');
  });

  it('asks for the key types that are known first', () => {
    const settings = settingsFor('h', { home: folder, configFiles: [], knownHostsFiles: [file(`h ${keys.rsa}`)] });
    expect(hostKeyCheck(settings, false).algorithms.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']);
  });

  it('says what to do, and remembers a new key at the end of the file only when it is proven', () => {
    const path = join(folder, 'new', 'known_hosts');
    const settings = settingsFor('h:2200', { home: folder, configFiles: [], knownHostsFiles: [path] });
    const strict = hostKeyCheck(settings, false);
    expect(strict.verify(wire('a'))).toBe(false);
    expect(strict.refusal?.message).toContain(fingerprint(wire('a')));
    expect(strict.refusal?.message).toContain('--accept-new-host-keys');
    const accepting = hostKeyCheck(settings, true);
    expect(accepting.verify(wire('a'))).toBe(true);
    expect(readKnownHosts([path])).toEqual([]);
    accepting.proven();
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd());
    expect(accepting.verify(wire('b'))).toBe(false);
    const second = hostKeyCheck({ ...settings, port: 2201 }, true);
    second.verify(wire('b'));
    second.proven();
    expect(readFileSync(path, 'utf8')).toBe(`[h]:2200 ${keys.a}\n[h]:2201 ${keys.b}\n`);
    expect(execFileSync('ssh-keygen', ['-f', path, '-F', '[h]:2201'], { encoding: 'utf8' })).toContain('found: line 2');
    expect(hostKeyCheck(settings, false).verify(wire('a'))).toBe(true);
    const changed = hostKeyCheck(settings, true);
    expect(changed.verify(wire('b'))).toBe(false);
    expect(changed.refusal?.message).toMatch(/line 1 knows it by ssh-ed25519 SHA256:.*ssh-keygen -f .* -R '\[h\]:2200'/);
  });
});
