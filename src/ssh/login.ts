import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { DeviceError } from '../errors.js';
import { Clock } from './clock.js';
import { ClientConnection } from './connection.js';
import { gatherWrites } from './gather.js';
import { hostKeyCheck } from './host-key.js';
import { Identities } from './identities.js';
import { watch } from './liveness.js';
import { type Failure, loginError } from './login-error.js';
import type { Settings, SshOptions } from './settings.js';
import type { Connection } from './types.js';

const defaultTimeout = 20_000;

/** AES in counter mode with GHASH first: Node's own, and many times as fast as what ssh2 has for the others. */
const ciphers = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
];

/** Connects and logs in to one host, `via` another where there is one. See {@link loginError} for what it throws. */
export async function login(settings: Settings, options: SshOptions, via?: Connection): Promise<Connection> {
  const check = hostKeyCheck(settings, options.acceptNewHostKeys ?? false);
  const clock = new Clock(options.handshakeTimeout ?? defaultTimeout);
  const ask = options.passphrase ?? (async () => process.env.EDGEML_SSH_PASSPHRASE || undefined);
  const identities = await Identities.collect(settings, (file) => clock.pause(() => ask(file)));
  const transport: Duplex = via ? await via.forward(settings.host, settings.port) : tcp(settings);
  // As a socket does: a channel would wait for our own end after the other side's.
  transport.allowHalfOpen = false;
  gatherWrites(transport);
  const client = new ssh2.Client();
  const connection = new ClientConnection(settings.name, client, transport, via);
  const failure: { -readonly [K in keyof Failure]: Failure[K] } = { phase: 'connect' };
  await new Promise<void>((done, fail) => {
    const stop = (): void => {
      clock.stop();
      client.destroy();
      transport.destroy();
      fail(failure.told ?? check.refusal ?? loginError(settings, failure, identities));
    };
    clock.start((seconds) => {
      failure.timeout = seconds;
      stop();
    });
    client.on('connect', () => {
      failure.phase = 'handshake';
    });
    client.on('handshake', () => {
      // Long connections agree on new keys now and then.
      if (failure.phase === 'ready') return;
      failure.phase = 'login';
      try {
        check.proven();
      } catch (error) {
        failure.told = error as DeviceError;
        stop();
      }
    });
    client.on('error', (error: Error & { level?: string; code?: string | number }) => {
      // The agent's refusals are told by Identities, and the next key is tried.
      if (error.level === 'agent') return;
      failure.error ??= error;
      if (connection.lost === undefined) connection.pending.lose(reasonOf(error));
      if (failure.phase !== 'ready') stop();
    });
    client.on('close', () => {
      connection.pending.lose(via?.lost ? `${via.name}, which it goes through, was lost (${via.lost})` : 'the other side closed it');
      if (failure.phase !== 'ready') stop();
    });
    client.on('ready', () => {
      failure.phase = 'ready';
      clock.stop();
      watch(client, transport, (seconds) => {
        connection.pending.lose(`it has not answered for ${seconds} s`);
        client.destroy();
        transport.destroy();
      });
      done();
    });
    client.connect({
      sock: transport as Socket,
      username: settings.user,
      // Passphrases are asked for during the login: its own clock stands still meanwhile.
      readyTimeout: 0,
      keepaliveInterval: 0,
      hostVerifier: (key: Buffer) => check.verify(key),
      algorithms: { serverHostKey: [...check.algorithms] as ssh2.ServerHostKeyAlgorithm[], cipher: ciphers as ssh2.CipherAlgorithm[] },
      authHandler: authentication(settings.user, identities),
    });
  });
  return connection;
}

/** 'none' first, as ssh does: some devices let a user in without a key, and others say what they would take. */
function authentication(user: string, identities: Identities): ssh2.AuthHandlerMiddleware {
  const methods = [{ type: 'none', username: user } as const, { type: 'agent', username: user, agent: identities } as const];
  return (_left, _partial, next) => next((methods.shift() ?? false) as ssh2.AnyAuthMethod);
}

function tcp({ host, port }: Settings): Socket {
  const socket = connectTcp({ host, port });
  socket.setNoDelay(true);
  return socket;
}

function reasonOf(error: Error & { code?: string | number }): string {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'the other side cut it';
  if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH') return `the network lost it (${error.code})`;
  return error.message;
}
