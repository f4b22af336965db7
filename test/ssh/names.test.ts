import { describe, expect, it } from 'vitest';
import { matchesPattern, matchesPatterns } from '../../src/ssh/patterns.js';
import { commandLine, quote } from '../../src/ssh/quote.js';
import { parseTarget } from '../../src/ssh/target.js';

describe('parseTarget', () => {
  it.each([
    ['pi', { host: 'pi' }],
    ['pi@10.0.0.4', { user: 'pi', host: '10.0.0.4' }],
    ['pi@10.0.0.4:2222', { user: 'pi', host: '10.0.0.4', port: 2222 }],
    ['ssh://pi@board.local:22/', { user: 'pi', host: 'board.local', port: 22 }],
    ['fe80::1', { host: 'fe80::1' }],
    ['root@[fe80::1%eth0]:2200', { user: 'root', host: 'fe80::1%eth0', port: 2200 }],
    ['me@corp@host', { user: 'me@corp', host: 'host' }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each([
    '',
    'pi@',
    '@host',
    'host:',
    'host:0',
    'host:65536',
    'host:22x',
    '-oProxyCommand=x',
    'a b',
    '[::1',
    'pi@ho*st',
    '-l@host',
    'host\n',
  ])('refuses %j', (text) => {
    expect(() => parseTarget(text)).toThrow(/is no device: .*user@host:port/s);
  });
});

describe('patterns', () => {
  it('know * and ?', () => {
    expect(matchesPattern('board-17.local', 'board-*.local')).toBe(true);
    expect(matchesPattern('board-17.local', 'board-??.local')).toBe(true);
    expect(matchesPattern('board-7.local', 'board-??.local')).toBe(false);
    expect(matchesPattern('', '*')).toBe(true);
    expect(matchesPattern('a.b', 'a?b')).toBe(true);
    expect(matchesPattern('axb', 'a.b')).toBe(false);
  });

  it('take linear time on patterns that make regular expressions slow', () => {
    expect(matchesPattern('a'.repeat(5000), `${'a*'.repeat(50)}b`)).toBe(false);
  });

  it('exclude with !, whatever the order', () => {
    expect(matchesPatterns('pi-3', ['pi-*', '!pi-3'])).toBe(false);
    expect(matchesPatterns('pi-3', ['!pi-3', '*'])).toBe(false);
    expect(matchesPatterns('pi-4', ['!pi-3', '*'])).toBe(true);
    expect(matchesPatterns('pi-4', ['!pi-3'])).toBe(false);
  });
});

describe('quote', () => {
  it('leaves plain words and protects the others', () => {
    expect(commandLine(['cat', '/a/b-c_1.onnx', 'a b', "it's", '$HOME', '', '~', 'a\nb', '=x'])).toBe(
      "cat /a/b-c_1.onnx 'a b' 'it'\\''s' '$HOME' '' '~' 'a\nb' '=x'",
    );
    expect(() => quote('a\0b')).toThrow('NUL');
  });
});
