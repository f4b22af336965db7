import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shorten } from '../../config/file.js';
import { type Resolved, resolveSettings } from '../../config/resolve.js';
import { flagOf, type SettingName, type Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import type { DeployOptions } from '../../deploy/options.js';
import { UsageError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';
import { runAndReport } from './deploy.js';
import { fleetOptions, usualState } from './fleet-options.js';
import { openTerminal, type Terminal } from './terminal.js';

interface Job {
  readonly values: Values;
  readonly terminal: Terminal;
  readonly options: DeployOptions;
  readonly run: string | undefined;
  /** Where runs are looked for without flags. */
  readonly usual: string;
}

/** Settings of the command line, and where runs are kept. */
const onlyFlags = (values: Values, origins: Resolved['origins']): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([name]) => origins.get(name as SettingName) === 'flag' || name === 'fleet' || name === 'state'),
  );

interface Action {
  readonly act: (job: Job) => Promise<void>;
  /** Flags that mean nothing to it; a run that it goes on with has its own. */
  readonly not: readonly SettingName[];
  /** Whether it takes a run. */
  readonly takesRun: boolean;
}

const selecting: readonly SettingName[] = ['deployTo', 'only', 'name', 'root'];
const back: readonly SettingName[] = ['release', 'health', 'hookBefore', 'hookAfter', 'plan'];
const rolling: readonly SettingName[] = [
  'waves',
  'maxFailures',
  'minSample',
  'pause',
  'concurrency',
  'transfers',
  'wait',
  'retries',
  'lockWait',
  'junit',
];
const connecting: readonly SettingName[] = ['identity', 'jump', 'acceptNewHostKeys'];

const actions: Readonly<Record<string, Action>> = {
  status: { act: showStatus, not: [...back, ...rolling], takesRun: false },
  history: { act: showHistory, not: [...selecting, ...back, ...rolling, ...connecting], takesRun: true },
  rollback: { act: rollBackFleet, not: [], takesRun: false },
  resume: { act: resumeRun, not: [...selecting, ...back], takesRun: true },
  stop: { act: stopRun, not: [...selecting, ...back, ...rolling, ...connecting], takesRun: true },
};

/** `edgeml fleet status|history|rollback|resume|stop [run]`. */
export async function fleetCommand(action: string, run: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const names = Object.keys(actions);
  if (!Object.hasOwn(actions, action)) {
    throw new UsageError(
      `There is no 'edgeml fleet ${action}'.${didYouMean(action, names)} There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.`,
    );
  }
  const { act, not, takesRun } = actions[action];
  const stray = not.find((name) => flags[name] !== undefined);
  if (stray !== undefined) {
    const why = action === 'resume' ? 'it goes on with the devices and the release of its rollout' : 'it means nothing there';
    throw new UsageError(`'edgeml fleet ${action}' takes no --${flagOf(stray)}: ${why}. Leave it out.`);
  }
  if (run !== undefined && !takesRun) {
    throw new UsageError(`'edgeml fleet ${action}' takes no '${run}'. To say which bundle it is about: --name ${run}.`);
  }
  const { values, warnings, origins } = await resolveSettings('fleet', flags, undefined);
  const terminal = await openTerminal(values);
  for (const w of warnings) terminal.warn(w);
  const usual = usualState(values, origins);
  // A run that is gone on with has its own settings: only the command line may say something else, and not edgeml.yaml.
  const own = action === 'resume' ? onlyFlags(values, origins) : values;
  await act({ values, terminal, options: fleetOptions(own, origins), run, usual });
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

async function rollBackFleet({ values, terminal, options, usual }: Job): Promise<void> {
  if (values.plan) {
    const [{ planRollBack }, { renderPlan }] = await Promise.all([import('../../deploy/preview.js'), import('../render/plan.js')]);
    const plan = await planRollBack(values.name, values.release, { ...options, onWarning: terminal.warn });
    terminal.result(plan, () => renderPlan(plan, terminal.style, process.stdout.columns, values.quiet));
    process.exitCode = plan.exit_code;
    return;
  }
  const { rollBack } = await import('../../deploy/index.js');
  await runAndReport((more) => rollBack(values.name, values.release, { ...options, ...more }), values, terminal, usual);
}

async function resumeRun({ values, terminal, options, run, usual }: Job): Promise<void> {
  const { resume } = await import('../../deploy/index.js');
  await runAndReport((more) => resume(run, { ...options, ...more }), values, terminal, usual);
}

async function showHistory({ values, terminal, options, run, usual }: Job): Promise<void> {
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
    const view = { running: runs.isOwned(folder), state: state === usual ? undefined : shorten(state) };
    return terminal.result(report, () =>
      values.quiet
        ? report.devices.map((d) => `${d.name}\t${d.status}`)
        : renderRollout(report, terminal.style, process.stdout.columns, view),
    );
  }
  const all = runs.listRuns(state).map((r) => ({
    ...reportOf(join(r.folder, runs.runFiles.journal)),
    ...{ running: runs.isOwned(r.folder), ended: r.exitCode !== undefined },
  }));
  terminal.result({ schema: 'edgeml.history/1', state, runs: all }, () =>
    values.quiet ? all.map((r) => r.run) : renderHistory(all, state, terminal.style),
  );
}

async function stopRun({ terminal, options, run }: Job): Promise<void> {
  const { findRun, inState, isOwned, runFiles, stateFolder } = await import('../../deploy/journal/runs.js');
  const found = findRun(stateFolder(options.state, options.fleet), run, (r) => isOwned(r.folder), 'under way');
  if (!isOwned(found.folder)) throw new UsageError(`The rollout ${found.id} is not under way.`);
  inState(found.folder, () => writeFileSync(join(found.folder, runFiles.stop), ''));
  terminal.result({ schema: 'edgeml.stop/1', run: found.id }, () => [
    `${found.id} stops when the devices under way have come to their end.`,
  ]);
}
