/** Handshakes at one time: more would keep each other waiting until they time out, and servers drop them (MaxStartups 10). */
const most = 8;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `action` when fewer than eight others run, in the order of the calls. */
export async function limited<T>(action: () => Promise<T>): Promise<T> {
  if (running >= most) await new Promise<void>((go) => waiting.push(go));
  else running++;
  try {
    return await action();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
