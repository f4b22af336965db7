import type { PlannedDevice, PlanReport } from '../../deploy/preview.js';
import { short } from './bundle.js';
import type { Style } from './style.js';
import { bytes, fields, plural, printable, table, wrap } from './text.js';

const words: Readonly<Record<PlannedDevice['action'], string>> = {
  ...{ none: 'has it', confirm: 'check again', switch: 'switch', update: 'update', refused: 'refused', offline: 'offline' },
};

/** What would change, device by device; nothing was changed. */
export function renderPlan({ bundle, kind, name, devices, waves }: PlanReport, style: Style, width = 100, quiet = false): string[] {
  if (quiet) return devices.filter((d) => d.action !== 'none').map((d) => fields([d.name, d.action, String(d.send_bytes ?? '')]));
  const rows = devices.map((d) => [
    d.name,
    words[d.action],
    d.to === undefined ? '' : d.action === 'none' ? short(d.to) : `${d.from ? short(d.from) : 'nothing'} → ${short(d.to)}`,
    d.send_bytes === undefined || d.action !== 'update'
      ? ''
      : `${bytes(d.send_bytes)} to send${d.reuse_bytes ? `, ${bytes(d.reuse_bytes)} there` : ''}`,
    waves.length > 1 ? `wave ${d.wave}` : '',
  ]);
  const lines = table(rows, [{}, {}, {}, { right: true }]);
  const total = devices.reduce((sum, d) => sum + (d.action === 'update' ? (d.send_bytes ?? 0) : 0), 0);
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
    `  ${plural(devices.length, 'device')}: ${changed} would change, ${stuck} cannot be updated now · ${bytes(total)} to send${waves.length > 1 ? ` · waves of ${waves.join(', ')}` : ''}`,
    '  Nothing was changed.',
  ];
}
