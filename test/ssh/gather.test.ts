import { Duplex, type DuplexOptions } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatherWrites } from '../../src/ssh/gather.js';

/** What reaches a stream, call by call. */
function stream(options: DuplexOptions, seen: string[]): Duplex {
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      seen.push(String(chunk));
      done();
    },
    ...options,
  });
  gatherWrites(duplex);
  return duplex;
}

describe('gatherWrites', () => {
  it('hands what is written in one turn to a channel as one piece', async () => {
    const seen: string[] = [];
    const channel = stream({}, seen);
    for (const text of ['one', ' two', ' three']) channel.write(Buffer.from(text));
    expect(seen).toEqual([]);
    await turn();
    channel.write(Buffer.from('four'));
    await turn();
    expect(seen).toEqual(['one two three', 'four']);
  });

  it('hands it to a socket as one list', async () => {
    const seen: string[] = [];
    const writev: DuplexOptions['writev'] = (parts, done) => {
      seen.push(parts.map((p) => String(p.chunk)).join('|'));
      done();
    };
    const socket = stream({ writev }, seen);
    for (const text of ['one', 'two', 'three']) socket.write(Buffer.from(text));
    await turn();
    expect(seen).toEqual(['one|two|three']);
  });

  it('keeps nothing back at the end', async () => {
    const seen: string[] = [];
    const channel = stream({}, seen);
    const finished = new Promise((done) => channel.once('finish', done));
    channel.write(Buffer.from('last'));
    channel.write(Buffer.from(' words'));
    channel.end();
    await finished;
    expect(seen).toEqual(['last words']);
  });
});
