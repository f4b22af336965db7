import { Slots } from '../concurrent.js';

/** With one server: more would keep each other waiting until they time out, and servers drop them (MaxStartups 10). */
const mostOfOne = 8;
/** Altogether: room for devices that are off, which take their place until they are given up. */
const mostOfAll = 32;

const all = new Slots(mostOfAll);
const servers = new Map<string, Slots>();

/** Runs a handshake with `server` when few enough others run, with it and altogether, in the order of the calls. */
export async function limited<T>(server: string, handshake: () => Promise<T>): Promise<T> {
  const own = servers.get(server) ?? new Slots(mostOfOne);
  servers.set(server, own);
  try {
    return await own.run(() => all.run(handshake));
  } finally {
    if (own.isIdle) servers.delete(server);
  }
}
