import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OfflineError } from '../../../src/errors.js';
import { connect } from '../../../src/ssh/connect.js';
import { type Address, hasSshd, type Server, Servers } from '../../ssh/server.js';
import { Relay, type RelayOptions } from './relay.js';

describe('a relay', () => {
  const received: Buffer[] = [];
  /** Sends back what it gets. */
  const echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.pipe(socket);
  });
  const relays: Relay[] = [];
  beforeAll(() => once(echo.listen(0, '127.0.0.1'), 'listening'));
  afterEach(async () => {
    received.length = 0;
    for (const relay of relays.splice(0)) await relay.close();
  });
  afterAll(() => void echo.close());

  async function relayed(options: RelayOptions = {}): Promise<Relay> {
    const { port } = echo.address() as AddressInfo;
    const to: Address = { host: '127.0.0.1', port, target: `x@127.0.0.1:${port}`, knownHost: () => `127.0.0.1 ssh-ed25519 key` };
    const relay = await Relay.start(to, options);
    relays.push(relay);
    return relay;
  }
  async function open({ host, port }: Relay): Promise<Socket> {
    const socket = dial({ host, port });
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }
  /** What comes back of `bytes`, until `count` of them or the end. */
  async function sendBack(socket: Socket, bytes: Buffer, count = bytes.length): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= count) resolve();
      });
      socket.once('close', () => resolve());
    });
    socket.write(bytes);
    await done;
    return Buffer.concat(chunks);
  }

  it('passes everything on, in order, and the end', async () => {
    const relay = await relayed();
    const bytes = randomBytes(5_000_000);
    const socket = await open(relay);
    expect((await sendBack(socket, bytes)).equals(bytes)).toBe(true);
    socket.end();
    await once(socket, 'close');
    expect(relay).toMatchObject({ bytesToDevice: 5_000_000, bytesFromDevice: 5_000_000, connections: 1, refused: 0 });
    expect(relay.target).toBe(`x@127.0.0.1:${relay.port}`);
    expect(relay.knownHost()).toBe(`[127.0.0.1]:${relay.port} ssh-ed25519 key`);
  });

  it('takes its time each way, and carries no more than it is told to', async () => {
    const late = await open(await relayed({ delayMs: 60 }));
    let since = performance.now();
    await sendBack(late, Buffer.from('x'));
    expect(performance.now() - since).toBeGreaterThan(118);
    const bytes = randomBytes(100_000);
    const slow = await open(await relayed({ rateBytesPerSecond: 200_000 }));
    since = performance.now();
    expect((await sendBack(slow, bytes)).equals(bytes)).toBe(true);
    expect(performance.now() - since).toBeGreaterThan(490);
  });

  it('cuts each connection after its number of bytes', async () => {
    const relay = await relayed({ cutAfterBytes: [70_000, undefined, 0] });
    for (const [expected, end] of [
      [70_000, true],
      [100_000, false],
    ] as const) {
      const socket = await open(relay);
      await sendBack(socket, randomBytes(100_000));
      expect(socket.closed || socket.destroyed).toBe(end);
      await sleep(20);
      expect(received.splice(0).reduce((sum, chunk) => sum + chunk.length, 0)).toBe(expected);
    }
    const none = await open(relay);
    await sendBack(none, Buffer.from('x'));
    expect(received).toEqual([]);
    expect(relay.bytesToDevice).toBe(170_000);
  });

  it('is a black hole, cuts and refuses when it is told to', async () => {
    const relay = await relayed();
    const socket = await open(relay);
    relay.pause();
    const back = sendBack(socket, Buffer.from('x'));
    const other = await open(relay);
    const back2 = sendBack(other, Buffer.from('y'));
    await sleep(100);
    expect(relay.bytesToDevice).toBe(0);
    expect([socket.destroyed, other.destroyed]).toEqual([false, false]);
    relay.resume();
    expect([String(await back), String(await back2)]).toEqual(['x', 'y']);
    relay.refuse = true;
    await once(await open(relay), 'close');
    expect(socket.destroyed).toBe(false);
    relay.cut();
    await Promise.all([once(socket, 'close'), once(other, 'close')]);
    expect(relay).toMatchObject({ connections: 2, refused: 1 });
  });
});

describe.skipIf(!hasSshd)('a relay in front of a device', () => {
  let all: Servers;
  let server: Server;
  beforeAll(async () => {
    all = new Servers();
    server = await all.add();
  });
  afterAll(() => all.close());

  it('is logged in through, with the key of the device', async () => {
    const relay = await Relay.start(server, { delayMs: 5 });
    const connection = await connect(relay.target, all.options([relay]));
    const bytes = randomBytes(1_000_000);
    await connection.upload(bytes, join(all.folder, 'file'));
    expect(readFileSync(join(all.folder, 'file')).equals(bytes)).toBe(true);
    expect(relay.bytesToDevice).toBeGreaterThan(1_000_000);
    const running = connection.exec('sleep 60');
    relay.cut();
    await expect(running).rejects.toThrow(OfflineError);
    relay.refuse = true;
    await expect(connect(relay.target, all.options([relay]))).rejects.toThrow(OfflineError);
    await Promise.all([connection.close(), relay.close()]);
  });

  it('loses an upload on the way, of which the beginning stays', async () => {
    const relay = await Relay.start(server, { cutAfterBytes: [2_000_000] });
    const connection = await connect(relay.target, all.options([relay]));
    const bytes = randomBytes(5_000_000);
    await expect(connection.upload(bytes, join(all.folder, 'part'))).rejects.toThrow(OfflineError);
    expect(relay.bytesToDevice).toBe(2_000_000);
    const part = readFileSync(join(all.folder, 'part'));
    expect(part.length).toBeLessThan(2_000_000);
    expect(part.equals(bytes.subarray(0, part.length))).toBe(true);
    await Promise.all([connection.close(), relay.close()]);
  });
});
