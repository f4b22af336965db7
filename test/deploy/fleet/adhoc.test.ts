import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devicesFromTargets } from '../../../src/deploy/fleet/adhoc.js';
import { targetText } from '../../../src/deploy/fleet/device.js';
import { parseTarget } from '../../../src/ssh/target.js';
import { plain } from './fleets.js';

describe('devices of the command line', () => {
  it('have their target for a name and defaults for the rest', () => {
    expect(devicesFromTargets(['pi@10.0.0.4:2222', 'board', 'ssh://root@[fe80::1]/', 'fe80::2'])).toEqual([
      plain('pi@10.0.0.4:2222'),
      plain('board'),
      plain('ssh://root@[fe80::1]/', { target: 'root@[fe80::1]' }),
      plain('fe80::2', { target: '[fe80::2]' }),
    ]);
  });

  it('are refused all at once', () => {
    expect(() => devicesFromTargets(['pi@a', 'b c', 'pi@a', 'ssh://pi@a', 'd:0'])).toThrow(
      [
        "'b c' is no device: 'b c' is no host name. Write it as user@host or user@host:port.",
        "'pi@a' is named twice. Name it once.",
        "'ssh://pi@a' is the same device as 'pi@a'. Name it once.",
        "'d:0' is no device: '0' is no port. Write it as user@host or user@host:port.",
      ].join('\n'),
    );
    expect(() => devicesFromTargets([])).toThrow('No device is named. Write it as user@host or user@host:port.');
  });

  it('have targets that are read back', () => {
    const user = fc.option(fc.stringMatching(/^[a-z][a-z0-9@.]{0,5}$/), { nil: undefined });
    const host = fc.oneof(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,8}$/), fc.ipV4(), fc.ipV6());
    const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined });
    fc.assert(
      fc.property(user, host, port, (u, h, p) => {
        const target = { host: h, ...(u !== undefined && { user: u }), ...(p !== undefined && { port: p }) };
        expect(parseTarget(targetText(target))).toEqual(target);
      }),
    );
  });
});
