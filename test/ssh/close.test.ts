import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/ssh/connect.js';
import { hasSshd, type Server, Servers, user } from './server.js';

describe.skipIf(!hasSshd)('the end of a connection', () => {
  let all: Servers;
  let server: Server;
  let gate: Server;
  beforeAll(async () => {
    all = new Servers();
    [server, gate] = [await all.add(), await all.add()];
  });
  afterAll(() => all.close());

  it('does not wait for a server that has stopped', async () => {
    const stopped = await all.add();
    const connection = await connect(stopped.target, all.options([stopped]));
    const running = connection.exec('sleep 60').catch((e) => e.message as string);
    stopped.freeze();
    const since = performance.now();
    await connection.close();
    expect(performance.now() - since).toBeLessThan(3900);
    expect(await running).toMatch(/was lost while running 'sleep 60': it was closed on this side\.$/);
    await expect(connection.exec('true')).rejects.toThrow('it was closed on this side');
    await connection.close();
  });

  it('does not wait for a host on the way that has stopped', async () => {
    const stopped = await all.add();
    const connection = await connect(server.target, all.options([server, stopped], { jump: stopped.target }));
    stopped.freeze();
    const since = performance.now();
    await connection.close();
    expect(performance.now() - since).toBeLessThan(6000);
  });

  it('is noticed at once where only the other side has ended, behind another host too', async () => {
    const near: Socket[] = [];
    const relay = createServer({ allowHalfOpen: true }, (socket) => {
      near.push(socket);
      const far = dial({ host: server.host, port: server.port });
      for (const s of [socket, far]) s.on('error', () => {});
      socket.pipe(far).pipe(socket, { end: false });
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const { port } = relay.address() as AddressInfo;
    const knownHost = (): string => server.knownHost().replace(/^\S+/, `[127.0.0.1]:${port}`);
    for (const jump of ['none', gate.target]) {
      const connection = await connect(`${user}@127.0.0.1:${port}`, all.options([gate, { knownHost }], { jump }));
      const running = connection.exec('sleep 60').catch((e) => e.message as string);
      near.at(-1)?.end();
      expect(await running).toMatch(/lost while running 'sleep 60': the other side closed it\.$/);
      await connection.close();
    }
    for (const socket of near) socket.destroy();
    relay.close();
  });

  it('is as good behind another host: a file arrives whole', async () => {
    const connection = await connect(server.target, all.options([server, gate], { jump: gate.target }));
    const bytes = randomBytes(10_000_000);
    await connection.upload(bytes, join(all.folder, 'behind'));
    expect(readFileSync(join(all.folder, 'behind')).equals(bytes)).toBe(true);
    await connection.close();
  });
});
