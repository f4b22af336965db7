import type { RolloutReport } from '../../deploy/rollout/types.js';

/** XML takes no control characters, however they are written (XML 1.0, 2.2). */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A rollout as a JUnit report: one test a device; those whose turn did not come, and those that are offline, count as skipped. */
export function junitText({ devices, kind, name, bundle, run, seconds, started }: RolloutReport): string {
  const skipped = devices.filter((d) => d.status === 'offline' || d.status === 'pending').length;
  const good = devices.filter((d) => d.status === 'updated' || d.status === 'unchanged').length;
  const title = bundle ? `${bundle.name} ${bundle.version}` : `${name}, rolled back`;
  const cases = devices.map((d) => {
    const open = `    <testcase classname="${xml(name)}" name="${xml(d.name)}" time="${d.seconds.toFixed(3)}"`;
    const why = xml(d.why ?? d.status);
    if (d.status === 'updated' || d.status === 'unchanged') return `${open}/>`;
    const inner =
      d.status === 'offline' || d.status === 'pending' ? `<skipped message="${why}"/>` : `<failure type="${d.status}" message="${why}"/>`;
    return `${open}>${inner}</testcase>`;
  });
  const failures = devices.length - skipped - good;
  const counts = `tests="${devices.length}" failures="${failures}" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="edgeml ${kind}" ${counts}>`,
    `  <testsuite name="${xml(title)}" id="${xml(run)}" timestamp="${xml(started.slice(0, 19))}" ${counts} errors="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
