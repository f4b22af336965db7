import { resolveSettings } from '../../config/resolve.js';
import type { Given } from '../../config/text.js';
import { renderBlockers, renderInspect } from '../render/inspect.js';
import { modelOf, readOptions } from './options.js';
import { openTerminal } from './terminal.js';

/** `edgeml inspect [model]`. */
export async function inspectCommand(model: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('inspect', flags, model);
  const { values } = settings;
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  const { inspect } = await import('../../quantize/inspect.js');
  const report = await inspect(modelOf('inspect', settings), readOptions(values));
  for (const w of report.warnings) terminal.warn(w);
  terminal.result(report, () =>
    values.quiet ? renderBlockers(report) : renderInspect(report, terminal.style, { layers: values.layers, tensors: values.tensors }),
  );
}
