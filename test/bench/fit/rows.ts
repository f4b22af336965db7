import { readFileSync } from 'node:fs';
import { shared } from '../../shared.js';
import type { Task } from './tasks.js';

/** A published latency that the fit uses. */
export interface Row {
  readonly board: string;
  readonly core: string;
  /** Cycles of one inference. */
  readonly cycles: number;
  /** The engine without its version, e.g. `X-CUBE-AI`. */
  readonly family: string;
  /** The engine with its version, e.g. `X-CUBE-AI 7.1.0`. */
  readonly engine: string;
  /** Whether the engine removes channels that are constant. */
  readonly prunes: boolean;
  readonly task: Task;
  readonly submitter: string;
  /** MLPerf Tiny's, e.g. `v1.1`. */
  readonly round: string;
}

export interface LeftOut {
  readonly what: string;
  readonly rows: number;
  readonly why: string;
}

/** Engines by the words that name them in the table. */
const engines: readonly (readonly [RegExp, string])[] = [
  [/^microTVM \+ (TVM\+)?CMSIS.NN$/i, 'microTVM + CMSIS-NN'],
  [/^microTVM (native|\+ TVM)$/i, 'microTVM'],
  [/^(?:X-CUBE-AI|STM32Cube\.AI) v?([\d.]+)$/, 'X-CUBE-AI'],
  [/^Plumerai Inference Engine( v?[\d.]+)?$/, 'Plumerai'],
  [/^ONNC \+ CMSIS_5$/, 'ONNC + CMSIS-NN'],
  [/HALE\) version ([\d.]+)$/, 'HALE'],
  [/^Tensor[Ff]low Lite (for Microcontrollers|Micro)\b[^+]*$/, 'TensorFlow Lite Micro'],
];

/**
 * ONNC's generated code, published with its results, has filters for the channels that are not constant only. X-CUBE-AI since 8.1
 * and Plumerai since 2023.05 took half as long as the version before for the one task with such channels, and a few per cent less for others.
 */
function removesChannels(family: string, version: string): boolean {
  if (family === 'ONNC + CMSIS-NN') return true;
  if (family === 'Plumerai') return version !== '' && version.localeCompare('2023.05', 'en', { numeric: true }) >= 0;
  return family === 'X-CUBE-AI' && version.localeCompare('8.1', 'en', { numeric: true }) >= 0;
}

/** Boards under one name, however the submitter spelt it. */
const boardOf = (board: string): string =>
  board
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/ZIQ$/, 'ZI');

/** Cores whose instructions were counted, or whose are those of one that was. */
const cores = ['cortex-m0plus', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55'];
const coreOf = (core: string): string => core.toLowerCase().replace('+', 'plus');

const tasks: Readonly<Record<string, Task>> = { 'KWS int8': 'kws', 'VWW int8': 'vww', 'IC int8': 'ic', 'AD int8': 'ad' };

/** Fields of a line of CSV with quoted fields. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/("([^"]|"")*"|[^,]*)(,|$)/g)].map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"'));

/** Rows of MLPerf Tiny for int8 on a Cortex-M's own instructions by an engine that is named; the others, and why. */
export function readRows(path = shared('reference/device_latency.csv')): {
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
} {
  const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const header = fieldsOf(lines[0]);
  const rows: Row[] = [];
  const leftOut = new Map<string, LeftOut>();
  for (const line of lines.slice(1)) {
    const values = fieldsOf(line);
    const of = (name: string) => values[header.indexOf(name)] ?? '';
    const refuse = (why: string, what = `${of('core').replace(/,.*/, '')}, ${of('runtime').slice(0, 48)}`) => {
      const key = `${why}|${what}`;
      leftOut.set(key, { what, why, rows: (leftOut.get(key)?.rows ?? 0) + 1 });
    };
    const runtime = of('runtime');
    const task = tasks[of('model')];
    const [pattern, family] = engines.find(([p]) => p.test(runtime)) ?? [];
    if (!/^Cortex-M/.test(of('core'))) refuse('no Cortex-M', 'other processors and accelerators');
    else if (of('version') === 'unofficial') refuse('no result of MLPerf Tiny: another model, or measured without its rules');
    else if (/\[accel/.test(runtime)) refuse('runs on an accelerator');
    else if (!cores.includes(coreOf(of('core')))) refuse('no instructions were counted for its core');
    else if (!task) refuse('not one of the four int8 tasks');
    else if (!pattern || !family) refuse('the engine is not named');
    else {
      const version = (pattern.exec(runtime)?.[1] ?? '').trim();
      const versioned = family === 'X-CUBE-AI' || family === 'Plumerai';
      rows.push({
        ...{ board: boardOf(of('board')), core: coreOf(of('core')), submitter: of('submitter'), round: of('version'), task, family },
        engine: versioned ? `${family} ${version}`.trim() : family,
        prunes: removesChannels(family, versioned ? version : ''),
        cycles: Number(of('latency_ms')) * 1e3 * Number(of('clock_mhz')),
      });
    }
  }
  return { rows, leftOut: [...leftOut.values()] };
}
