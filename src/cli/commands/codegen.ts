import { parse } from 'node:path';
import type { CodegenReport } from '../../codegen/report.js';
import { resolveSettings } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import type { Given } from '../../config/text.js';
import { GateError } from '../../errors.js';
import type { WrittenFile } from '../../fs/folder.js';
import { renderCodegen } from '../render/codegen.js';
import { modelOf, readOptions } from './options.js';
import { openTerminal } from './terminal.js';

/** What `edgeml codegen --json` prints: the report and the files, none where a gate is not met. */
export interface CodegenDocument extends CodegenReport {
  readonly output: string;
  readonly files: readonly WrittenFile[];
  /** Kernel headers of earlier runs or other models beside those that were written; absent where there are none. */
  readonly other_headers?: number;
  /** The edgeml.yaml that was read. */
  readonly config?: string;
}

/** `edgeml codegen [model]`: settings, then the generator, then the files, then the summary. */
export async function codegenCommand(model: string | undefined, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('codegen', flags, model);
  const { values, config } = settings;
  const source = modelOf('codegen', settings);
  const [{ checkFolder, othersBeside, writeFolder }, { codegen }] = await Promise.all([
    import('../../fs/folder.js'),
    import('../../codegen/index.js'),
  ]);
  const folder = values.output ?? `${values.name ?? parse(source).name}_${values.for ?? 'c'}`;
  await checkFolder(folder);
  const terminal = await openTerminal(values);
  for (const w of settings.warnings) terminal.warn(w);
  const { files, report, gateError } = await codegen(source, { ...readOptions(values), ...codegenOptions(values) });
  for (const w of report.warnings) terminal.warn(w);
  const written = gateError ? [] : await writeFolder(folder, files);
  const others = othersBeside(
    folder,
    written.filter((f) => /(^|\/)edgeml\//.test(f.path)),
    '.h',
  );
  const document: CodegenDocument = {
    ...{ ...report, output: folder, files: written },
    ...(others > 0 && { other_headers: others }),
    ...(config !== undefined && { config }),
  };
  terminal.result(document, () =>
    values.quiet
      ? gateError
        ? []
        : [folder]
      : renderCodegen(document, terminal.style, { main: values.main, project: values.project, cpu: values.cpu }),
  );
  if (gateError) throw new GateError(`${gateError.message}\nNothing was written.`, { cause: gateError });
}

const codegenOptions = ({ name, cpu, rounding, main, kernels, project, classes, maxFlash, maxRam, ...values }: Values) => ({
  ...{ for: values.for, name, cpu, rounding, main, kernels, project, labels: classes, maxFlash, maxRam },
});
