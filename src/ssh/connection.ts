import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { DeviceError, OfflineError } from '../errors.js';
import { fileChunks } from './file-chunks.js';
import { Pending } from './pending.js';
import { quote } from './quote.js';
import { endUnlessLost, type Link, runCommand } from './run-command.js';
import type { Connection, ExecOptions, ExecResult, Held, Upload, UploadOptions } from './types.js';

const defaultMaxDownload = 16 * 1024 * 1024;
/** For the other side to answer a farewell, ms. */
const patience = 2000;

/** A {@link Connection} on a client that has logged in. */
export class ClientConnection implements Connection, Link {
  readonly name: string;
  readonly client: Client;
  readonly pending: Pending;
  readonly #transport: Duplex;
  readonly #via: Connection | undefined;

  /** `transport` carries the client's bytes; `via` is the connection that it goes through, which ends with this one. */
  constructor(name: string, client: Client, transport: Duplex, via?: Connection) {
    this.name = name;
    this.client = client;
    this.#transport = transport;
    this.#via = via;
    this.pending = new Pending(name);
  }

  get lost(): string | undefined {
    return this.pending.lost;
  }

  onLost(listener: (why: string) => void): void {
    this.pending.onLost(listener);
  }

  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return runCommand(this, command, options);
  }

  script(text: string, options: Omit<ExecOptions, 'stdin' | 'onProgress'> = {}): Promise<ExecResult> {
    return runCommand(this, 'sh -s', { title: 'a script', ...options, stdin: text });
  }

  async hold(command: string): Promise<Held> {
    let release: () => void = () => {};
    const released = new Promise<void>((done) => {
      release = done;
    });
    const untilReleased: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => released.then(() => ({ done: true, value: undefined })) }),
    };
    let text = '';
    let printed: (line: string) => void = () => {};
    const line = new Promise<string>((done) => {
      printed = done;
    });
    const ended = this.exec(command, {
      stdin: untilReleased,
      onStdout: (chunk) => {
        text += chunk.toString('utf8');
        if (text.includes('\n')) printed(text.slice(0, text.indexOf('\n')));
      },
    });
    // Told to whoever waits for the line or for the end; a connection that is lost between them is told by what runs then.
    ended.catch(() => {});
    const early = ended.then(({ code, stderr }) => {
      throw new DeviceError(`${this.name} ended a command that was to go on (status ${code}): ${stderr.trim() || 'it said nothing'}.`);
    });
    return {
      line: await Promise.race([line, early]),
      release() {
        release();
        return ended;
      },
    };
  }

  async upload(from: Upload, to: string, { append, mode, onProgress, timeout }: UploadOptions = {}): Promise<void> {
    const bytes = from instanceof Uint8Array;
    let sent = 0;
    const stdin = counted(bytes ? [from] : fileChunks(from.path, from.start ?? 0), (n) => {
      sent += n;
    });
    const path = quote(to);
    const before = append ? `n=$(wc -c < ${path} 2>/dev/null || echo 0); ` : 'n=0; ';
    const chmod = mode === undefined ? '' : ` && chmod ${mode.toString(8)} ${path}`;
    const command = `${before}cat ${append ? '>>' : '>'} ${path} && m=$(wc -c < ${path})${chmod} && echo $((m - n))`;
    const result = await this.exec(`sh -c ${quote(command)}`, { stdin, onProgress, timeout, title: `the upload of ${to}` });
    if (result.code !== 0) throw this.#failed(`cannot write ${to}`, result);
    if (Number(result.stdout) !== sent) {
      throw new DeviceError(
        `${this.name} has ${result.stdout.trim()} of the ${sent} bytes that were sent to ${to}. Check its free space and try again.`,
      );
    }
  }

  async download(path: string, options: { readonly maxBytes?: number; readonly timeout?: number } = {}): Promise<Buffer> {
    const limit = options.maxBytes ?? defaultMaxDownload;
    const chunks: Buffer[] = [];
    let size = 0;
    const onStdout = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) throw new DeviceError(`${path} on ${this.name} has more than ${limit} bytes. It is not what was expected there.`);
      chunks.push(chunk);
    };
    const result = await this.exec(`cat ${quote(path)}`, { onStdout, timeout: options.timeout, title: `the download of ${path}` });
    if (result.code !== 0) throw this.#failed(`cannot read ${path}`, result);
    return Buffer.concat(chunks);
  }

  forward(host: string, port: number): Promise<Duplex> {
    return this.pending.run(`connecting from there to ${host}:${port}`, (done, fail) => {
      this.client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (!error) return done(channel);
        const { message, reason } = error as Error & { reason?: number };
        // 1 is "administratively prohibited" (RFC 4254, 5.1): trying again would change nothing.
        const Kind = reason === 1 ? DeviceError : OfflineError;
        const why = message.replace('(SSH) Channel open failure: ', '');
        endUnlessLost(
          this,
          fail,
          new Kind(`${this.name} cannot connect to ${host}:${port}: ${why}. Check that host, and AllowTcpForwarding on ${this.name}.`),
        );
      });
    });
  }

  async close(): Promise<void> {
    this.pending.expectEnd();
    if (this.pending.lost === undefined) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, patience);
        this.client.once('close', () => {
          clearTimeout(timer);
          done();
        });
        this.client.end();
      });
    }
    // A server that has stopped never closes its side, and the client destroys nothing whose own side it has ended.
    this.#transport.destroy();
    this.pending.lose('it was closed on this side');
    await this.#via?.close();
  }

  #failed(what: string, { code, signal, stderr }: ExecResult): DeviceError {
    const words = stderr.trim().split('\n').slice(-3).join(' ') || (signal ? `ended by ${signal}` : `status ${code}`);
    return new DeviceError(`${this.name} ${what}: ${words}. Check the path, its permissions and the free space.`);
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    count(chunk.length);
  }
}
