import { basename } from 'node:path';
import type { Output } from '../commands/outputs.js';
import type { QuantizeDocument } from '../commands/quantize.js';
import { fidelityLines, fileTable } from './files.js';
import { gateLine } from './gates.js';
import type { Style } from './style.js';
import { bar, decibels, elide, plural, printable, seconds, table } from './text.js';

/** Layers that are listed, nodes kept in float that are named. */
const worstShown = 5;
const keptShown = 8;
/** A full bar: above this a layer is no concern. */
const fullBar = 40;

/** The summary of `edgeml quantize`, line by line. */
export function renderQuantize(d: QuantizeDocument, outputs: readonly Output[], style: Style): string[] {
  const pathOf = (format: string): string => outputs.find((o) => o.target === format)?.path ?? format;
  const written = d.files.every((f) => f.path !== undefined);
  const files = d.files.map((f) => ({ ...f, path: written ? pathOf(f.format) : `${pathOf(f.format)} (not written)` }));
  return [
    heading(d, style),
    '',
    ...fileTable({ ...d.model, runtime: d.evaluation.float_runtime }, files, style),
    '',
    ...fidelityLines(
      d.files.map((f) => ({ ...f, label: f.format })),
      style,
    ),
    ...worstLayers(d, style),
    ...keptFloat(d, style),
    '',
    ...provenance(d, style),
  ];
}

function heading({ model, scheme, io }: QuantizeDocument, style: Style): string {
  return style.bold(printable(`${basename(model.path)} → ${scheme}, inputs and outputs ${io}`));
}

function worstLayers({ layers }: QuantizeDocument, style: Style): string[] {
  const worst = layers.filter((l) => l.sqnr_db !== null).slice(0, worstShown);
  if (worst.length === 0) return [];
  const rows = worst.map((l) => [elide(l.name, 40), l.operator, decibels(l.sqnr_db), bar((l.sqnr_db ?? 0) / fullBar, 12)]);
  return ['', style.dim('  worst layers'), ...table(rows, [{}, { style: style.dim }, { right: true }, { style: style.warn }])];
}

function keptFloat({ kept_float: kept }: QuantizeDocument, style: Style): string[] {
  if (kept.length === 0) return [];
  const rows = kept.slice(0, keptShown).map((k) => [elide(k.node, 40), k.op, k.reason]);
  const more = kept.length > keptShown ? [`  … and ${kept.length - keptShown} more (--json lists all)`] : [];
  return ['', style.dim(`  ${plural(kept.length, 'node')} left in float`), ...table(rows, [{}, { style: style.dim }]), ...more];
}

const sources = { evaluate: 'of --evaluate', calibrate: 'held out from calibration', random: 'of random noise' } as const;

function provenance(d: QuantizeDocument, style: Style): string[] {
  const { calibration: c, evaluation: e } = d;
  const used = c.source === 'none' ? 'none needed' : c.source === 'random' ? `${plural(c.samples, 'sample')} of random noise` : undefined;
  const described = [`${plural(c.samples, 'sample')} of ${c.description}`, c.preparation, c.decoder && `decoded by ${c.decoder}`];
  const rows = [
    ['calibration', used ?? described.filter(Boolean).join('; ')],
    ...(d.ranges ? [['ranges', rangeText(d.ranges)]] : []),
    ['judged on', `${plural(e.samples, 'sample')} ${sources[e.from]}`],
    ...(d.gates?.met ? [['gates', gateLine(d.gates)]] : []),
    ...(d.config ? [['settings', d.config]] : []),
    ['time', seconds(d.seconds)],
  ];
  return table(rows, [{ style: style.dim }]);
}

/** The method, and what the ones that were tried came to: "*" marks those with channels evened out. */
function rangeText({ method, equalized, tried = [] }: NonNullable<QuantizeDocument['ranges']>): string {
  const name = (m: string, even: boolean): string => (even ? `${m}*` : m);
  if (tried.length === 0) return method;
  const scores = tried.map((t) => `${name(t.method, t.equalized)} ${decibels(t.sqnr_db)}`).join(', ');
  return `${name(method, equalized)} of ${scores}${tried.some((t) => t.equalized) ? ' (* channels evened out)' : ''}`;
}
