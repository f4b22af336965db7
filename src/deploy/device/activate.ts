import { DeviceError, OfflineError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import type { DeviceSpec } from '../fleet/device.js';
import { secretsIn } from '../secrets.js';
import type { GoldenRun } from './golden.js';
import { type Answer, parseAnswer, runScript, type Site, scriptText, textOf, whole } from './script.js';
import { type Activation, activationOf } from './survey.js';

export interface ActivateOptions {
  readonly device: DeviceSpec;
  readonly version: string;
  /** The release that a failure switches back to, and its version. */
  readonly from?: string;
  readonly fromVersion?: string;
  readonly kind: 'deploy' | 'rollback';
  readonly golden: GoldenRun;
  /** Of the run, and who runs it: they stand in the device's history. */
  readonly run: string;
  readonly by: string;
  /** Told each step that is begun. */
  readonly onStep?: (step: string) => void;
}

/** Of golden inputs, in seconds; building up a large model takes its time on a small device. */
export const goldenLimit = 300;
/** Looks at the activation, about a tenth of a second apart, in one round trip. */
const patience = 8;

/** Whole seconds, which is what a POSIX shell can sleep. */
const seconds = (ms: number): string => String(Math.max(0, Math.ceil(ms / 1000)));

/**
 * Switches the device to a release that is there, and waits until it works or the device has switched back. The switch runs on the
 * device by itself: it comes to its end when the connection is lost, which is an OfflineError here, and {@link follow} sees it later.
 */
export async function activate(site: Site, options: ActivateOptions): Promise<Activation> {
  const { connection } = site;
  const { device, golden, version, from = '', run, by } = options;
  const { health, hooks } = device;
  const job = `run/${site.token}.sh`;
  const variables = {
    ...{
      from,
      from_version: options.fromVersion ?? '',
      version,
      kind: options.kind,
      run,
      by,
      before: hooks.before ?? '',
      after: hooks.after ?? '',
      health: health?.command ?? '',
    },
    ...{ golden: golden.command, golden_limit: String(goldenLimit), hook_limit: seconds(hooks.timeoutMs) },
    ...{
      health_limit: seconds(health?.timeoutMs ?? 0),
      health_retries: String(health?.retries ?? 0),
      health_delay: seconds(health?.delayMs ?? 0),
    },
  };
  const exported = Object.entries(device.variables).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  const text = `job=$0\n${scriptText(site, ['activate'], variables)}`;
  const end = `edgeml-${site.token}`;
  // The variables of the fleet may be secrets: only their owner reads them, and they are removed when the switch has ended.
  const write = [
    'guard',
    'umask 077',
    'mkdir -p "$base/run" || fail folder "$base/run"',
    `job=$base/${job}`,
    `cat >"$job.env" <<'${end}' || fail write "$job.env"`,
    `${exported.join('')}${end}`,
    `cat >"$job.secrets" <<'${end}' || fail write "$job.secrets"`,
    `${secretsIn(device.variables)
      .filter((form) => !/[\n\t\r]/.test(form))
      .map((form) => `${form}\n`)
      .join('')}${end}`,
    `cat >"$job" <<'${end}' || fail write "$job"`,
    `${text}${end}`,
    '',
  ].join('\n');
  const start = `${scriptText(site, [], { patience: String(patience) })}${write}`;
  const result = await connection.script(whole(`${start}${textOf('start')}${textOf('follow')}`), {
    title: 'the start of the switch',
    timeout: 120_000,
  });
  const answer = parseAnswer(connection, result.stdout, result.stderr.trim() || `status ${result.code}`, 'the start of the switch');
  const activation = stateIn(answer, site, options.onStep);
  if (activation) return activation;
  return follow(site, { starter: answer.first('starter'), limit: limitOf(device, golden), onStep: options.onStep });
}

export interface FollowOptions {
  /** Number of the process on the device that was started for it; undefined for whatever is going on. */
  readonly starter?: string;
  /** ms */
  readonly limit: number;
  readonly onStep?: (step: string) => void;
}

/** Waits for the end of a switch that is going on. Throws DeviceError where it takes longer than all its limits together allow. */
export async function follow(site: Site, { starter, limit, onStep }: FollowOptions): Promise<Activation> {
  const end = performance.now() + limit;
  for (;;) {
    const variables = { starter: starter ?? '', patience: String(patience) };
    const activation = stateIn(await runScript(site, ['follow'], variables, { title: 'the wait for the switch' }), site, onStep);
    if (activation) return activation;
    if (performance.now() > end) {
      throw new DeviceError(
        `${site.connection.name} did not come to the end of the switch within ${Math.round(limit / 1000)} s. Look there at ${site.root}/${site.name}/activation.`,
      );
    }
  }
}

/** The end of the switch; undefined while it goes on. Throws OfflineError where it ended before it began. */
function stateIn(answer: Answer, site: Site, onStep?: (step: string) => void): Activation | undefined {
  const going = answer.first('activating');
  if (going === 'never') throw new OfflineError(`${site.connection.name} did not begin the switch.`);
  const activation = activationOf(answer.all('activation'));
  if (activation) onStep?.(activation.step);
  return going === 'no' ? activation : undefined;
}

/** What a switch may take at the most: every limit used up, once forth and once back, and a minute for the device itself. ms. */
export function limitOf({ health, hooks }: DeviceSpec, golden: GoldenRun): number {
  const checks = health ? (1 + health.retries) * (health.timeoutMs + health.delayMs + 3000) : 0;
  return 3 * (hooks.timeoutMs + 3000) + checks + (golden.command ? goldenLimit * 1000 : 0) + 60_000;
}
