import { DeviceError, OfflineError } from '../errors.js';
import type { Identities } from './identities.js';
import type { Settings } from './settings.js';

/** How far a login came, and what ended it. */
export interface Failure {
  readonly phase: 'connect' | 'handshake' | 'login' | 'ready';
  readonly error?: Error & { readonly level?: string; readonly code?: string | number };
  /** Seconds after which it was given up. */
  readonly timeout?: number;
  /** Where the sentence is there already. */
  readonly told?: DeviceError;
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there. Check the port, and that its SSH server runs',
  ENOTFOUND: 'there is no such host. Check the name',
  EAI_AGAIN: 'its name cannot be looked up at the moment. Check the network',
  EHOSTUNREACH: 'there is no way to it. Check that it is switched on and in this network',
  ENETUNREACH: 'there is no network. Check the network',
  ETIMEDOUT: 'it does not answer. Check that it is switched on and in this network',
  ECONNRESET: 'it cut the connection. Check its SSH server',
};

/** A sentence for a login that failed: where, why, and what to do. An OfflineError where the device may answer another time. */
export function loginError(settings: Settings, failure: Failure, identities: Identities): DeviceError {
  const { error, phase, timeout } = failure;
  const told = (why: string): readonly [string, ErrorOptions] => [`Cannot connect to ${settings.name}: ${why}.`, { cause: error }];
  const say = (why: string): DeviceError => new OfflineError(...told(why));
  if (timeout !== undefined) {
    const where = { connect: 'it does not answer', handshake: 'the SSH handshake did not end', login: 'the login did not end', ready: '' }[
      phase
    ];
    return say(`${where} within ${timeout} s. Check that it is switched on and in this network`);
  }
  if (phase === 'login') {
    const refused = error?.level === 'client-authentication' || identities.names.length === 0;
    return new (refused ? DeviceError : OfflineError)(...told(loginReason(settings, failure, identities)));
  }
  const reason = networkReasons[String(error?.code)];
  if (reason) return say(reason);
  if (phase === 'handshake' && /no matching/i.test(error?.message ?? '')) {
    return new DeviceError(...told(`it has no algorithms in common with edgeml (${error?.message}). Update its SSH server`));
  }
  return say(`${error?.message ?? 'it closed the connection'}. Check that an SSH server answers there`);
}

function loginReason({ user, agent }: Settings, { error }: Failure, identities: Identities): string {
  const offered = identities.names;
  const problems = identities.problems.length > 0 ? ` Of the others: ${identities.problems.join('; ')}.` : '';
  const ended = error?.level === 'client-authentication' ? '' : ` (${error?.message ?? 'it closed the connection'})`;
  if (offered.length === 0) {
    const none = agent === undefined ? 'no agent runs (SSH_AUTH_SOCK) and there is no key file' : 'neither agent nor key files have one';
    return `there is no key to log in with: ${none}.${problems} Give one with --identity, or add it to the agent with ssh-add`;
  }
  return `it accepts none of the keys offered for the user '${user}'${ended}: ${offered.join(', ')}.${problems} Check the user name, and ~/.ssh/authorized_keys there`;
}
