import { UsageError } from '../errors.js';
import { limited } from './handshakes.js';
import { login } from './login.js';
import { type Settings, type SshOptions, settingsFor } from './settings.js';
import type { Connection } from './types.js';

const maxJumps = 8;

/**
 * Connects to `target` (`user@host[:port]`, or a Host of ~/.ssh/config), through the hosts that it is to be reached through.
 * Nothing but the handshake is sent before the host has shown a key that is known.
 * Throws UsageError where target, options or configuration make no sense, and DeviceError, with what to do, for a host that
 * cannot be reached, shows a key that is not the known one, or accepts none of the user's keys.
 */
export async function connect(target: string, options: SshOptions = {}): Promise<Connection> {
  const route = routeTo(target, options);
  let via: Connection | undefined;
  for (const settings of route) {
    const through = via;
    try {
      via = await limited(`${settings.host}:${settings.port}`, () => login(settings, options, through));
    } catch (error) {
      await through?.close();
      throw error;
    }
  }
  return via as Connection;
}

/** The hosts to connect to one after the other, the target last. */
export function routeTo(target: string, options: SshOptions = {}): Settings[] {
  const route: Settings[] = [];
  // What is told about the target is not about the hosts on the way, but for whom to trust and how to ask.
  const { user: _, port: __, jump: ___, ...common } = options;
  const add = (settings: Settings, depth: number): void => {
    if (depth > maxJumps) throw loop(target);
    settings.jumps.forEach((jump, i) => {
      // As for ssh: only the first host of a list is looked up for hosts of its own to go through.
      add(settingsFor(jump, i === 0 ? common : { ...common, jump: 'none' }), depth + 1);
    });
    route.push(settings);
  };
  add(settingsFor(target, options), 0);
  return route;
}

const loop = (target: string): UsageError =>
  new UsageError(`${target} is to be reached through more than ${maxJumps} hosts, or through itself. Check ProxyJump in ~/.ssh/config.`);
