import { DeviceError } from '../../errors.js';
import type { Connection } from '../../ssh/types.js';
import type { Device, Found, Runner } from './types.js';

/** Where tools are that the PATH of a shell without a terminal leaves out. */
const furtherPath = '$HOME/.local/bin:$HOME/bin:/usr/local/bin:/usr/src/tensorrt/bin:/opt/bin:$HOME';

const head = `PATH="$PATH:${furtherPath}"
find() { for c in "$@"; do command -v "$c" && return; done 2>/dev/null; return 1; }
say() { printf '%s\\t' "$@"; echo; }
`;

const machine = `say @title "$(tr -d '\\000' </proc/device-tree/model 2>/dev/null || uname -sm)"
say @processors "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)"
`;

const state = `cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null || echo
cat /sys/class/thermal/thermal_zone*/temp 2>/dev/null | sort -n | tail -n 1
`;

/** Looks at a device: what it is, and which of the runners it has. */
export async function probe(connection: Connection, runners: readonly Runner[]): Promise<Device> {
  const parts = runners.map(
    ({ name, probe }) => `{ probed=$(${probe}\n) && [ -n "$probed" ] && say ${name} "$probed"; } </dev/null 2>/dev/null\n`,
  );
  const { stdout, code, stderr } = await connection.script(`${head}${machine}${parts.join('')}exit 0\n`, {
    title: 'the search for runtimes',
    timeout: 120_000,
  });
  if (code !== 0) throw new DeviceError(`${connection.name} has no POSIX shell that edgeml can use: ${stderr.trim() || `status ${code}`}.`);
  const lines = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [name, ...words] = line.replace(/\t+$/, '').split('\t');
    if (words.length > 0) lines.set(name, words);
  }
  const known = new Set(runners.map((r) => r.name));
  const found = [...lines].filter(([name]) => known.has(name));
  return {
    title: lines.get('@title')?.[0].trim() || 'unknown machine',
    processors: Math.max(1, Math.trunc(Number(lines.get('@processors')?.[0])) || 1),
    found: new Map(found.map(([name, [command, version = '', ...more]]): [string, Found] => [name, { command, version, more }])),
  };
}

/** "governor performance, 52 °C": what of it the device tells, now. */
export async function conditions(connection: Connection): Promise<string[]> {
  const { stdout } = await connection.script(state, { title: 'the reading of its temperature', timeout: 30_000 });
  const [governor, temperature] = stdout.split('\n');
  const degrees = Number(temperature) / 1000;
  return [...(governor ? [`governor ${governor.trim()}`] : []), ...(degrees > 0 ? [`${Math.round(degrees)} °C`] : [])];
}
