import type { Duplex } from 'node:stream';

/**
 * Holds back what is written to `stream` until the code that writes has ended, and then hands it over at once. An SSH packet
 * is three writes; each would be a system call, wake the server up, and, without Nagle's algorithm, be a segment of its own.
 */
export function gatherWrites(stream: Duplex): void {
  const write = stream.write;
  let held = false;
  stream.write = (...args: unknown[]): boolean => {
    if (!held) {
      held = true;
      stream.cork();
      process.nextTick(() => {
        held = false;
        stream.uncork();
      });
    }
    return Reflect.apply(write, stream, args);
  };
  // A socket takes many buffers as they are; a channel of another connection, which packs them anew, would pack each alone.
  stream._writev ??= (parts, done) => stream._write(Buffer.concat(parts.map((p) => p.chunk)), 'binary', done);
}
