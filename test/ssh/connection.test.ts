import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect as tcp } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceError } from '../../src/errors.js';
import { connect } from '../../src/ssh/connect.js';
import type { Connection } from '../../src/ssh/types.js';
import { hasSshd, type Server, Servers, user } from './server.js';

describe.skipIf(!hasSshd)('a connection', () => {
  let all: Servers;
  let server: Server;
  let connection: Connection;
  beforeAll(async () => {
    all = new Servers();
    server = await all.add();
    connection = await connect(server.target, all.options([server]));
  });
  afterAll(async () => {
    await connection?.close();
    await all?.close();
  });

  it('runs commands: status, signal, both outputs, stdin', async () => {
    expect(await connection.exec('echo out; echo err >&2; exit 3')).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await connection.exec('kill -TERM $$')).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect((await connection.exec('wc -c', { stdin: new Uint8Array(3_000_000) })).stdout.trim()).toBe('3000000');
    expect((await connection.script('set -e\nx="a b"\necho "$x"\ncat')).stdout).toBe('a b\n');
    expect(await connection.exec('cat')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('streams output, and many commands at once', async () => {
    const sizes = await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => {
        let size = 0;
        const onStdout = (chunk: Buffer): void => {
          size += chunk.length;
        };
        await connection.exec(`head -c ${n}000000 /dev/zero`, { onStdout });
        return size;
      }),
    );
    expect(sizes).toEqual([1e6, 2e6, 3e6, 4e6, 5e6]);
  });

  it('ends commands that take too long or print too much, and goes on', async () => {
    await expect(connection.exec('sleep 2; echo late', { timeout: 200 })).rejects.toThrow(
      /'sleep 2; echo late' on .* did not end within 0\.2 s/,
    );
    await expect(connection.exec('yes', { maxOutput: 100_000 })).rejects.toThrow("'yes' on");
    await expect(
      connection.exec('yes', {
        onStdout: () => {
          throw new DeviceError('enough');
        },
      }),
    ).rejects.toThrow('enough');
    expect((await connection.exec('echo still here')).stdout).toBe('still here\n');
  });

  it('uploads bytes and files, appends, sets permissions, and downloads', async () => {
    const path = join(all.folder, "a file's name");
    const bytes = Uint8Array.from({ length: 1_234_567 }, (_, i) => (i * 31) >> 3);
    const seen: number[] = [];
    await connection.upload(bytes, path, { mode: 0o700, onProgress: (n) => seen.push(n) });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(seen.at(-1)).toBe(bytes.length);
    const local = join(all.folder, 'local');
    writeFileSync(local, 'hello world');
    await connection.upload({ path: local, start: 6 }, path, { append: true });
    expect((await connection.download(path)).subarray(-8).toString('latin1')).toMatch(/world$/);
    expect((await connection.download(path)).length).toBe(bytes.length + 5);
    await connection.upload(new Uint8Array(0), path);
    expect(statSync(path).size).toBe(0);
  });

  it('tells what the device says when a file cannot be written or read', async () => {
    await expect(connection.upload(new Uint8Array(5e6), join(all.folder, 'no/such'))).rejects.toThrow(/cannot write .*no\/such: .*such/);
    await expect(connection.upload(new Uint8Array(5e6), '/dev/full')).rejects.toThrow(/cannot write .*No space left/);
    await expect(connection.download(join(all.folder, 'absent'))).rejects.toThrow(/cannot read .*absent: .*No such file/);
    await expect(connection.download('/dev/zero', { maxBytes: 1e6 })).rejects.toThrow('has more than 1000000 bytes');
    await expect(connection.upload({ path: join(all.folder, 'absent') }, '/dev/null')).rejects.toThrow('Cannot read');
  });

  it('holds a command until it is released', async () => {
    const held = await connection.hold(`sh -c 'echo ready; cat; exit 7'`);
    expect(held.line).toBe('ready');
    expect(await held.release()).toMatchObject({ code: 7 });
    await expect(connection.hold('echo no >&2; exit 1')).rejects.toThrow(/\(status 1\): no/);
  });

  it('fails every call, under way or later, when the server is killed', async () => {
    const doomed = await all.add();
    const one = await connect(doomed.target, all.options([doomed]));
    let lost = '';
    one.onLost((why) => {
      lost = why;
    });
    const calls = [one.exec('sleep 60'), one.upload(new Uint8Array(1e9), '/dev/null')];
    await sleep(300);
    doomed.kill();
    for (const call of calls) {
      const error = await call.catch((e) => e);
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.exitCode).toBe(4);
      expect(error.message).toMatch(new RegExp(`^The connection to ${user}@127\\.0\\.1\\.\\d+:\\d+ was lost while running `));
    }
    expect(lost).not.toBe('');
    await expect(one.exec('true')).rejects.toThrow('was lost');
    await one.close();
    await doomed.start();
    const again = await connect(doomed.target, all.options([doomed]));
    expect((await again.exec('echo back')).stdout).toBe('back\n');
    await again.close();
  });

  it('notices within seconds that a server has stopped, during a command and during an upload', async () => {
    const doomed = await all.add();
    const [one, two] = [await connect(doomed.target, all.options([doomed])), await connect(doomed.target, all.options([doomed]))];
    const calls = [one.exec('sleep 60'), two.upload(new Uint8Array(1e9), '/dev/null')].map((c) => c.catch((e) => e.message as string));
    await sleep(300);
    const since = performance.now();
    doomed.freeze();
    for (const call of calls) expect(await call).toMatch(/was lost while .*: it has not answered for 4 s\./);
    expect(performance.now() - since).toBeLessThan(7000);
    await Promise.all([one.close(), two.close()]);
  });

  it('goes on while new keys are agreed on', async () => {
    const strict = await all.add({ config: ['RekeyLimit 1M'] });
    const one = await connect(strict.target, all.options([strict]));
    expect((await one.exec('wc -c', { stdin: new Uint8Array(20_000_000) })).stdout.trim()).toBe('20000000');
    expect((await one.exec('head -c 5000000 /dev/zero')).stdout).toHaveLength(5_000_000);
    expect(strict.log().match(/rekey/g)?.length).toBeGreaterThan(5);
    await one.close();
  });

  it('serves many connections at once', async () => {
    const many = await Promise.all(Array.from({ length: 25 }, () => connect(server.target, all.options([server]))));
    const said = await Promise.all(many.map((one, i) => one.exec(`echo ${i}`)));
    expect(said.map((r) => Number(r.stdout))).toEqual(many.map((_, i) => i));
    await Promise.all(many.map((one) => one.close()));
  });

  it('is not taken for lost on a link that is slow', async () => {
    const relay = await slowRelay(server, 40_000);
    const known = join(all.folder, 'known_relay');
    writeFileSync(known, server.knownHost().replace(/\S+/, `[127.0.0.1]:${relay.port}`));
    const slow = await connect(`${user}@127.0.0.1:${relay.port}`, all.options([], { knownHostsFiles: [known] }));
    const path = join(all.folder, 'slow');
    await slow.upload(new Uint8Array(300_000).fill(1), path);
    expect(statSync(path).size).toBe(300_000);
    expect((await slow.download(path)).length).toBe(300_000);
    await slow.close();
    relay.close();
  });
});

/** Passes on at most `rate` bytes a second each way. */
async function slowRelay(to: Server, rate: number): Promise<{ port: number; close(): void }> {
  const relay = createServer((near) => {
    const far = tcp({ host: to.host, port: to.port });
    for (const [from, into] of [
      [near, far],
      [far, near],
    ]) {
      from.on('error', () => into.destroy());
      from.on('close', () => into.destroy());
      (async () => {
        for await (const chunk of from) {
          into.write(chunk);
          await sleep((chunk.length / rate) * 1000);
        }
      })().catch(() => into.destroy());
    }
  });
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  return { port: (relay.address() as { port: number }).port, close: () => relay.close() };
}
