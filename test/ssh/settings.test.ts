import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routeTo } from '../../src/ssh/connect.js';
import { type Settings, type SshOptions, settingsFor } from '../../src/ssh/settings.js';
import { hasSshd } from './server.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'edgeml-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
const base = (): SshOptions => ({ home, configFiles: [join(home, '.ssh/config')], agent: false });
const settings = (target: string, more: SshOptions = {}): Settings => settingsFor(target, { ...base(), ...more });

describe('settingsFor', () => {
  it('takes the first value that is found', () => {
    write(
      '.ssh/config',
      [
        'Port 2201 # for all hosts that come behind',
        'Host pi-* !pi-9',
        '  HostName %h.lab.example',
        '  User = pi',
        '  IdentityFile ~/.ssh/id_lab_%r',
        'Host *',
        '  User nobody',
        '  Port 2202',
        '  IdentityFile "~/.ssh/id other"',
        '  HostKeyAlias lab',
      ].join('\n'),
    );
    for (const key of ['id_lab_pi', 'id other']) write(`.ssh/${key}`, '');
    expect(settings('pi-3')).toMatchObject({
      ...{ name: 'pi-3 (pi@pi-3.lab.example:2201)', host: 'pi-3.lab.example', port: 2201, user: 'pi', hostKeyName: 'lab', aliased: true },
      identityFiles: [join(home, '.ssh/id_lab_pi'), join(home, '.ssh/id other')],
    });
    expect(settings('pi-9')).toMatchObject({ host: 'pi-9', user: 'nobody', identityFiles: [join(home, '.ssh/id other')] });
  });

  it.skipIf(!hasSshd)('agrees with ssh -G about files that are hard to read', () => {
    const files = [
      'Host a b*\n User x\nHost !c *\n User y\n Port 2222\nHost *\n User z',
      'host=a\nPort = 77\n\tHostName "10.0.0.%h"\nHOST *\nUser "q r"',
      'Match host a,b\n Port 1\nMatch all\n Port 2\n User m\nMatch originalhost c\n HostName d\nMatch host d\n HostKeyAlias k',
      'Match !host a\n User n\nMatch user root,admin\n Port 9\nHost ?\n HostKeyAlias one',
      'Include inc*\nHost c\n Include inc/none\n User late',
      'ProxyJump j1,j2\nHost b\n HostKeyAlias B.Example\n IdentitiesOnly yes',
    ];
    write('.ssh/inc1', 'Host b\n User early\n');
    write('.ssh/inc2', 'User every # comment\n');
    for (const text of files) {
      write('.ssh/config', text.replaceAll('Include ', `Include ${join(home, '.ssh')}/`));
      for (const host of ['a', 'b', 'c', 'root@bb']) {
        const printed = execFileSync('ssh', ['-G', '-F', join(home, '.ssh/config'), host], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const value = (key: string): string | undefined => new RegExp(`^${key} (.*)$`, 'm').exec(printed)?.[1];
        const ours = settings(host);
        expect({ text, host, user: ours.user, name: ours.host, port: `${ours.port}`, jump: ours.jumps.join(',') || undefined }).toEqual({
          ...{ text, host, user: value('user'), name: value('hostname'), port: value('port'), jump: value('proxyjump') },
        });
        expect(ours.aliased ? ours.hostKeyName : undefined).toBe(value('hostkeyalias')?.toLowerCase());
        expect(ours.identitiesOnly).toBe(value('identitiesonly') === 'yes');
      }
    }
  });

  it('lets the target go before options, and options before the file', () => {
    write('.ssh/config', 'User a\nPort 1\nProxyJump x\nUserKnownHostsFile ~/k1 ~/k2\nGlobalKnownHostsFile none');
    expect(settings('b@h:2', { user: 'c', port: 3 })).toMatchObject({ user: 'b', port: 2, jumps: ['x'] });
    expect(settings('h', { user: 'c', port: 3, jump: 'none' })).toMatchObject({ user: 'c', port: 3, jumps: [] });
    expect(settings('h')).toMatchObject({ user: 'a', port: 1, knownHostsFiles: [join(home, 'k1'), join(home, 'k2')] });
  });

  it('follows Include, inside a Host too, and Match', () => {
    write(
      '.ssh/config',
      'Host a*\n  Include conf.d/*.conf\nMatch originalhost b user root\n  Port 2300\nMatch host b exec "true"\n  Port 9\n',
    );
    write('.ssh/conf.d/1.conf', 'Port 2100\nHost ab\n  User two');
    write('.ssh/conf.d/2.conf', 'Port 2200');
    expect(settings('ab')).toMatchObject({ port: 2100, user: 'two' });
    expect(settings('root@b').port).toBe(2300);
    expect(settings('pi@b').port).toBe(22);
  });

  it('tells what is wrong, with file and line', () => {
    const cases: readonly [string, RegExp][] = [
      ['\nPort abc', /config line 2: 'abc' is no port/],
      ['User', /line 1: user has no value/],
      ['IdentityFile "a', /line 1: a quotation mark is not closed/],
      ['IdentityFile %z', /line 1: '%z' is no token/],
      ['ProxyCommand nc %h %p', /line 1: edgeml does not run a ProxyCommand\. Use ProxyJump/],
      ['Include config', /include each other more than 16 deep/],
    ];
    for (const [text, message] of cases) {
      write('.ssh/config', text);
      expect(() => settings('h')).toThrow(message);
    }
  });

  it('needs the key files that were asked for', () => {
    expect(() => settings('h', { identityFiles: [join(home, 'absent')] })).toThrow('There is no key');
  });
});

describe('routeTo', () => {
  it('goes through the hosts of ProxyJump, each with its own settings', () => {
    write('.ssh/config', 'Host inner\n  ProxyJump gate,me@second:2022\nHost gate\n  HostName 10.0.0.1\n  ProxyJump outer\n  User guard');
    expect(routeTo('inner', base()).map((s) => s.name.replace(/\S+@(outer|inner)/, '$1'))).toEqual([
      'outer',
      'gate (guard@10.0.0.1)',
      'me@second:2022',
      'inner',
    ]);
  });

  it('finds a host that is to be reached through itself', () => {
    write('.ssh/config', 'Host *\n  ProxyJump gate');
    expect(() => routeTo('inner', base())).toThrow(/through itself/);
  });

  it('gives user and port to the target alone', () => {
    const route = routeTo('inner', { ...base(), user: 'u', port: 77, jump: 'root@gate' });
    expect(route.map((s) => s.name)).toEqual(['root@gate', 'u@inner:77']);
  });
});
