import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** This machine and what else it is doing. */
export interface Machine {
  /** "AMD EPYC 7763 (2 threads, linux x64), load 0.4, 3 % busy before, governor performance, 52 °C". */
  readonly about: string;
  /** Set where other programs take so much that measured times are too long. */
  readonly warning?: string;
}

/** For how long the processors are watched, ms. */
const watched = 200;
/** Busy processors, as a share of all, from which on times are distorted. */
const busyShare = 0.25;

/** Looks at this machine: its processor, and for 0.2 s how busy it is before anything is measured. */
export async function describeMachine(): Promise<Machine> {
  const threads = availableParallelism();
  const before = times();
  await setTimeout(watched);
  const after = times();
  const total = after.total - before.total;
  const busy = total > 0 ? (after.busy - before.busy) / total : 0;
  const governor = sys('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  const temperature = Number(sys('/sys/class/thermal/thermal_zone0/temp'));
  const about = [
    `${processor()} (${threads} thread${threads === 1 ? '' : 's'}, ${platform()} ${arch()})`,
    ...(platform() === 'win32' ? [] : [`load ${loadavg()[0].toFixed(1)}`]),
    `${Math.round(100 * busy)} % busy before`,
    ...(governor ? [`governor ${governor}`] : []),
    ...(temperature > 0 ? [`${Math.round(temperature / 1000)} °C`] : []),
  ].join(', ');
  if (busy < busyShare) return { about };
  const warning = 'Other programs keep this machine busy: measured times are longer and wider spread than on a machine at rest.';
  return { about, warning };
}

/** Milliseconds that all processors together have been busy, and in all. */
function times(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times: t } of cpus()) {
    const used = t.user + t.nice + t.sys + t.irq;
    busy += used;
    total += used + t.idle;
  }
  return { busy, total };
}

function processor(): string {
  const model = cpus()[0]?.model.trim();
  if (model && model !== 'unknown') return model;
  // Linux on Arm does not tell Node the processor; single-board computers tell the board.
  return sys('/proc/device-tree/model') ?? `${arch()} processor`;
}

/** A line of text that the system may or may not have. */
function sys(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').trim() || undefined;
  } catch {
    return undefined;
  }
}
