import type { VerifyDocument } from '../commands/verify.js';
import { fidelityLines, fileTable } from './files.js';
import { gateLine } from './gates.js';
import type { Style } from './style.js';
import { plural, table } from './text.js';

/** The summary of `edgeml verify`, line by line. */
export function renderVerify(d: VerifyDocument, style: Style): string[] {
  const data = [
    `${plural(d.samples, 'sample')} of ${d.data.description}`,
    d.data.preparation,
    d.data.decoder && `decoded by ${d.data.decoder}`,
  ];
  const rows = [
    ['compared on', data.filter(Boolean).join('; ')],
    ...(d.gates?.met ? [['gates', gateLine(d.gates)]] : []),
    ...(d.config ? [['settings', d.config]] : []),
  ];
  return [
    ...fileTable(d.float, [d.quantized], style),
    '',
    ...fidelityLines([{ ...d, label: d.quantized.path }], style),
    '',
    ...table(rows, [{ style: style.dim }]),
  ];
}
