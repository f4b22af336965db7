import type { Style } from './style.js';
import { bar, seconds } from './text.js';

/** One line on a terminal that says what is being done; nothing at all elsewhere. */
export interface Progress {
  /**
   * @param done Steps of `total` that are done; a stage begins when its name changes.
   * @param unit What a step is, for the rate: "samples".
   */
  update(stage: string, done: number, total: number, unit?: string): void;
  /** Prints a line above the progress line. */
  note(line: string): void;
  /** Removes the line. */
  stop(): void;
}

const barWidth = 24;
/** Milliseconds between redraws. */
const interval = 80;

/**
 * Progress on `stream` (stderr). Drawn from `update` and never by a timer: the runtimes compute on this thread, and a timer
 * would stand still just when there is something to wait for.
 */
export function progressOn(
  stream: NodeJS.WriteStream,
  style: Style,
  options: { readonly quiet?: boolean; readonly env?: NodeJS.ProcessEnv; readonly now?: () => number } = {},
): Progress {
  const { env = process.env, now = () => performance.now() } = options;
  if (!stream.isTTY || options.quiet || env.TERM === 'dumb') {
    return { update() {}, note: (line) => void stream.write(`${line}\n`), stop() {} };
  }
  let current = '';
  let started = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  let shown = false;
  const clear = (): void => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  return {
    update(stage, done, total, unit) {
      const t = now();
      if (stage !== current) {
        current = stage;
        started = t;
        drawn = Number.NEGATIVE_INFINITY;
      }
      if (t - drawn < interval && done < total) return;
      drawn = t;
      const line = progressLine({ stage, done, total, unit, elapsed: (t - started) / 1000 }, (stream.columns || 80) - 1);
      clear();
      stream.write(style.dim(line));
      shown = true;
    },
    note(line) {
      clear();
      stream.write(`${line}\n`);
    },
    stop: clear,
  };
}

interface State {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit?: string;
  /** Seconds. */
  readonly elapsed: number;
}

/**
 * "Calibrating ██████▍·····  64/200  31.5 samples/s  4.3 s left". Rate and rest are left out until they mean something,
 * and where the line would be wider than `width`.
 */
export function progressLine({ stage, done, total, unit, elapsed }: State, width = Number.POSITIVE_INFINITY): string {
  if (total <= 1) return `${stage} …`.slice(0, width);
  const parts = [`${stage} ${bar(done / total, barWidth).padEnd(barWidth, '·')}  ${done}/${total}`];
  if (done > 0 && elapsed > 0.2) {
    const rate = done / elapsed;
    if (unit) parts.push(`${rate.toFixed(rate < 10 ? 1 : 0)} ${unit}/s`);
    if (done < total) parts.push(`${seconds((total - done) / rate)} left`);
  }
  while (parts.length > 1 && parts.join('  ').length > width) parts.pop();
  return parts.join('  ').slice(0, width);
}
