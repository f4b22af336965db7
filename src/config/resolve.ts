import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { findConfig, readConfig } from './file.js';
import { flagOf, type SettingName, sectionsOf, settings, settingsOf, type Values, type Verb, variable } from './settings.js';
import { fromText, type Given } from './text.js';

/** Where a setting comes from; a later one goes before an earlier one. */
export type Origin = 'edgeml.yaml' | 'environment' | 'flag';

/** The settings of one run, by the precedence flags, EDGEML_*, edgeml.yaml; defaults are those of the functions that are called. */
export interface Resolved {
  readonly values: Values;
  readonly origins: ReadonlyMap<SettingName, Origin>;
  /** The model, unless it was an argument: EDGEML_MODEL or `model:`. */
  readonly model?: string;
  /** The edgeml.yaml that was read. */
  readonly config?: string;
  /** Sentences about variables that look like misspelt settings. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are no settings. */
const otherVariables = ['EDGEML_MODEL', 'EDGEML_DEBUG', 'EDGEML_SSH_PASSPHRASE', 'EDGEML_KEY_PASSWORD'];

/**
 * Gathers the settings of a verb.
 * @param flags What the command line gives, by setting.
 * @param model The model argument: edgeml.yaml is looked for beside it and above, else in the working directory and above.
 * Throws UsageError naming the place of a value that makes no sense.
 */
export async function resolveSettings(
  verb: Verb,
  flags: Readonly<Record<string, Given>>,
  model: string | undefined,
  env: Environment = process.env,
): Promise<Resolved> {
  const named = model ?? (env.EDGEML_MODEL || undefined);
  const config = findConfig(named === undefined ? process.cwd() : dirname(resolve(named)));
  const file = config === undefined ? undefined : await readConfig(config);
  const values: Record<string, unknown> = {};
  const origins = new Map<SettingName, Origin>();
  const put = (name: SettingName, value: unknown, origin: Origin): void => {
    values[name] = value;
    origins.set(name, origin);
  };
  const names = settingsOf(verb);
  for (const layer of [file?.shared, ...sectionsOf(verb).map((name) => file?.verbs[name])])
    for (const name of names) if (layer?.[name] !== undefined) put(name, layer[name], 'edgeml.yaml');
  for (const name of names) {
    const text = env[variable(name)];
    if (text && !isFileOnly(name)) put(name, await parse(name, text, variable(name)), 'environment');
  }
  for (const name of names) if (flags[name] !== undefined) put(name, await parse(name, flags[name], `--${flagName(name)}`), 'flag');
  const found = named ?? file?.model;
  return {
    values: values as Values,
    origins,
    ...(found !== undefined && { model: found }),
    ...(config !== undefined && { config }),
    warnings: await misspelt(env),
  };
}

const isFileOnly = (name: SettingName): boolean => 'only' in settings[name] && settings[name].only === 'yaml';
const flagName = (name: SettingName): string => ('negated' in settings[name] ? `no-${flagOf(name)}` : flagOf(name));

async function parse(name: SettingName, given: Given, where: string): Promise<unknown> {
  const { type } = settings[name];
  const value = fromText(type, given, where);
  // A flag that is a switch needs no checking, and zod no loading.
  if (typeof value === 'boolean' && type.kind === 'switch') return value;
  const { schemaOfSetting } = await import('./schema.js');
  const result = schemaOfSetting(name).safeParse(value);
  if (result.success) return result.data;
  const [{ message }] = result.error.issues;
  const swallowed = 'bare' in settings[name] && typeof value === 'string' && /\.(onnx|tflite|h5|hdf5|keras)$/i.test(value);
  const remedy = swallowed ? ` Put the model before ${where}, or write ${where} ${(settings[name] as { bare: string }).bare}.` : '';
  throw new UsageError(`${where}: ${message}${message.endsWith('?') ? '' : '.'}${remedy}`);
}

/** EDGEML_MAXDROP is no setting and would be passed over in silence, a gate with it. */
async function misspelt(env: Environment): Promise<string[]> {
  const known = [...otherVariables, ...(Object.keys(settings) as SettingName[]).filter((n) => !isFileOnly(n)).map(variable)];
  const strange = Object.keys(env).filter((v) => v.startsWith('EDGEML_') && !known.includes(v));
  if (strange.length === 0) return [];
  const { nearest } = await import('../suggest.js');
  return strange.flatMap((v) => {
    const meant = nearest(
      v.slice('EDGEML_'.length),
      known.map((k) => k.slice('EDGEML_'.length)),
    );
    return meant ? [`The environment variable ${v} is no setting and is ignored. Did you mean EDGEML_${meant}?`] : [];
  });
}
