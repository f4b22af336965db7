import { looksLikeBundle } from '../../bundle/looks-like.js';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import { renderBlockers, renderInspect } from '../render/inspect.js';
import { modelOf, readOptions } from './options.js';
import { openTerminal, type Terminal } from './terminal.js';

/** `edgeml inspect [model]`. */
export async function inspectCommand(model: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('inspect', flags, model);
  const { values } = settings;
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  const source = modelOf('inspect', settings);
  if (source.endsWith('.edgeml') || (await looksLikeBundle(source))) return inspectBundle(source, values, terminal);
  const { inspect } = await import('../../quantize/inspect.js');
  const report = await inspect(source, readOptions(values));
  for (const w of report.warnings) terminal.warn(w);
  terminal.result(report, () =>
    values.quiet ? renderBlockers(report) : renderInspect(report, terminal.style, { layers: values.layers, tensors: values.tensors }),
  );
}

/** What is in a bundle; all of it is checked on the way. */
async function inspectBundle(path: string, { trust = [], quiet }: Values, terminal: Terminal): Promise<void> {
  const [{ openBundle }, { readTrusted }, { renderOpened }] = await Promise.all([
    import('../../bundle/open.js'),
    import('../../bundle/trust.js'),
    import('../render/bundle.js'),
  ]);
  const { manifest, digest, bytes, signature } = await openBundle(path, await readTrusted(trust));
  const signed = signature ? (signature.keyId === undefined ? 'unchecked' : signature.keyId) : null;
  const document = { schema: 'edgeml.inspect-bundle/1', path, bytes, digest, signed, manifest };
  terminal.result(document, () => (quiet ? [digest] : renderOpened({ path, bytes, digest, manifest, signed }, terminal.style)));
}
