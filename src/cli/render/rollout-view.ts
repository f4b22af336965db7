import type { DeviceStatus } from '../../deploy/rollout/types.js';
import { marks, paint } from './rollout.js';
import type { Style } from './style.js';
import { bar, elide, printable, seconds } from './text.js';

/** How far a device is. */
export interface Row {
  readonly name: string;
  status: DeviceStatus | 'running';
  text: string;
  /** When it was begun, ms. */
  since: number;
  /** When it last changed: a number that grows. */
  order: number;
  /** When it will be tried again, ms. */
  again?: number;
}

interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** ms, as those of the rows. */
  readonly now: number;
}

const longestName = 26;

/**
 * The lines of a rollout under way, and how far all of it is: one line per device where they fit; else those under way, those that
 * ended badly, those that are offline, then the newest.
 */
export function view(all: readonly Row[], { wave, stopping }: { wave: string; stopping: boolean }, style: Style, frame: Frame): string[] {
  const ended = all.filter((r) => !['pending', 'running', 'offline'].includes(r.status));
  const bad = ended.filter((r) => r.status !== 'updated' && r.status !== 'unchanged');
  const room = Math.max(3, frame.rows - 3);
  const chosen = all.length <= room ? all : [...all].sort((a, b) => rank(a) - rank(b) || b.order - a.order).slice(0, room);
  const width = Math.min(longestName, Math.max(...all.map((r) => r.name.length), 4));
  const head = [
    `${bar(all.length > 0 ? ended.length / all.length : 1, 20).padEnd(20, '·')} ${ended.length}/${all.length}`,
    ...(bad.length > 0 ? [`${bad.length} failed`] : []),
    ...(stopping ? ['stopping'] : wave ? [wave] : []),
    ...(all.length > chosen.length ? [`${all.length - chosen.length} more`] : []),
  ].join('  ');
  return [...chosen.map((r) => rowLine(r, width, style, frame)), style.dim(cut(head, frame.columns - 1))];
}

const order: readonly Row['status'][] = ['running', 'failed', 'rolled-back', 'refused', 'offline', 'updated', 'unchanged', 'pending'];
const rank = (r: Row): number => order.indexOf(r.status);

function rowLine(r: Row, width: number, style: Style, { columns, now }: Frame): string {
  const running = r.status === 'running';
  const mark = running ? '▸' : marks[r.status as DeviceStatus][0];
  const again =
    r.status === 'offline' && r.again !== undefined
      ? r.again > now
        ? `, again in ${seconds((r.again - now) / 1000)}`
        : ', its turn comes'
      : '';
  const word = running ? '' : r.status === 'pending' ? 'waits for its turn' : `${marks[r.status as DeviceStatus][1]}${again}`;
  const time = running ? seconds((now - r.since) / 1000) : '';
  const text = [word, r.text].filter(Boolean).join('  ');
  const line = cut(`${mark} ${elide(printable(r.name), width).padEnd(width)}  ${time.padStart(7)}  ${text}`, columns - 1);
  return running ? style.bold(line) : paint(r.status as DeviceStatus, style)(line);
}

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
