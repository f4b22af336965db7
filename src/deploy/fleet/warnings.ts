import { looksSecret } from '../secrets.js';
import type { DeviceSpec } from './device.js';

/** What the warnings are about, and where it stands. */
export interface Checked {
  readonly devices: readonly DeviceSpec[];
  readonly groups: readonly string[];
  /** Variables, and the mapping that they stand in. */
  readonly variables: readonly { readonly path: readonly string[]; readonly values: Readonly<Record<string, string>> }[];
  placeOfDevice(name: string): string;
  placeOfKey(path: readonly string[], key: string): string;
}

/** How many are told: a template that is wrong gives one per device. */
const most = 20;

/** Sentences about what is allowed and hardly meant: two devices that are one, words that mean two things, secrets in variables. */
export function warningsOf(checked: Checked): string[] {
  const all = [...sameTarget(checked), ...sameWord(checked), ...secrets(checked)];
  return all.length <= most ? all : [...all.slice(0, most), `… and ${all.length - most} more warnings.`];
}

/** The same address behind another gateway is another device, and another folder of the same device another installation. */
function sameTarget({ devices, placeOfDevice }: Checked): string[] {
  const byPlace = new Map<string, DeviceSpec[]>();
  for (const d of devices) {
    const key = JSON.stringify([d.target.toLowerCase(), d.ssh.jump ?? '', d.root]);
    const same = byPlace.get(key);
    if (same) same.push(d);
    else byPlace.set(key, [d]);
  }
  return [...byPlace.values()]
    .filter((same) => same.length > 1)
    .map((same) => {
      const [first, second] = same;
      const more = same.length > 2 ? ` and ${same.length - 2} more` : '';
      return `${placeOfDevice(second.name)}: '${second.name}'${more} and '${first.name}' have one target, ${first.target}, and one folder on it, ${first.root}.`;
    });
}

function sameWord({ devices, groups, placeOfDevice, placeOfKey }: Checked): string[] {
  const names = new Set(devices.map((d) => d.name));
  const labels = new Map<string, string>();
  for (const d of devices) for (const label of d.labels) if (!labels.has(label)) labels.set(label, d.name);
  const isGroup = new Set(groups);
  const clash = (place: string, word: string, is: string, one: string, other: string): string =>
    `${place}: '${word}' is ${is}: a plain ${word} selects both; write ${one}:${word} or ${other}:${word} for one of them.`;
  return [
    ...groups.filter((g) => names.has(g)).map((g) => clash(placeOfKey(['groups'], g), g, 'a device and a group', 'host', 'group')),
    ...groups.filter((g) => labels.has(g)).map((g) => clash(placeOfKey(['groups'], g), g, 'a group and a label', 'group', 'label')),
    ...[...labels.keys()]
      .filter((l) => names.has(l) && !isGroup.has(l))
      .map((l) => clash(placeOfDevice(l), l, 'a device and a label', 'host', 'label')),
  ];
}

function secrets({ variables, placeOfKey }: Checked): string[] {
  return variables.flatMap(({ path, values }) =>
    Object.keys(values)
      .filter(looksSecret)
      .map(
        (name) =>
          `${placeOfKey(path, name)}: ${name} looks like a secret: this file holds it as plain text. Keep it on the device and let the command read it there.`,
      ),
  );
}
