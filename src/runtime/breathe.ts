import { setImmediate } from 'node:timers/promises';

/** Milliseconds that long computations on this thread may hold the event loop up. */
const longest = 50;
let last = performance.now();

/**
 * Gives the event loop a turn where the last one was a while ago: signals (Ctrl-C) and progress wait while wasm or
 * JavaScript computes, and an `await` of something already computed does not let them in.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - last < longest) return;
  await setImmediate();
  last = performance.now();
}
