import { kinds } from './plan.js';
import type { Baseline, Result } from './result.js';
import { median } from './series.js';
import { stepOrder } from './step.js';

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : '');

/** The figures of a series, in Markdown. */
export function tableOf(results: readonly Result[], baseline: Baseline): string[] {
  const groups = [...kinds.map((kind) => [kind, results.filter((r) => r.plan.kind === kind)] as const), ['all', results] as const];
  const shown = groups.filter(([, all]) => all.length > 0);
  const rows = shown.map(([kind, all]) => {
    const recoveries = all.map((r) => r.recovery);
    // Where edgeml is killed nothing else can be.
    const patient = all.filter((r) => r.plan.isPatient && !r.plan.kind.startsWith('edgeml'));
    const more = all.map((r) => r.extraBytes / baseline.bytes);
    return [
      ...[kind, all.length, patient.length > 0 ? `${patient.filter((r) => r.byItself).length} of ${patient.length}` : ''],
      ...[all.filter((r) => !r.byItself).length, all.flatMap((r) => r.violations).length],
      ...[seconds(median(recoveries)), seconds(Math.max(...recoveries))],
      ...[percent(median(more)), percent(Math.max(...more))],
    ];
  });
  const met = new Set(results.map((r) => r.step));
  const steps = [...new Set([...stepOrder, ...met])].filter((step) => met.has(step));
  const struck = shown.map(([kind, all]) => [kind, ...steps.map((step) => all.filter((r) => r.step === step).length || '')]);
  const sum = (pick: (r: Result) => number): number => results.reduce((total, r) => total + pick(r), 0);
  return [
    ...markdown(
      ['fault', 'runs', 'finished by own tries', 'by a second run', 'violations', 'recovery, s', 'most', 'bytes beyond', 'most'],
      rows,
    ),
    '',
    ...markdown(['struck at', ...steps], struck),
    '',
    `An undisturbed run: ${seconds(baseline.duration)} s, ${Math.round(baseline.bytes)} bytes to each device.`,
    `${sum((r) => r.looks)} looks at devices and journals; ${sum((r) => r.unconfirmed)} switches not confirmed after loss of power, ${sum((r) => r.checkedAgain)} checked again.`,
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}
