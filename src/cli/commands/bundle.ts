import { readFile } from 'node:fs/promises';
import type { BuiltBundle, BundleOptions } from '../../bundle/build.js';
import type { SecretKey } from '../../bundle/sign/key-files.js';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import { UsageError } from '../../errors.js';
import { whyUnreadable } from '../../fs/unreadable.js';
import { renderBundle } from '../render/bundle.js';
import { keyPassword } from './ask.js';
import { dataOptions, modelOf, readOptions } from './options.js';
import { openTerminal, type Terminal } from './terminal.js';

/** `edgeml bundle [models...]`. */
export async function bundleCommand(models: readonly string[], flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('bundle', flags, models[0]);
  const { values } = settings;
  const paths = models.length > 0 ? models : values.add?.length && settings.model === undefined ? [] : [modelOf('bundle', settings)];
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  const key = await signingKey(values);
  try {
    const built = await makeBundle(paths, values.output, values, key, terminal);
    for (const w of built.warnings) terminal.warn(w);
    const document = {
      schema: 'edgeml.bundled/1',
      path: built.path,
      digest: built.digest,
      bytes: built.bytes,
      signed: built.signed,
      manifest: built.manifest,
    };
    terminal.result(document, () => (values.quiet ? [built.path] : renderBundle(built, terminal.style)));
  } finally {
    terminal.progress.stop();
  }
}

/** Makes a bundle as the settings say. Throws what `createBundle` throws. */
export async function makeBundle(
  paths: readonly string[],
  output: string | undefined,
  values: Values,
  key: SecretKey | undefined,
  terminal: Terminal,
): Promise<BuiltBundle> {
  const [{ createBundle }, { readTrusted }] = await Promise.all([import('../../bundle/build.js'), import('../../bundle/trust.js')]);
  const options: BundleOptions = {
    ...{ name: values.name, version: values.bundleVersion, add: values.add, architecture: values.architecture, key },
    ...(values.introduce && { introduce: await readTrusted(values.introduce) }),
    ...{ golden: values.golden === 'none' ? false : values.golden, goldenSamples: values.goldenSamples, tolerance: values.tolerance },
    ...readOptions(values),
    dataOptions: dataOptions(values),
    onProgress: (what) => terminal.progress.update(what, 0, 1),
  };
  return createBundle(paths, output, options);
}

/** The key of --sign; undefined where there is none. Throws UsageError, or ModelError for a file that is no key. */
export async function signingKey({ sign }: Values): Promise<SecretKey | undefined> {
  if (sign === undefined) return undefined;
  const text = await readFile(sign, 'utf8').catch((error: Error) => {
    const why = whyUnreadable(error) ?? error.message;
    throw new UsageError(`Cannot read the key ${sign}: ${why}. 'edgeml key generate' makes one.`, { cause: error });
  });
  const { readSecretKey } = await import('../../bundle/sign/key-files.js');
  return readSecretKey(text, sign, () => keyPassword(sign));
}
