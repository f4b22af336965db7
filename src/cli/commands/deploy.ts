import { join } from 'node:path';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import type { DeployOptions } from '../../deploy/options.js';
import type { RolloutReport } from '../../deploy/rollout/types.js';
import { UsageError } from '../../errors.js';
import { checkWritable, writeAtomic } from '../../fs/atomic.js';
import { withScratchFolder } from '../../fs/scratch.js';
import { onInterrupt } from '../interrupt.js';
import { liveRollout } from '../render/rollout-live.js';
import { styleFor } from '../render/style.js';
import { fields } from '../render/text.js';
import { makeBundle, signingKey } from './bundle.js';
import { fleetOptions, looksLikeBundle } from './fleet-options.js';
import { modelOf } from './options.js';
import { openTerminal, type Terminal } from './terminal.js';

/** `edgeml deploy [bundle]`. */
export async function deployCommand(given: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('deploy', flags, given);
  const { values } = settings;
  const source = given ?? modelOf('deploy', settings);
  if (values.junit !== undefined) await checkWritable(values.junit);
  const options = fleetOptions(values, settings.origins);
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  try {
    if (await looksLikeBundle(source)) {
      const building = (['bundleVersion', 'add', 'architecture', 'golden', 'sign', 'name'] as const).filter(
        (n) => settings.origins.get(n) === 'flag',
      );
      if (building.length > 0) {
        throw new UsageError(
          `${source} is a bundle already, and ${building.join(', ')} shape a bundle. Give them to 'edgeml bundle', or deploy the model.`,
        );
      }
      return await deployBundle(source, values, options, terminal);
    }
    const key = await signingKey(values);
    await withScratchFolder('bundle', async (folder) => {
      const built = await makeBundle([source], join(folder, 'new.edgeml'), values, key, terminal);
      for (const w of built.warnings) terminal.warn(w);
      terminal.progress.stop();
      await deployBundle(built.path, values, options, terminal);
    });
  } finally {
    terminal.progress.stop();
  }
}

async function deployBundle(path: string, values: Values, options: DeployOptions, terminal: Terminal): Promise<void> {
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
  await runAndReport((more) => deploy(path, { ...options, ...more }), values, terminal);
}

/** Runs a rollout with its live view, stops it well on Ctrl-C, and prints and writes its report. */
export async function runAndReport(
  run: (more: Partial<DeployOptions>) => Promise<RolloutReport>,
  values: Values,
  terminal: Terminal,
): Promise<void> {
  const style = await styleFor(process.stderr);
  const stop = new AbortController();
  let live = liveRollout(process.stderr, style, [], { quiet: true });
  const warn = (sentence: string): void => live.note(`edgeml: ${style.warn('warning:')} ${sentence}`);
  const release = onInterrupt((signal) => {
    if (stop.signal.aborted) {
      live.stop();
      return false;
    }
    live.note(
      `edgeml: stopping; devices under way come to their end (${signal === 'SIGINT' ? 'Ctrl-C again' : 'a second signal'} ends edgeml at once, they are safe all the same)`,
    );
    stop.abort(`It was stopped by ${signal}.`);
    return true;
  });
  let report: RolloutReport;
  try {
    report = await run({
      stop: stop.signal,
      onWarning: warn,
      onBegin: ({ devices }) => {
        live = liveRollout(
          process.stderr,
          style,
          devices.map((d) => d.name),
          { quiet: values.quiet },
        );
      },
      onEvent: (event) => live.listener(event),
    });
  } finally {
    live.stop();
    release();
  }
  if (values.junit !== undefined) {
    const { junitText } = await import('../render/junit.js');
    await writeAtomic(values.junit, Buffer.from(junitText(report)));
  }
  const { renderRollout } = await import('../render/rollout.js');
  const bad = report.devices.filter((d) => d.status !== 'updated' && d.status !== 'unchanged');
  terminal.result(report, () =>
    values.quiet ? bad.map((d) => fields([d.name, d.status, d.why ?? ''])) : renderRollout(report, terminal.style, process.stdout.columns),
  );
  process.exitCode = report.exit_code;
}
