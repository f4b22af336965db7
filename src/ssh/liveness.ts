import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

const interval = 1000;
const countMax = 3;

/**
 * Asks the server for a sign of life. The request (cancel a forwarding that never was, RFC 4254, 7.1) changes nothing, and
 * every server has to answer it; answers come in the order of what was sent before, so that they also acknowledge data.
 */
export function ping(client: Client): Promise<void> {
  return new Promise((done, fail) => {
    try {
      // The answer is a refusal: that is the sign of life. Lost connections are told by others.
      client.unforwardIn('127.0.0.1', 1, () => done());
    } catch (error) {
      fail(error);
    }
  });
}

/**
 * Calls `dead` when nothing has come from the server for 3 to 4 s, in spite of being asked every second. Any bytes count,
 * not only answers: on a slow link those stand in line behind data.
 */
export function watch(client: Client, transport: Duplex, dead: (seconds: number) => void): void {
  let heard = true;
  let missed = 0;
  transport.on('data', () => {
    heard = true;
  });
  const timer = setInterval(() => {
    missed = heard ? 0 : missed + 1;
    heard = false;
    if (missed > countMax) {
      clearInterval(timer);
      dead((missed * interval) / 1000);
    } else ping(client).catch(() => clearInterval(timer));
  }, interval);
  client.once('close', () => clearInterval(timer));
}
