import type { BenchReport } from '../../bench/types.js';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import { GateError, UsageError } from '../../errors.js';
import { checkWritable, writeAtomic } from '../../fs/atomic.js';
import type { SshOptions } from '../../ssh/settings.js';
import { dataOptions, modelOf, readOptions } from './options.js';
import { openTerminal } from './terminal.js';

/** `edgeml bench [models...]`: settings, then estimates and measurements, then tables, then files. */
export async function benchCommand(models: readonly string[], flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('bench', flags, models[0]);
  const { values } = settings;
  if (values.device?.includes('list')) return listDevices(values);
  const paths = models.length > 0 ? models : [modelOf('bench', settings)];
  if (values.saveProfile !== undefined && (values.on === undefined || values.device?.length !== 1)) {
    throw new UsageError('--save-profile brings a profile to what --on measured: give --on user@host and one --device like it.');
  }
  for (const path of [values.html, values.saveProfile]) if (path !== undefined) await checkWritable(path);
  const terminal = await openTerminal(values);
  try {
    for (const w of settings.warnings) terminal.warn(w);
    const { bench } = await import('../../bench/index.js');
    const { report, gateError } = await bench(paths, {
      ...readOptions(values),
      ...benchOptions(values),
      data: dataOptions(values),
      onWarning: terminal.warn,
      onProgress: (what) => terminal.progress.update(what, 0, 1),
    });
    if (values.html !== undefined) {
      const { renderHtml } = await import('../../report/index.js');
      await writeAtomic(values.html, new TextEncoder().encode(renderHtml(report, { date: new Date().toISOString().slice(0, 10) })));
    }
    if (values.saveProfile !== undefined) {
      const { calibratedProfile } = await import('../../bench/calibrate.js');
      const text = await calibratedProfile(report, values.device?.[0] as string, values.saveProfile);
      await writeAtomic(values.saveProfile, new TextEncoder().encode(text));
    }
    const { renderBench, renderMarkdown } = await import('../render/bench.js');
    const wishes = { perLayer: values.perLayer, rank: values.rank !== undefined, width: process.stdout.columns };
    const tables = () => (values.markdown ? renderMarkdown(report).trimEnd().split('\n') : renderBench(report, terminal.style, wishes));
    terminal.result(report, () => (values.quiet ? fitting(report) : tables()));
    if (gateError) throw new GateError(gateError.message, { cause: gateError });
  } finally {
    terminal.progress.stop();
  }
}

/** With --quiet: where the model fits, in the order of the report. */
const fitting = ({ devices }: BenchReport): string[] => devices.filter((d) => d.fits).map((d) => `${d.device} ${d.runtime}`);

const benchOptions = (v: Values) => ({
  ...{ devices: v.device, profiles: v.profile, runtimes: v.runtime, host: v.host, emulate: v.emulate, on: v.on, ssh: sshOptions(v) },
  ...{ runs: v.runs, threads: v.threads, rank: v.rank, evaluate: v.evaluate },
  // The page draws memory over time and bars per layer.
  perLayer: v.perLayer || v.html !== undefined,
  ...{ maxRam: v.maxRam, maxFlash: v.maxFlash, maxLatency: v.maxLatency },
});

const sshOptions = ({ identity, jump, acceptNewHostKeys }: Values): SshOptions => ({
  ...(identity !== undefined && { identityFiles: [identity] }),
  ...(jump !== undefined && { jump }),
  ...(acceptNewHostKeys && { acceptNewHostKeys }),
});

/** `--device list`: what can be asked for. */
async function listDevices(values: Values): Promise<void> {
  const [{ profiles }, { table }] = await Promise.all([import('../../bench/profiles/profile.js'), import('../render/text.js')]);
  const all = await profiles();
  const terminal = await openTerminal(values);
  terminal.result({ schema: 'edgeml.devices/1', devices: all }, () =>
    values.quiet
      ? all.map((p) => p.name)
      : table(
          all.map((p) => [p.name, p.title, `${p.core}, ${p.clock} MHz`, p.families.join(', ')]),
          [{ style: terminal.style.bold }],
        ),
  );
}
