import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceError } from '../../src/errors.js';
import { connect } from '../../src/ssh/connect.js';
import { fingerprint } from '../../src/ssh/known-hosts.js';
import type { SshOptions } from '../../src/ssh/settings.js';
import { hasSshd, makeKey, type Server, Servers, user } from './server.js';

describe.skipIf(!hasSshd)('connect', () => {
  let all: Servers;
  let server: Server;
  beforeAll(async () => {
    all = new Servers();
    server = await all.add({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
  });
  afterAll(() => all.close());

  const says = async (options: SshOptions, target = server.target): Promise<string> => {
    const connection = await connect(target, options);
    const { stdout } = await connection.exec('echo "$SSH_CONNECTION"');
    await connection.close();
    return stdout;
  };
  const refusal = async (options: SshOptions, target = server.target): Promise<string> => {
    const error = await connect(target, options).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DeviceError);
    return (error as DeviceError).message;
  };
  /** What the server logged while `action` ran. */
  const logged = async (action: () => Promise<unknown>): Promise<string> => {
    const before = server.log().length;
    await action();
    return server.log().slice(before);
  };

  it('logs in with a key', async () => {
    expect(await says(all.options([server]))).toContain(` ${server.host} ${server.port}\n`);
  });

  it.each(['ecdsa', 'rsa'])('asks for the %s host key where that is the one that is known', async (type) => {
    const known = join(all.folder, `known_${type}`);
    writeFileSync(known, `${server.knownHost(type)}\n`);
    expect(await says(all.options([], { knownHostsFiles: [known] }))).toContain(server.host);
  });

  it.each([
    ['ed25519', []],
    ['rsa', ['-m', 'PEM']],
    ['ecdsa', []],
  ])('opens an encrypted %s key with its passphrase, and tells a wrong one', async (type, more) => {
    const key = join(all.folder, `id_encrypted_${type}`);
    makeKey(key, type, 'correct horse');
    if (more.length > 0)
      execFileSync('ssh-keygen', ['-q', '-p', '-P', 'correct horse', '-N', 'correct horse', ...more, '-f', key], { stdio: 'ignore' });
    all.authorize(`${key}.pub`);
    const asked: string[] = [];
    const wrong = await refusal(all.options([server], { identityFiles: [key], passphrase: async () => 'wrong' }));
    expect(wrong).toContain(`the passphrase for ${key} is wrong`);
    const none = await refusal(all.options([server], { identityFiles: [key], passphrase: async () => undefined }));
    expect(none).toMatch(/is encrypted and there is no passphrase for it; add it to the agent \(ssh-add\) or set EDGEML_SSH_PASSPHRASE/);
    const answers = ['wrong', 'correct horse'];
    const passphrase = async (file: string): Promise<string | undefined> => {
      asked.push(file);
      return answers.shift();
    };
    for (let i = 0; i < 2; i++) expect(await says(all.options([server], { identityFiles: [key], passphrase }))).toContain(server.host);
    // The second connection uses the key that is open already.
    expect(asked).toEqual([key, key]);
    expect(`${wrong}${none}`).not.toContain('horse');
  });

  it('takes the passphrase from EDGEML_SSH_PASSPHRASE', async () => {
    const key = join(all.folder, 'id_environment');
    makeKey(key, 'ed25519', 'from outside');
    all.authorize(`${key}.pub`);
    process.env.EDGEML_SSH_PASSPHRASE = 'from outside';
    try {
      expect(await says(all.options([server], { identityFiles: [key] }))).toContain(server.host);
    } finally {
      delete process.env.EDGEML_SSH_PASSPHRASE;
    }
  });

  it('logs in with keys of the agent, those of identityFiles alone where that is asked for', async () => {
    const socket = join(all.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket]);
    try {
      await once(agent.stdout, 'data');
      const add = (key: string): unknown =>
        execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
      const stranger = join(all.folder, 'id_stranger');
      makeKey(stranger, 'ed25519', '', 'stranger');
      add(stranger);
      const options = all.options([server], { agent: socket, identityFiles: [] });
      expect(await refusal(options)).toContain(`none of the keys offered for the user '${user}': agent: stranger.`);
      add(all.key);
      expect(await says(options)).toContain(server.host);
      // The public half alone names the key that the agent is to sign with.
      const half = join(all.folder, 'half');
      writeFileSync(`${half}.pub`, readFileSync(`${all.key}.pub`));
      expect(await says({ ...options, identitiesOnly: true, identityFiles: [`${half}.pub`] })).toContain(server.host);
      expect(await refusal({ ...options, identitiesOnly: true, identityFiles: [stranger] })).not.toContain('agent: test');
    } finally {
      agent.kill();
    }
    expect(await says(all.options([server], { agent: socket }))).toContain(server.host);
    expect(await refusal(all.options([server], { agent: socket, identityFiles: [] }))).toMatch(
      /no key to log in with: .*agent does not answer/,
    );
  });

  it('goes through other hosts, and checks the key of each', async () => {
    const [outer, gate] = [await all.add(), await all.add()];
    const jump = `${outer.target},${gate.target}`;
    const everybody = all.options([server, outer, gate], { jump });
    expect(await says(everybody)).toContain(` ${server.host} ${server.port}\n`);
    for (const hop of [outer, gate]) expect(hop.log()).toContain('ctype direct-tcpip');
    expect(await refusal(all.options([server, gate], { jump }))).toContain(`${outer.target} shows the host key`);
    expect(await refusal(all.options([outer, gate], { jump }))).toContain(`${server.target} shows the host key`);
    expect(await refusal(everybody, `${user}@127.0.0.1:1`)).toContain(`${gate.target} cannot connect to 127.0.0.1:1: Connection refused`);
    const connection = await connect(server.target, everybody);
    const running = connection.exec('sleep 60');
    gate.kill();
    // On a busy machine the silence may be noticed before the end of the connection underneath.
    await expect(running).rejects.toThrow(
      /lost while running 'sleep 60': (.*which it goes through, was lost|the other side closed it|it has not answered for \d s)/,
    );
    await connection.close();
  });

  it('sends nothing to a host with an unknown, changed or revoked key', async () => {
    const other = await all.add();
    const key = server.knownHost().split(' ').slice(1).join(' ');
    const print = fingerprint(Buffer.from(key.split(' ')[1], 'base64'));
    const name = `[${server.host}]:${server.port}`;
    const cases: readonly [string, RegExp][] = [
      ['', /which is not in .*known_.*Compare the fingerprint/],
      [`${name} ${other.knownHost().split(' ').slice(1).join(' ')}`, /line 1 knows it by ssh-ed25519 SHA256:.*ssh-keygen -f/],
      [`${server.knownHost()}\n@revoked * ${key}`, /line 2 marks as revoked/],
      [`@cert-authority * ${key}`, /line 1 trusts a certificate authority \(@cert-authority\)/],
    ];
    for (const [i, [text, message]] of cases.entries()) {
      const known = join(all.folder, `known_case_${i}`);
      writeFileSync(known, `${text}\n`);
      const log = await logged(async () => {
        const said = await refusal(all.options([], { knownHostsFiles: [known], acceptNewHostKeys: i > 0 && i < 3 }));
        expect(said).toMatch(message);
        expect(said).toContain(print);
        expect(said).toContain('Nothing was sent.');
      });
      expect(log).toContain('Connection from');
      expect(log).not.toMatch(/userauth|Accepted|Failed/);
      expect(readFileSync(known, 'utf8')).toBe(`${text}\n`);
    }
  });

  it('takes the key of a new host where that is asked for, and knows it from then on, hashed if ssh is told so', async () => {
    const known = join(all.folder, 'known_new');
    const config = join(all.folder, 'config_hash');
    writeFileSync(config, 'HashKnownHosts yes\n');
    const options = all.options([], { knownHostsFiles: [known], configFiles: [config] });
    expect(await says({ ...options, acceptNewHostKeys: true })).toContain(server.host);
    expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|[\w+/=]{28}\|[\w+/=]{28} ssh-ed25519 \S+\n$/);
    expect(await says(options)).toContain(server.host);
  });

  it('tells a wrong user, nobody there, no key, and a server that is none', async () => {
    const wrong = `edgeml-nobody@${server.host}:${server.port}`;
    expect(await refusal(all.options([server]), wrong)).toMatch(
      /accepts none of the keys offered for the user 'edgeml-nobody'.*Check the user name/,
    );
    expect(await refusal(all.options([server]), `${user}@127.0.0.1:1`)).toContain('nothing answers there');
    expect(await refusal(all.options([server], { identityFiles: [] }))).toMatch(/no agent runs .* there is no key file.*ssh-add/);
    const [silent, web] = await Promise.all([listen(() => {}), listen((s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'))]);
    try {
      expect(await refusal(all.options([], { handshakeTimeout: 500 }), `x@127.0.0.1:${portOf(silent)}`)).toContain(
        'did not end within 0.5 s',
      );
      expect(await refusal(all.options([]), `x@127.0.0.1:${portOf(web)}`)).toMatch(/Check that an SSH server answers there/);
    } finally {
      silent.close();
      web.close();
    }
  });
});

async function listen(onConnection: (socket: import('node:net').Socket) => void): Promise<TcpServer> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: TcpServer): number => (server.address() as { port: number }).port;
