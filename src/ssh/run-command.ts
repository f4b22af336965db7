import type { Client, ClientChannel } from 'ssh2';
import { DeviceError, OfflineError } from '../errors.js';
import { ping } from './liveness.js';
import { Pacer } from './pacer.js';
import type { Pending } from './pending.js';
import type { ExecOptions, ExecResult } from './types.js';

const defaultMaxOutput = 16 * 1024 * 1024;

/** What a command's channel needs to know of its connection. */
export interface Link {
  readonly name: string;
  readonly client: Client;
  readonly pending: Pending;
}

/** Runs one command on a channel of its own. See Connection.exec. */
export function runCommand(link: Link, command: string, options: ExecOptions): Promise<ExecResult> {
  const title = options.title ?? `'${command.length > 60 ? `${command.slice(0, 57)}…` : command}'`;
  return link.pending.run(`running ${title}`, (done, fail) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (error: Error): void => {
      clearTimeout(timer);
      fail(error);
    };
    link.client.exec(command, (error, channel) => {
      if (error) {
        return endUnlessLost(
          link,
          end,
          new DeviceError(
            `${link.name} did not start ${title}: ${error.message}. Check the device's SSH server; edgeml runs up to 6 commands at one time (MaxSessions).`,
          ),
        );
      }
      if (options.timeout !== undefined) {
        timer = setTimeout(() => {
          abandon(channel);
          end(new DeviceError(`${title} on ${link.name} did not end within ${(options.timeout as number) / 1000} s and was stopped.`));
        }, options.timeout);
      }
      const output = collect(link, channel, title, options, end);
      channel.once('close', () => {
        clearTimeout(timer);
        output.then((result) => {
          if (result) return done(result);
          const message = `${link.name} ended ${title} without an exit status. Check the device's SSH server.`;
          endUnlessLost(link, fail, new OfflineError(message));
        }, fail);
      });
      feed(link, channel, options).catch((e: Error) => {
        abandon(channel);
        end(e);
      });
    });
  });
}

/** Where the connection is lost, that is told in a moment, and is the better reason. */
export function endUnlessLost(link: Link, fail: (error: Error) => void, error: DeviceError): void {
  setTimeout(() => link.pending.lost === undefined && fail(error), 50);
}

/** OpenSSH since 7.9 passes signals on, though not for root; otherwise the command ends when it next reads or writes. */
function abandon(channel: ClientChannel): void {
  channel.signal('KILL');
  channel.close();
}

/** Resolves when the command has ended and both kinds of output have been read; undefined where it left no status. */
async function collect(
  link: Link,
  channel: ClientChannel,
  title: string,
  options: ExecOptions,
  end: (error: Error) => void,
): Promise<ExecResult | undefined> {
  const limit = options.maxOutput ?? defaultMaxOutput;
  const texts = [channel, channel.stderr].map((stream, kind) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      if (kind === 0 && options.onStdout) {
        try {
          return options.onStdout(chunk);
        } catch (error) {
          // Thrown from here it would end the whole connection.
          abandon(channel);
          return end(error as Error);
        }
      }
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      abandon(channel);
      end(new DeviceError(`${title} on ${link.name} printed more than ${limit} bytes and was stopped.`));
    });
    return new Promise<string>((done) => stream.once('end', () => done(Buffer.concat(chunks).toString('utf8'))));
  });
  const exit = new Promise<{ code: number | null; signal?: string } | undefined>((done) => {
    channel.once('exit', (code: number | null, signal?: string) => done({ code, ...(signal !== undefined && { signal }) }));
    channel.once('close', () => done(undefined));
  });
  const [[stdout, stderr], status] = await Promise.all([Promise.all(texts), exit]);
  return status && { ...status, stdout, stderr };
}

/** Sends stdin, until its end or until the command no longer reads. */
async function feed({ client }: Link, channel: ClientChannel, { stdin, onProgress }: ExecOptions): Promise<void> {
  if (stdin === undefined) return void channel.end();
  const pacer = new Pacer(() => ping(client), onProgress);
  const closed = new Promise<'closed'>((done) => channel.once('close', () => done('closed')));
  channel.on('error', () => channel.close());
  const source = typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin instanceof Uint8Array ? [stdin] : stdin;
  for await (const chunk of source) if ((await Promise.race([pacer.write(channel, chunk), closed])) === 'closed') return;
  channel.end();
  await Promise.race([pacer.flush(), closed]);
}
