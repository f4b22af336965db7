import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import type { DeployOptions } from '../../deploy/options.js';
import { UsageError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';
import { runAndReport } from './deploy.js';
import { fleetOptions } from './fleet-options.js';
import { openTerminal, type Terminal } from './terminal.js';

const actions = {
  status: showStatus,
  history: showHistory,
  rollback: async ({ values, terminal, options }: Job) => {
    const { rollBack } = await import('../../deploy/index.js');
    await runAndReport((more) => rollBack(values.name, values.release, { ...options, ...more }), values, terminal);
  },
  resume: async ({ values, terminal, options, run }: Job) => {
    const { resume } = await import('../../deploy/index.js');
    await runAndReport((more) => resume(run, { ...options, ...more }), values, terminal);
  },
  stop: stopRun,
} as const;

interface Job {
  readonly values: Values;
  readonly terminal: Terminal;
  readonly options: DeployOptions;
  readonly run: string | undefined;
}

/** `edgeml fleet status|history|rollback|resume|stop [run]`. */
export async function fleetCommand(action: string, run: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const names = Object.keys(actions);
  if (!Object.hasOwn(actions, action)) {
    throw new UsageError(
      `There is no 'edgeml fleet ${action}'.${didYouMean(action, names)} There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.`,
    );
  }
  const { values, warnings, origins } = await resolveSettings('fleet', flags, undefined);
  const terminal = await openTerminal(values);
  for (const w of warnings) terminal.warn(w);
  await actions[action as keyof typeof actions]({ values, terminal, options: fleetOptions(values, origins), run });
}

async function showStatus({ values, terminal, options }: Job): Promise<void> {
  const [{ fleetStatus }, { renderStatus }] = await Promise.all([import('../../deploy/status.js'), import('../render/fleet.js')]);
  terminal.progress.update('Looking at the devices', 0, 1);
  try {
    const report = await fleetStatus(values.name, { ...options, onWarning: terminal.warn });
    terminal.result(report, () => renderStatus(report, terminal.style, process.stdout.columns, values.quiet));
    process.exitCode = report.exit_code;
  } finally {
    terminal.progress.stop();
  }
}

async function showHistory({ values, terminal, options, run }: Job): Promise<void> {
  const [runs, { renderHistory }, { renderRollout }, { reportOf }] = await Promise.all([
    import('../../deploy/journal/runs.js'),
    import('../render/fleet.js'),
    import('../render/rollout.js'),
    import('../../deploy/run.js'),
  ]);
  const state = runs.stateFolder(options.state, options.fleet);
  if (run !== undefined) {
    const { folder } = runs.findRun(state, run, () => true, '');
    const report = reportOf(join(folder, runs.runFiles.journal));
    return terminal.result(report, () => renderRollout(report, terminal.style, process.stdout.columns));
  }
  const all = runs
    .listRuns(state)
    .map((r) => ({ ...reportOf(join(r.folder, runs.runFiles.journal)), running: runs.isOwned(r.folder), ended: r.exitCode !== undefined }));
  terminal.result({ schema: 'edgeml.history/1', state, runs: all }, () =>
    values.quiet ? all.map((r) => r.run) : renderHistory(all, state, terminal.style),
  );
}

async function stopRun({ terminal, options, run }: Job): Promise<void> {
  const { findRun, isOwned, runFiles, stateFolder } = await import('../../deploy/journal/runs.js');
  const found = findRun(stateFolder(options.state, options.fleet), run, (r) => isOwned(r.folder), 'under way');
  if (!isOwned(found.folder)) throw new UsageError(`The rollout ${found.id} is not under way.`);
  writeFileSync(join(found.folder, runFiles.stop), '');
  terminal.result({ schema: 'edgeml.stop/1', run: found.id }, () => [
    `${found.id} stops when the devices under way have come to their end.`,
  ]);
}
