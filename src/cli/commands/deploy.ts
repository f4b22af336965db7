import { dirname, join } from 'node:path';
import { looksLikeBundle } from '../../bundle/looks-like.js';
import { bundling } from '../../config/deploy-settings.js';
import { shorten } from '../../config/file.js';
import { resolveSettings } from '../../config/resolve.js';
import { flagOf, type SettingName, type Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import type { DeployOptions } from '../../deploy/options.js';
import type { RolloutReport } from '../../deploy/rollout/types.js';
import { exitCodes, UsageError, WriteError } from '../../errors.js';
import { checkWritable, writeAtomic } from '../../fs/atomic.js';
import { withScratchFolder } from '../../fs/scratch.js';
import { onInterrupt } from '../interrupt.js';
import { liveRollout } from '../render/rollout-live.js';
import { styleFor } from '../render/style.js';
import { fields, printable } from '../render/text.js';
import { stepAside } from './ask.js';
import { makeBundle, signingKey } from './bundle.js';
import { fleetOptions, usualState } from './fleet-options.js';
import { modelOf } from './options.js';
import { openTerminal, type Terminal } from './terminal.js';

/** `edgeml deploy [bundle]`. */
export async function deployCommand(given: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('deploy', flags, given);
  const { values } = settings;
  const source = given ?? modelOf('deploy', settings);
  if (values.junit !== undefined) await checkJunit(values.junit);
  const options = fleetOptions(values, settings.origins);
  const usual = usualState(values, settings.origins);
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  try {
    if (source.endsWith('.edgeml') || (await looksLikeBundle(source))) {
      const building = ([...Object.keys(bundling), 'name'] as SettingName[]).filter((n) => settings.origins.get(n) === 'flag');
      if (building.length > 0) {
        const named = building.map((n) => `--${flagOf(n)}`).join(' and ');
        throw new UsageError(
          `${source} is a bundle already, and ${named} shape${building.length === 1 ? 's' : ''} a bundle. Give that to 'edgeml bundle', or deploy the model.`,
        );
      }
      return await deployBundle(source, values, options, terminal, usual);
    }
    const key = await signingKey(values);
    if (!key && options.trust?.length)
      throw new UsageError('--trust asks for a signature, and the bundle of a model is signed with --sign KEY: give both.');
    await withScratchFolder('bundle', async (folder) => {
      const built = await makeBundle([source], join(folder, 'new.edgeml'), values, key, terminal);
      for (const w of built.warnings) terminal.warn(w);
      terminal.progress.stop();
      await deployBundle(built.path, values, options, terminal, usual);
    });
  } finally {
    terminal.progress.stop();
  }
}

async function checkJunit(path: string): Promise<void> {
  await checkWritable(path).catch((error: Error) => {
    throw new WriteError(error.message.replace('--output', '--junit'), { cause: error });
  });
}

async function deployBundle(path: string, values: Values, options: DeployOptions, terminal: Terminal, usual: string): Promise<void> {
  if (values.plan) {
    const { planDeployment } = await import('../../deploy/preview.js');
    const { renderPlan } = await import('../render/plan.js');
    terminal.progress.update('Looking at the devices', 0, 1);
    const plan = await planDeployment(path, { ...options, onWarning: terminal.warn });
    terminal.result(plan, () => renderPlan(plan, terminal.style, process.stdout.columns, values.quiet));
    process.exitCode = plan.exit_code;
    return;
  }
  const { deploy } = await import('../../deploy/index.js');
  await runAndReport((more) => deploy(path, { ...options, ...more }), values, terminal, usual);
}

/**
 * Runs a rollout with its live view, stops it well on Ctrl-C, and prints and writes its report. `usual` is where runs are looked for
 * without flags.
 */
export async function runAndReport(
  run: (more: Partial<DeployOptions>) => Promise<RolloutReport>,
  values: Values,
  terminal: Terminal,
  usual: string,
): Promise<void> {
  const style = await styleFor(process.stderr);
  const stop = new AbortController();
  let live = liveRollout(process.stderr, style, [], { quiet: true });
  let hint = '';
  const release = onInterrupt((signal) => {
    if (stop.signal.aborted) {
      live.stop();
      process.stderr.write(`edgeml: ended at once; the devices come to their end by themselves.${hint}\n`);
      process.exit(exitCodes.interrupted);
    }
    const again = signal === 'SIGINT' ? 'Ctrl-C again' : 'a second signal';
    live.note(`edgeml: stopping; devices under way come to their end (${again} ends edgeml at once, they are safe all the same)`);
    stop.abort(`It was stopped by ${signal}.`);
    return true;
  });
  const back = stepAside({ pause: () => live.pause(), resume: () => live.resume() });
  let state: string | undefined;
  let report: RolloutReport;
  try {
    report = await run({
      stop: stop.signal,
      onWarning: (sentence) => live.note(`edgeml: ${style.warn('warning:')} ${printable(sentence)}`),
      onBegin: ({ id, folder, devices, done }) => {
        const there = dirname(dirname(folder));
        state = there === usual ? undefined : shorten(there);
        hint = ` 'edgeml fleet resume ${id}${state === undefined ? '' : ` --state ${state}`}' goes on.`;
        const names = devices.map((d) => d.name);
        live = liveRollout(process.stderr, style, names, { quiet: values.quiet, done });
      },
      onEvent: (event) => live.listener(event),
    });
  } finally {
    live.stop();
    release();
    back();
  }
  if (values.junit !== undefined) {
    const { junitText } = await import('../render/junit.js');
    await writeAtomic(values.junit, Buffer.from(junitText(report)));
  }
  const { renderRollout } = await import('../render/rollout.js');
  const bad = report.devices.filter((d) => d.status !== 'updated' && d.status !== 'unchanged');
  terminal.result(report, () =>
    values.quiet
      ? bad.map((d) => fields([d.name, d.status, d.why ?? '']))
      : renderRollout(report, terminal.style, process.stdout.columns, { state }),
  );
  process.exitCode = report.exit_code;
}
