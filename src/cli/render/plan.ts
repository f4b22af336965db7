import type { PlannedDevice, PlanReport } from '../../deploy/preview.js';
import { short } from './bundle.js';
import type { Style } from './style.js';
import { bytes, elide, fields, plural, printable, table, wrap } from './text.js';

const words: Readonly<Record<PlannedDevice['action'], string>> = {
  ...{ none: 'has it', confirm: 'check again', switch: 'switch', update: 'update', refused: 'refused', offline: 'offline' },
};

/** What would change, device by device; nothing was changed. */
export function renderPlan({ bundle, kind, name, devices, waves }: PlanReport, style: Style, width = 100, quiet = false): string[] {
  if (quiet) return devices.filter((d) => d.action !== 'none').map((d) => fields([d.name, d.action, String(d.send_bytes ?? '')]));
  const digest = (d: string): string => (width < 100 ? d.slice(0, 8) : short(d));
  const rows = devices.map((d) => [
    elide(d.name, width < 100 ? 20 : 36),
    words[d.action],
    d.to === undefined ? '' : d.action === 'none' ? digest(d.to) : `${d.from ? digest(d.from) : 'nothing'} → ${digest(d.to)}`,
    d.send_bytes === undefined || d.action !== 'update' ? '' : `${bytes(d.send_bytes)} to send`,
    waves.length > 1 ? `wave ${d.wave}` : '',
  ]);
  const lines = table(rows, [{}, {}, {}, { right: true }]);
  const sum = (pick: (d: PlannedDevice) => number | undefined): number =>
    devices.reduce((all, d) => all + (d.action === 'update' ? (pick(d) ?? 0) : 0), 0);
  const there = sum((d) => d.reuse_bytes);
  const changed = devices.filter((d) => ['update', 'switch', 'confirm'].includes(d.action)).length;
  const stuck = devices.filter((d) => d.action === 'refused' || d.action === 'offline').length;
  return [
    bundle
      ? `${style.bold('plan')} for ${bundle.name} ${bundle.version} ${style.dim(short(bundle.digest))}, ${bytes(bundle.bytes)}${bundle.signed ? ', signed' : ''}`
      : `${style.bold('plan')} for ${name}: ${kind === 'rollback' ? 'back to the release before' : kind}`,
    '',
    ...devices.flatMap((d, i) => [
      d.action === 'refused'
        ? style.bad(lines[i])
        : d.action === 'offline'
          ? style.warn(lines[i])
          : d.action === 'none'
            ? style.dim(lines[i])
            : lines[i],
      ...(d.why !== undefined ? wrap(printable(d.why), width, '      ', '      ').map(style.dim) : []),
      ...(d.steps.length > 0 ? wrap(d.steps.join(', '), width, '      ', '      ').map(style.dim) : []),
      ...(d.locked_by !== undefined ? [style.warn(`      locked by ${printable(d.locked_by)}`)] : []),
    ]),
    '',
    ...wrap(
      [
        `${plural(devices.length, 'device')}: ${changed} would change, ${stuck} cannot be updated now`,
        `${bytes(sum((d) => d.send_bytes))} to send${there > 0 ? `, ${bytes(there)} there already` : ''}`,
        ...(waves.length > 1 ? [`waves of ${waves.join(', ')}`] : []),
      ].join(' · '),
      width,
      '  ',
      '    ',
    ),
    '  Nothing was changed.',
  ];
}
